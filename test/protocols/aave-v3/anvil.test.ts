import { expect } from 'chai'
import { type Anvil, startAnvil } from '../../../scripts/devnet/anvil.ts'
import { namedAccount } from '../../../scripts/devnet/chain.ts'
import { deployLegacyMarket, type LegacyMarket } from '../../../scripts/devnet/legacy/market.ts'
import { governanceOf, movesOf, perform } from '../../../scripts/devnet/legacy/moves.ts'
import type { LegacySymbol } from '../../../scripts/devnet/legacy/parameters.ts'
import { createRandom } from '../../../scripts/devnet/random.ts'
import { type Mirrored, mirrorOf } from './mirror.ts'

const wad = (amount: number): bigint => BigInt(Math.round(amount * 1e6)) * 10n ** 12n
const usd8 = (dollars: number): bigint => BigInt(Math.round(dollars * 1e8))
const DEPTHS = [1, 2, 1, 5, 3, 12, 1, 30]

/** The genuine 3.0.2 on anvil, another node than the rest of these tests run on, with reorganisations of the node's own making. */
describe('Aave V3 mirror on anvil, through its reorganisations', function () {
  this.timeout(120_000)
  let anvil: Anvil
  let market: LegacyMarket
  let mirror: Mirrored
  const people = Array.from({ length: 6 }, (_, n) => namedAccount(`anvil ${n}`))

  before(async () => {
    anvil = await startAnvil('ethereum')
    market = await deployLegacyMarket(anvil.chain)
    const lender = movesOf(market, namedAccount('lender'))
    const lent: [LegacySymbol, bigint][] = [
      ['WETH', wad(10_000)],
      ['DAI', wad(20_000_000)],
    ]
    await perform(
      market,
      lent.flatMap(([symbol, amount]) => [...lender.fund(symbol, amount), lender.supply(symbol, amount)]),
    )
    for (const one of people) {
      const moves = movesOf(market, one)
      await perform(market, [...moves.fund('WETH', wad(100)), ...moves.fund('DAI', wad(100_000))])
      await perform(market, [moves.supply('WETH', wad(10)), moves.borrow('DAI', wad(5_000))])
    }
    const { addressesProvider, multicall3 } = market.addresses
    const { chainId } = anvil.chain.spec
    mirror = await mirrorOf({ chain: 'ethereum', chainId, http: anvil.http, addressesProvider, multicall3 })
  })
  after(async () => {
    mirror?.stop()
    await anvil?.close()
  })

  async function exact(): Promise<string[]> {
    const seen = await mirror.catchUp()
    const { checked, mismatches, totals } = await mirror.verify()
    expect(checked).to.be.at.least(people.length)
    expect(mismatches).to.deep.equal([])
    for (const { sumScaledDebt, scaledTotalSupply } of totals) expect(sumScaledDebt).to.equal(scaledTotalSupply)
    return seen.map(({ kind }) => kind)
  }

  it('equals the chain to begin with', async () => {
    await exact()
  })

  for (const [round, depth] of DEPTHS.entries())
    it(`${depth} of its newest blocks replaced, with what was in them`, async () => {
      const random = createRandom(1000 + round)
      for (let block = 0; block < depth; block++) {
        const moves = movesOf(market, random.pick(people))
        const amount = wad(random.between(1, 50))
        const report = governanceOf(market).report(market.reserves.WETH, usd8(random.between(2_000, 4_000)))
        await perform(market, [
          random.chance(0.5)
            ? moves.borrow('DAI', amount, random.chance(0.3) ? 'stable' : 'variable')
            : moves.supply('WETH', wad(0.01)),
          report,
        ])
        if (random.chance(0.3)) await exact()
      }
      await exact()
      const before = mirror.book.head
      await anvil.reorg(depth)
      expect(await exact()).to.include('rollback')
      expect(mirror.book.head?.hash).not.to.equal(before?.hash)
      // And on from there.
      await perform(market, [movesOf(market, random.pick(people)).borrow('DAI', wad(3))])
      await exact()
    })
})
