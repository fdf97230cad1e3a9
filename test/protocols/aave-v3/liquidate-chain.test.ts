import { expect } from 'chai'
import { namedAccount } from '../../../scripts/devnet/chain.ts'
import { type LegacyDevnet, startLegacyDevnet } from '../../../scripts/devnet/legacy/index.ts'
import { governanceOf, movesOf, perform } from '../../../scripts/devnet/legacy/moves.ts'
import { type LegacySymbol, legacyReserves } from '../../../scripts/devnet/legacy/parameters.ts'
import { multicall3Address } from '../../../scripts/devnet/multicall3.ts'
import { createRandom, type Random } from '../../../scripts/devnet/random.ts'
import { unitsOf } from '../../../scripts/devnet/uniswap-math.ts'
import { play, type Stage, tally } from './liquidating.ts'
import { type MarketBelow, marketBelow } from './market-below.ts'
import { type Mirrored, mirrorOf } from './mirror.ts'

/** Each call a block of its own; everything that is mirrored of it, as foretold and as it is read anew. */
for (const seed of [5, 6])
  describe(`what a liquidation leaves behind, on a pool of 3.6, seed ${seed}`, function () {
    this.timeout(240_000)
    let below: MarketBelow
    let mirror: Mirrored
    let stage: Stage
    const seen = tally()

    before(async () => {
      below = await marketBelow({ accounts: 60, seed }, multicall3Address)
      const { chain, market, http } = below.devnet
      const { addressesProvider, multicall3, pool } = market.addresses
      mirror = await mirrorOf({ chain: 'ethereum', chainId: chain.spec.chainId, http, addressesProvider, multicall3 })
      stage = { mirror, chain, pool, liquidator: multicall3Address, random: createRandom(seed) }
    })
    after(async () => {
      mirror?.stop()
      await below?.close()
    })

    it('is foretold cell by cell, to the last unit', () => play(stage, seen, 60))

    it('and so are the deficits, once everything is worth much less', async () => {
      const { control, chain, market } = below.devnet
      for (const symbol of ['WETH', 'WBTC', 'LINK'] as const)
        await control.reportPrice(symbol, BigInt(market.risk.reserves[symbol].priceUsd8) / 2n)
      await chain.settle()
      await mirror.catchUp()
      await play(stage, seen, 90)
      for (const [what, count] of Object.entries(seen)) expect(count, what).to.be.above(0)
    })
  })

const LENT: readonly LegacySymbol[] = ['WETH', 'WBTC', 'USDC', 'DAI', 'USDT', 'LINK']
const amountOf = (symbol: LegacySymbol, usd: number): bigint => {
  const { decimals, priceUsd8 } = legacyReserves[symbol]
  return unitsOf(usd, { decimals, priceUsd8: BigInt(priceUsd8) })
}

describe('what a liquidation leaves behind, on a pool of 3.0.2', function () {
  this.timeout(120_000)
  let devnet: LegacyDevnet
  let mirror: Mirrored
  let stage: Stage
  const seen = tally()

  before(async () => {
    devnet = await startLegacyDevnet('ethereum')
    const { chain, market, http } = devnet
    const random = createRandom(9)
    await chain.setBlockGasLimit()
    const lender = movesOf(market, namedAccount('lender'))
    await perform(
      market,
      LENT.flatMap((symbol) => [
        ...lender.fund(symbol, amountOf(symbol, 5e6)),
        lender.supply(symbol, amountOf(symbol, 4e6)),
      ]),
    )
    for (let n = 0; n < 25; n++) await borrow(random, `borrower ${n}`)
    const liquidator = movesOf(market, multicall3Address)
    await perform(
      market,
      LENT.flatMap((symbol) => liquidator.fund(symbol, amountOf(symbol, 1e9))),
      chain.head.timestamp + 5_000_000n,
    )
    const { addressesProvider, multicall3, pool } = market.addresses
    mirror = await mirrorOf({ chain: 'ethereum', chainId: chain.spec.chainId, http, addressesProvider, multicall3 })
    stage = { mirror, chain, pool, liquidator: multicall3Address, random }
  })
  after(async () => {
    mirror?.stop()
    await devnet?.close()
  })

  /** Of one or two collaterals as much as they bear, in one or two debts. */
  async function borrow(random: Random, name: string): Promise<void> {
    const { market } = devnet
    const person = movesOf(market, namedAccount(name))
    const held = random.chance(0.5) ? (['WETH'] as const) : (['WBTC', 'WETH'] as const)
    const owed = random.chance(0.5) ? (['USDC'] as const) : (['DAI', 'USDT'] as const)
    const usd = random.logNormal(6_000, 1.2)
    const most = (usd * Math.min(...held.map((symbol) => legacyReserves[symbol].ltvBps)) * 0.96) / 1e4
    await perform(market, [
      ...held.flatMap((symbol) => person.fund(symbol, amountOf(symbol, usd))),
      ...held.map((symbol) => person.supply(symbol, amountOf(symbol, usd / held.length))),
      ...owed.map((symbol) => person.borrow(symbol, amountOf(symbol, most / owed.length))),
    ])
  }

  const fall = async (percent: number): Promise<void> => {
    const { reserves } = devnet.market
    const priced = (symbol: LegacySymbol) => (BigInt(legacyReserves[symbol].priceUsd8) * BigInt(100 - percent)) / 100n
    await perform(
      devnet.market,
      (['WETH', 'WBTC'] as const).map((symbol) => governanceOf(devnet.market).report(reserves[symbol], priced(symbol))),
    )
    await mirror.catchUp()
  }

  it('is foretold cell by cell, to the last unit', async () => {
    await fall(12)
    await play(stage, seen, 40)
  })

  it('and debt that nothing backs stays where it is', async () => {
    await fall(45)
    await play(stage, seen, 80)
    const bare = mirror.book
      .ranked(100)
      .flatMap((id) => mirror.book.account(id, mirror.book.head?.timestamp ?? 0n) ?? [])
      .filter(({ totalCollateralBase, totalDebtBase }) => totalCollateralBase === 0n && totalDebtBase > 0n)
    expect(bare.length).to.be.above(0)
    expect([seen.deficits, seen.twice]).to.deep.equal([0, 0])
    for (const what of ['calls', 'partial'] as const) expect(seen[what], what).to.be.above(10)
  })
})
