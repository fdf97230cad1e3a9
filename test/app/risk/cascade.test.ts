import { expect } from 'chai'
import type { Address } from 'viem'
import { absorptionAnswer } from '../../../src/app/risk/absorption.ts'
import { cascadeAnswer } from '../../../src/app/risk/cascade.ts'
import { compareAnswer } from '../../../src/app/risk/compare.ts'
import { gridAnswer } from '../../../src/app/risk/grid.ts'
import type { RiskWorld } from '../../../src/app/risk/world.ts'
import type { PoolBook } from '../../../src/core/pool-book.ts'
import { Codes } from '../../../src/core/risk/codes.ts'
import { poolsOf } from '../../core/risk/pool-stage.ts'
import { type AccountSpec, address, assetOf, bookOf, type MarketSpec, reserve } from '../../protocols/aave-v3/world.ts'

const USD = 10n ** 8n
const ETHER = 10n ** 18n
const reserves = [
  reserve({ priceUsd8: 2000n * USD }),
  reserve({ decimals: 6, symbol: 'USDC' }),
  reserve({ priceUsd8: 40_000n * USD }),
]
const owing = (id: 0 | 2, coins: bigint, dollars: bigint): AccountSpec => ({
  collaterals: [[id, coins * ETHER]],
  debts: [[1, dollars * 10n ** 6n]],
})
const accounts = [
  ...Array.from({ length: 14 }, (_, n) => owing(0, 40n, 65_000n - 2_500n * BigInt(n))),
  owing(0, 10n, 16_500n),
  owing(2, 1n, 29_000n),
]
const pools = poolsOf([
  {
    assets: [assetOf(0), assetOf(1)] as [Address, Address],
    price: [2000n * 10n ** 6n, ETHER],
    liquidity: BigInt(Math.round(Math.sqrt(1.2e21 * 2.4e12))),
  },
])
const worldOf = (exchange: PoolBook | undefined, over: Partial<MarketSpec> = {}): RiskWorld => ({
  ...{ chainId: 1, book: bookOf({ reserves, accounts, ...over }), exchange, codes: new Codes(), binS: 3600 },
  ...{ hours: () => [], marketHours: () => [], groupHours: () => [], distrusted: false },
})
const ask = (world: RiskWorld, kappa: number, ...shocks: string[]) =>
  cascadeAnswer(world, { market: 'world', shocks, kappa, top: 3 })
const total = (values: readonly string[]): bigint => values.reduce((sum, value) => sum + BigInt(value), 0n)

describe('a cascade as an answer', () => {
  it('adds up, round by round and account by account', () => {
    const answer = ask(worldOf(pools), 1, 'R0=-15%')
    expect(answer.rounds.length).to.be.above(2)
    for (const field of ['seizedBase', 'repaidBase', 'badDebtBase'] as const)
      expect(total(answer.rounds.map((round) => round[field]))).to.equal(BigInt(answer[field]))
    expect(answer.rounds.reduce((sum, { calls }) => sum + calls, 0)).to.equal(answer.calls)
    expect(answer.rounds.map(({ round }) => round)).to.deep.equal(answer.rounds.map((_, i) => i + 1))
    expect([answer.rounds[0]?.price, answer.rounds[0]?.branching]).to.deep.equal([`${1700n * USD}`, null])
    expect(answer.top).to.have.length(3)
    expect(total(answer.top.map(({ seizedBase }) => seizedBase)) < BigInt(answer.seizedBase)).to.equal(true)
    expect(answer.accounts).to.be.above(answer.rounds[0]?.calls ?? 0)
    expect(answer.multiplier).to.be.above(1)
    expect(BigInt(answer.badDebtBase) > 0n).to.equal(true)
    const [deficit] = answer.deficits
    expect([answer.deficits.length, deficit?.symbol, deficit?.valueBase]).to.deep.equal([1, 'USDC', answer.badDebtBase])
    expect(deficit?.insuranceUsd).to.deep.equal({ value: null, lacks: ['coverage'] })
    expect([answer.market, answer.chainId, answer.group.symbol, answer.stopped]).to.deep.equal([
      'world',
      1,
      'R0',
      'settled',
    ])
    expect([answer.lacks, answer.unsoldBase, answer.kappa]).to.deep.equal([[], '0', 1])
    expect(answer.shocks).to.deep.equal([{ asset: 'R0', factorWad: `${85n * 10n ** 16n}` }])
    expect(() => JSON.stringify(answer)).not.to.throw()
  })

  it('without pools is that of κ = 0, says so, and sells nothing', () => {
    const answer = ask(worldOf(undefined), 0.5, 'R0=-15%')
    expect([answer.kappa, answer.lacks, answer.multiplier]).to.deep.equal([0, ['depth'], 1])
    expect(answer.rounds.every(({ soldForBase, price }) => soldForBase === '0' && price === `${1700n * USD}`)).to.equal(
      true,
    )
    expect(BigInt(answer.unsoldBase) > 0n && answer.lossBase === '0').to.equal(true)
    const { kappa, rounds } = ask(worldOf(pools), 0, 'R0=-15%')
    expect([kappa, rounds.map(({ seizedBase }) => seizedBase)]).to.deep.equal([
      0,
      answer.rounds.map(({ seizedBase }) => seizedBase),
    ])
  })

  it('lacks depth where a pair has no pool, and where the shocked feed follows none', () => {
    const answer = ask(worldOf(pools), 0, 'R0=-1%', 'R2=-15%')
    expect([answer.lacks, BigInt(answer.unsoldBase) > 0n]).to.deep.equal([['depth'], true])
    expect(ask(worldOf(pools, { accounts: [] }), 1, 'R2=-15%').lacks).to.deep.equal(['depth'])
    expect(ask(worldOf(pools, { accounts: [] }), 1, 'R0=-15%').lacks).to.deep.equal([])
  })

  it('names an account once, with the round of its first call', () => {
    const { top } = ask(worldOf(pools), 1, 'R0=-15%')
    expect(new Set(top.map((one) => one.address)).size).to.equal(3)
    expect(top.map(({ address: of }) => BigInt(of))).to.include(BigInt(address(1)))
    for (const [i, { seizedBase }] of top.entries())
      expect(BigInt(seizedBase) <= BigInt(top[i - 1]?.seizedBase ?? seizedBase)).to.equal(true)
  })

  for (const [what, kappa, shocks] of [
    ['no shock', 0, []],
    ['an asset that is not there', 0, ['GOLD=-1%']],
    ['one feed twice', 0, ['R0=-1%', 'R0=-2%']],
    ['a shock in other words', 0, ['R0']],
    ['a pass-through above 1', 1.5, ['R0=-1%']],
    ['no number', Number.NaN, ['R0=-1%']],
  ] as const)
    it(`refuses ${what}`, () =>
      expect(() => ask(worldOf(pools), kappa, ...shocks))
        .to.throw()
        .with.property('exitCode', 2))
})

describe('a grid of cascades', () => {
  it('has for each fall and pass-through what the cascade says, and the fall from which it runs away', () => {
    const world = worldOf(pools)
    const grid = gridAnswer(world, { market: 'world', group: 'R0' })
    expect([grid.cells.length, grid.critical.length, grid.lacks]).to.deep.equal([40, 4, []])
    for (const { fallPct, kappa, ...cell } of grid.cells.filter(({ fallPct: fall }) => fall === 15)) {
      const { multiplier, seizedBase, badDebtBase, rounds, stopped } = ask(world, kappa, `R0=-${fallPct}%`)
      expect(cell).to.deep.equal({ multiplier, seizedBase, badDebtBase, rounds: rounds.length, stopped })
    }
    expect(grid.critical[0]).to.deep.equal({ kappa: 0, fallPct: null })
    for (const { kappa, fallPct } of grid.critical.slice(1)) {
      if (fallPct === null) continue
      const at = (fall: number) => ask(world, kappa, `R0=-${fall.toFixed(1)}%`)
      expect(at(fallPct).multiplier).to.be.above(2)
      expect(at(fallPct - 0.1).multiplier).to.be.at.most(2)
    }
    expect(grid.critical.at(-1)?.fallPct).to.be.a('number')
  })

  it('without pools has κ = 0 alone', () => {
    const { cells, critical, lacks } = gridAnswer(worldOf(undefined), { market: 'world' })
    expect([cells.length, critical, lacks]).to.deep.equal([10, [{ kappa: 0, fallPct: null }], ['depth']])
  })
})

describe('mechanisms side by side', () => {
  const compare = (over: Partial<MarketSpec> = {}) =>
    compareAnswer(worldOf(undefined, over), { market: 'world', shocks: ['R0=-15%'] })

  it('are the rule sets that read the market’s state alike, its own among them, and those that are not here by name', () => {
    const { mechanisms, incomparable, absent } = compare()
    expect(mechanisms.map(({ rules }) => rules)).to.deep.equal(
      ['2', '3', '4', '5', '6', '7'].map((minor) => `aave-v3.${minor}`),
    )
    expect(incomparable).to.deep.equal(['aave-v3.0', 'aave-v3.1', 'sparklend'])
    expect(absent).to.include.members(['Aave V4', 'Compound III', 'Morpho Blue', 'Euler V2'])
    expect(compare({ revision: 1n }).mechanisms.map(({ rules }) => rules)).to.deep.equal([
      'aave-v3.0',
      'aave-v3.1',
      'sparklend',
    ])
    expect(compare({ revision: 99n }).mechanisms).to.deep.equal([])
  })

  it('say of the market’s own rules what its cascade at κ = 0 says', () => {
    const own = compare().mechanisms.find(({ rules }) => rules === 'aave-v3.6') ?? expect.fail()
    const { calls, seizedBase, repaidBase, badDebtBase, bonusBase } = ask(worldOf(undefined), 0, 'R0=-15%')
    expect([own.calls, own.seizedBase, own.badDebtBase, own.liquidatorsProfitBase]).to.deep.equal([
      calls,
      seizedBase,
      badDebtBase,
      bonusBase,
    ])
    expect(BigInt(own.borrowersLossBase)).to.equal(BigInt(seizedBase) - BigInt(repaidBase))
  })
})

describe('absorption as an answer', () => {
  it('says in which pools, and of which group', () => {
    const { group, pools: named, points } = absorptionAnswer(worldOf(pools), { market: 'world', group: 'R0' })
    expect([group.symbol, named.length, named[0]?.pair, named[0]?.feePips]).to.deep.equal(['R0', 1, 'R0/USDC', 3000])
    expect(points.map(({ fallPct }) => fallPct)).to.deep.equal([1, 2, 5, 10, 15, 20, 30, 50])
    for (const [i, { depthUsd, liquidatableUsd }] of points.entries()) {
      expect(depthUsd.value ?? 0).to.be.above(points[i - 1]?.depthUsd.value ?? 0)
      expect(liquidatableUsd).to.be.at.least(points[i - 1]?.liquidatableUsd ?? 0)
    }
  })

  it('lacks depth where no pools are followed', () => {
    const { pools: none, points } = absorptionAnswer(worldOf(undefined), { market: 'world' })
    expect([none, points[0]?.ratio.lacks]).to.deep.equal([[], ['depth']])
  })
})
