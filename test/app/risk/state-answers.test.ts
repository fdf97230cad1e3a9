import { expect } from 'chai'
import { getAddress } from 'viem'
import { cohortsAnswer } from '../../../src/app/risk/cohorts.ts'
import { jointAnswer } from '../../../src/app/risk/joint.ts'
import { ladderAnswer } from '../../../src/app/risk/ladder.ts'
import { overviewState } from '../../../src/app/risk/overview-state.ts'
import { historyFrom, type RiskWorld } from '../../../src/app/risk/world.ts'
import { Book } from '../../../src/core/book.ts'
import { UsageError } from '../../../src/core/errors.ts'
import { Codes } from '../../../src/core/risk/codes.ts'
import { COHORTS } from '../../../src/core/risk/de-risking.ts'
import { known } from '../../../src/core/risk/measure.ts'
import { type AccountSpec, address, assetOf, bookOf, reserve } from '../../protocols/aave-v3/world.ts'

const USD = 10n ** 8n
const ETHER = 10n ** 18n
/** Ether at $2,000, a ratio of it on the same feed, bitcoin at $50,000, a dollar. */
const reserves = [
  reserve({ priceUsd8: 2000n * USD, ltBps: 8000, root: 7n, available: 3n * ETHER }),
  reserve({ priceUsd8: 2300n * USD, ltBps: 8000, root: 7n }),
  reserve({ priceUsd8: 50_000n * USD, decimals: 8, root: 8n }),
  reserve({ symbol: 'USDC', decimals: 6, root: 9n, available: 100_000n * 10n ** 6n, borrowRate: 10n ** 26n }),
]
const owing = (ether: bigint, dollars: bigint): AccountSpec => ({
  collaterals: [[0, ether * ETHER]],
  debts: [[3, dollars * 10n ** 6n]],
})
const worldOf = (accounts: readonly AccountSpec[], over: Partial<RiskWorld> = {}, revision = 10n): RiskWorld => ({
  ...{
    chainId: 8453,
    book: bookOf({ reserves, accounts, revision }),
    exchange: undefined,
    codes: new Codes(),
    binS: 3600,
    distrusted: false,
  },
  ...historyFrom(() => []),
  ...over,
})
const ACCOUNTS = [owing(10n, 15_200n), owing(10n, 14_000n), owing(10n, 17_000n), owing(1n, 1n)]

describe('answer of a ladder', () => {
  const answer = ladderAnswer(worldOf(ACCOUNTS), { market: 'world', side: 'fall', accounts: 2 })

  it('is of the heaviest group unless one is named, and says where it speaks of', () => {
    expect([answer.market, answer.chainId, answer.block.number, answer.quarantined]).to.deep.equal([
      'world',
      8453,
      '1',
      undefined,
    ])
    expect(answer.group).to.deep.equal({
      root: getAddress(address(7)),
      symbol: 'R0',
      assets: [0, 1].map((id) => ({ asset: getAddress(assetOf(id)), symbol: `R${id}` })),
      price: `${2000n * USD}`,
    })
    const named = ladderAnswer(worldOf(ACCOUNTS), { market: 'world', group: 'R2', side: 'fall', accounts: 2 })
    expect([named.group.symbol, named.accounts]).to.deep.equal(['R2', []])
  })

  it('names the largest with their exact prices; who is below 1 already is at no distance', () => {
    expect(answer.accounts).to.deep.equal([
      {
        address: getAddress(address(3)),
        collateralBase: `${20_000n * USD}`,
        debtBase: `${17_000n * USD}`,
        healthFactor: '941176470588235294',
        price: `${2125n * USD - 1n}`,
        distancePct: 0,
      },
      {
        address: getAddress(address(1)),
        collateralBase: `${20_000n * USD}`,
        debtBase: `${15_200n * USD}`,
        healthFactor: '1052631578947368421',
        price: `${1900n * USD - 1n}`,
        distancePct: (100 * Number(100n * USD + 1n)) / Number(2000n * USD),
      },
    ])
    expect(answer.rungs[4]?.cliff).to.deep.equal({ address: getAddress(address(1)), share: 1 })
    expect(answer.now.accounts).to.equal(1)
  })

  it('is marked where the mirror is not trusted, and refuses what nobody can answer', () => {
    const about = { market: 'world', side: 'fall', accounts: 1 } as const
    expect(ladderAnswer(worldOf(ACCOUNTS, { distrusted: true }), about).quarantined).to.equal(true)
    expect(() => ladderAnswer(worldOf(ACCOUNTS), { ...about, group: 'GOLD' })).to.throw(UsageError, 'GOLD')
    expect(() => ladderAnswer(worldOf(ACCOUNTS, {}, 99n), about))
      .to.throw(UsageError, 'revision 99')
      .with.property('code', 'RULES_UNKNOWN')
    const empty = new Book('empty', worldOf([]).book.protocol)
    expect(() => ladderAnswer(worldOf([], { book: empty }), about)).to.throw(RangeError, 'first page')
  })
})

describe('answer of a joint map', () => {
  const ask = (groups: readonly [string, string] | undefined) =>
    jointAnswer(worldOf(ACCOUNTS), { market: 'world', groups })

  it('is of the two heaviest groups unless two are named', () => {
    expect(ask(undefined).groups.map(({ symbol }) => symbol)).to.deep.equal(['R0', 'R2'])
    expect(ask(['USDC', 'R1']).groups.map(({ symbol }) => symbol)).to.deep.equal(['USDC', 'R0'])
  })

  it('has rows by the first and columns by the second', () => {
    const { movesPct, collateralUsd, badDebtUsd } = ask(['R0', 'R2'])
    const at = (pct: number): number => movesPct.indexOf(pct)
    // Ether at 1,800: 10 of it do not carry 15,200, 17,000 are beyond 18,000 / 1.05 too little; bitcoin moves nobody.
    expect(collateralUsd[at(-10)]).to.deep.equal(movesPct.map(() => 36_000))
    expect(badDebtUsd[at(-15)]?.[at(50)]).to.be.closeTo(17_000 - 17_000 / 1.05, 1e-6)
    expect(collateralUsd[at(50)]).to.deep.equal(movesPct.map(() => 0))
  })

  it('refuses one group twice', () => {
    expect(() => ask(['R0', 'R1']))
      .to.throw(UsageError)
      .with.property('code', 'NOT_TWO_GROUPS')
    expect(() => ask(['R0', 'GOLD']))
      .to.throw(UsageError)
      .with.property('code', 'UNKNOWN_GROUP')
  })
})

describe('answer of cohorts', () => {
  it('has nothing of what events would tell until they do', () => {
    const { cohorts, deRisking } = cohortsAnswer(worldOf(ACCOUNTS))
    expect(cohorts.map(({ cohort, accounts }) => [cohort, accounts])).to.deep.equal([
      ...[
        ['< 10k', 1],
        ['10k–100k', 3],
      ],
      ...[
        ['100k–1M', 0],
        ['1M–10M', 0],
        ['> 10M', 0],
      ],
    ])
    expect(cohorts[1]).to.deep.include({ contracts: null, seizedUsd: null, lossUsd: null, liquidatedShare: null })
    expect(deRisking.fallHour).to.equal(null)
  })

  it('takes what is known of contracts, liquidations and de-risking', () => {
    const told = { seizedUsd: 5, lossUsd: 1, liquidatedShare: 0.25 }
    const deRisking = {
      binS: 3600,
      fallHour: 7,
      cohorts: [{ cohort: '< 10k', debtChange: -0.1, protection: known(0.5) }],
    }
    const liquidated = Object.fromEntries(COHORTS.map((cohort) => [cohort, told])) as Record<
      (typeof COHORTS)[number],
      typeof told
    >
    const codes = new Codes()
    codes.tell([1, 2, 3, 4].map((n) => ({ to: address(n), data: '0x', result: n % 3 === 1 ? '0x01' : '0x00' })))
    const answer = cohortsAnswer(worldOf(ACCOUNTS, { codes }), { liquidated, deRisking })
    expect(answer.cohorts.map((one) => one.contracts)).to.deep.equal([1, 1, 0, 0, 0])
    expect(answer.cohorts[4]).to.deep.include(told)
    expect(answer.deRisking).to.equal(deRisking)
  })
})

describe('state part of an overview', () => {
  const state = overviewState(worldOf(ACCOUNTS), new Map([[assetOf(3), 0.9]]))

  it('has reserves with their stress: what calls take out may be more than there is', () => {
    const [ether, , , dollar] = state.reserves
    // 10 ether are seized of the one below 1 (health 0.94), 4.2 of the one reached at −5 %, for 7,980 dollars.
    expect(ether?.idleUsd).to.equal(6_000)
    expect(ether?.idleAfter10Usd).to.be.closeTo(6_000 - 17_850 - 7_980 / 0.95, 1e-6)
    expect([dollar?.borrowedUsd, dollar?.utilisation, dollar?.borrowRateAnnual]).to.deep.equal([
      46_201,
      46_201 / 146_201,
      0.1,
    ])
    expect(dollar?.distanceToKink.value).to.equal(0.9 - 46_201 / 146_201)
    expect(ether?.kink).to.deep.equal({ value: null, lacks: ['utilisation'] })
    expect(state.idleStableUsd).to.equal(100_000)
  })

  it('has sums, cliffs, concentrations and what a fall leaves', () => {
    expect([state.accounts, state.collateralUsd, state.debtUsd]).to.deep.equal([4, 62_000, 46_201])
    expect(
      state.cliffs.map(({ toPct, share, collateralUsd }) => [toPct, share, Math.round(collateralUsd)]),
    ).to.deep.equal([
      [5, 1, 19_000],
      [13, 1, 17_500],
    ])
    expect([state.ladder5Usd, state.ladder10Usd].map(Math.round)).to.deep.equal([39_000, 39_000])
    expect(state.concentration.atRisk10?.top1).to.be.closeTo(20 / 39, 1e-9)
    expect(state.concentration.debt?.top5).to.equal(1)
    expect(state.toxicity.accounts).to.equal(0)
    expect(state.unrealisedUsd).to.equal(0)
    expect(state.deficit20Usd).to.be.closeTo(17_000 - 16_000 / 1.05, 1e-6)
  })
})
