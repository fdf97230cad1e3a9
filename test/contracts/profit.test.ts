import { expect } from 'chai'
import { Bench, keeper, refusal, treasury, user } from './support/bench.ts'
import { contract, twin } from './support/compile.ts'
import type { MutantName } from './support/mutants.ts'
import { fullProfit, liquidate, order, type Stage, sameAsset, setRouter, stage } from './support/stage.ts'

const honestInSimulation = 8n

describe('Liquidator: the profit, and when', function () {
  this.timeout(30_000)
  let bench: Bench
  const twinStage = (mutant: MutantName) => stage(bench, { code: twin(mutant) })
  before(async () => {
    bench = await Bench.open()
  })

  describe('threat 8: the profit falls while in flight', () => {
    /** Somebody was first in the swap pool: 1,012,000 instead of 1,100,000 come back. */
    const sandwiched = async (on: Stage, donation = 0n) => {
      await setRouter(on, 100n, 92n)
      await bench.send(user, on.debt, 'mint', [on.liquidator.address, donation])
      return refusal(liquidate(on, order(on, { minProfit: 50_000n })))
    }

    it('below the minimum: refused', async () => {
      expect(await sandwiched(await stage(bench))).to.equal('ProfitBelowMinimum(11500, 50000)')
    })

    it('twin: without the minimum it is taken', async () => {
      const t = await twinStage('anyProfit')
      expect(await sandwiched(t)).to.equal('accepted')
      expect(await bench.balance(t.debt, treasury)).to.equal(11_500n)
    })

    it('a donation does not fill the gap', async () => {
      expect(await sandwiched(await stage(bench), 1_000_000n)).to.equal('ProfitBelowMinimum(11500, 50000)')
    })

    it('twin: counting the balance, it does', async () => {
      expect(await sandwiched(await twinStage('standingCounts'), 1_000_000n)).to.equal('accepted')
    })

    it('exactly the minimum is enough, one more is not, and the largest number does not overflow', async () => {
      const s = await stage(bench)
      expect(await refusal(liquidate(s, order(s, { minProfit: fullProfit })))).to.equal('accepted')
      for (const minProfit of [fullProfit + 1n, 2n ** 256n - 1n]) {
        const outcome = await refusal(liquidate(s, order(s, { minProfit })))
        expect(outcome).to.equal(`ProfitBelowMinimum(${fullProfit}, ${minProfit})`)
      }
    })

    it('a swap that does not even repay the loan: the router refuses', async () => {
      const s = await stage(bench)
      await setRouter(s, 100n, 90n)
      expect(await refusal(liquidate(s))).to.equal('Error(Too little received)')
    })

    it('the same for one asset, where no router is asked', async () => {
      const s = await stage(bench)
      expect(await refusal(liquidate(s, sameAsset(s, { minProfit: fullProfit + 1n })))).to.match(/^ProfitBelowMinimum/)
    })
  })

  describe('threat 9: late inclusion', () => {
    const includedAt = async (on: Stage, secondsLate: bigint) => {
      const deadline = (await bench.now()) + 60n
      const timestamp = deadline + secondsLate
      const work = bench.send(keeper, on.liquidator, 'liquidate', [sameAsset(on, { deadline })], { timestamp })
      return { outcome: await refusal(work), deadline }
    }

    it('at the deadline it is in time', async () => {
      expect((await includedAt(await stage(bench), 0n)).outcome).to.equal('accepted')
    })

    it('a second later it is not', async () => {
      const { outcome, deadline } = await includedAt(await stage(bench), 1n)
      expect(outcome).to.equal(`DeadlinePassed(${deadline}, ${deadline + 1n})`)
    })

    it('twins: without the check, or by block number, it is', async () => {
      expect((await includedAt(await twinStage('anyTime'), 1n)).outcome).to.equal('accepted')
      expect((await includedAt(await twinStage('blockNumber'), 1n)).outcome).to.equal('accepted')
    })
  })

  describe('threat 11: a token that behaves only in simulation', () => {
    /** Nine tenths of each transfer vanish as soon as gas has a price; the swap pool belongs to the token's maker. */
    const trap = async (code = contract('Liquidator')) => {
      const on = await stage(bench, { code, collateral: { quirks: honestInSimulation } })
      await setRouter(on, 100n, 100n, true)
      await bench.send(user, on.debt, 'mint', [on.liquidator.address, 900_000n])
      const l = order(on, { minProfit: 0n })
      const promised = await bench.read(on.liquidator, 'liquidate', [l], keeper)
      const outcome = await refusal(liquidate(on, l))
      return { on, promised, outcome, left: await bench.balance(on.debt, on.liquidator.address) }
    }

    it('costs gas and nothing else', async () => {
      const { on, ...rest } = await trap()
      const outcome = `StandingBalanceSpent(${on.debt.address}, 900000, 9500)`
      expect(rest).to.deep.equal({ promised: fullProfit, outcome, left: 900_000n })
    })

    it('twin: it costs what was there', async () => {
      const { on: _, ...rest } = await trap(twin('standingSpent'))
      expect(rest).to.deep.equal({ promised: fullProfit, outcome: 'accepted', left: 9_500n })
    })
  })
})
