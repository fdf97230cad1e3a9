import { expect } from 'chai'
import fc from 'fast-check'
import { Bench, eventsOf, refusal, user } from './support/bench.ts'
import { liquidate, order, remains, type Stage, sameAsset, setPool, setRouter, stage } from './support/stage.ts'

const percent = (min: number, max: number) => fc.integer({ min, max }).map(BigInt)
const amount = fc.bigInt({ min: 0n, max: 2_000_000n })

/** A market in any mood, and a contract that may already hold something. */
const situation = fc.record({
  payout: percent(0, 150),
  maxCover: amount,
  takes: percent(0, 100),
  pays: percent(0, 150),
  routerLies: fc.boolean(),
  debtToCover: amount,
  /** Of the debt to cover, in per cent; sometimes too much. */
  firstShare: fc.oneof(fc.constant(0n), percent(0, 110)),
  minProfit: fc.oneof(fc.constant(0n), amount),
  standingDebt: amount,
  standingCollateral: amount,
  oneAsset: fc.boolean(),
})

describe('Liquidator: in any market', function () {
  this.timeout(120_000)
  let bench: Bench
  let s: Stage
  before(async () => {
    bench = await Bench.open()
    s = await stage(bench, { depth: 10n ** 15n })
  })

  const holdings = async () => {
    const proceeds = [await bench.balance(s.debt, s.proceeds), await bench.balance(s.collateral, s.proceeds)] as const
    return { kept: await remains(s), proceeds }
  }

  it('standing balances never move, allowances end at zero, the treasury gets what was reported or nothing', async () => {
    const outcomes = new Set<string>()
    await fc.assert(
      fc.asyncProperty(situation, async (x) => {
        await setPool(s, x.payout, x.maxCover)
        await setRouter(s, x.takes, x.pays, x.routerLies)
        await bench.send(user, s.debt, 'mint', [s.liquidator.address, x.standingDebt])
        await bench.send(user, s.collateral, 'mint', [s.liquidator.address, x.standingCollateral])
        const before = await holdings()
        const { debtToCover, minProfit } = x
        const changes = { debtToCover, firstCover: (debtToCover * x.firstShare) / 100n, minProfit }
        const work = liquidate(s, x.oneAsset ? sameAsset(s, changes) : order(s, changes))
        const outcome = await refusal(work)
        const after = await holdings()
        expect(after.kept).to.deep.equal(before.kept)
        const gained = after.proceeds[0] - before.proceeds[0]
        if (outcome === 'accepted') {
          const [event] = eventsOf(await work, s.liquidator, 'Liquidated')
          expect(gained).to.equal((event as { profit: bigint }).profit)
          expect(gained >= x.minProfit).to.equal(true)
        } else {
          expect(after.proceeds).to.deep.equal(before.proceeds)
        }
        outcomes.add(outcome.replace(/\(.*/, ''))
      }),
      { numRuns: 150, seed: 20_261_123 },
    )
    expect([...outcomes]).to.include.members(['accepted', 'ProfitBelowMinimum', 'StandingBalanceSpent', 'Error'])
  })
})
