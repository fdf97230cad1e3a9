import { expect } from 'chai'
import { Bench, call, keeper, refusal, stranger, user } from './support/bench.ts'
import { contract, twin } from './support/compile.ts'
import type { MutantName } from './support/mutants.ts'
import {
  arm,
  fate,
  hookRouter,
  liquidate,
  nothing,
  order,
  relayed,
  remains,
  type Stage,
  setPool,
  setRouter,
  stage,
} from './support/stage.ts'

/** Of ZooToken: `transferFrom` leaves the allowance as it was. */
const stickyAllowance = 128n

describe('Liquidator: allowances, ours and those of others', function () {
  this.timeout(30_000)
  let bench: Bench
  let s: Stage
  const twinStage = (mutant: MutantName) => stage(bench, { code: twin(mutant) })
  before(async () => {
    bench = await Bench.open()
  })
  beforeEach(async () => {
    s = await stage(bench)
  })

  describe("threat 5: a call of the keeper's choice with somebody's standing approval", () => {
    /** `user` once approved the contract; whoever holds the keeper's key wants the tokens. */
    const robbery = async (on: Stage) => {
      await bench.send(user, on.debt, 'mint', [user, 777n])
      await bench.send(user, on.debt, 'approve', [on.liquidator.address, 777n])
      const { data } = call(on.debt, 'transferFrom', user, keeper, 777n)
      const l = order(on, { user: on.debt.address, path: data, debtToCover: 0n, minProfit: 0n })
      return [await refusal(liquidate(on, l)), await bench.balance(on.debt, keeper)]
    }

    it('is not to be had', async () => {
      expect(await robbery(s)).to.deep.equal(['InvalidPath()', 0n])
      expect(await bench.balance(s.debt, user)).to.equal(777n)
    })

    it('twin: with a target and calldata from outside, the approval is emptied', async () => {
      expect(await robbery(await twinStage('arbitraryCall'))).to.deep.equal(['accepted', 777n])
    })
  })

  describe('threat 6: allowances left over', () => {
    it('none, though the router takes less than it was allowed and the pool covers less', async () => {
      await setRouter(s, 95n, 100n)
      await setPool(s, 120n, 400_000n)
      await liquidate(s)
      expect(await remains(s)).to.deep.equal(nothing)
    })

    it('twin: an endless allowance for the router is there to be used', async () => {
      const t = await twinStage('routerAllowanceStays')
      await liquidate(t)
      expect((await remains(t))[2]).to.equal(2n ** 256n - 1n - 1_100_000n)
    })

    const sticky = async (code = contract('Liquidator')) => {
      const on = await stage(bench, { code, debt: { quirks: stickyAllowance } })
      await liquidate(on)
      return (await remains(on))[4]
    }

    it("none, though the token does not count down the pool's", async () => {
      expect(await sticky()).to.equal(0n)
    })

    it('twin: without the last reset the pool could pull the loan again', async () => {
      expect(await sticky(twin('poolAllowanceStays'))).to.equal(1_000_500n)
    })
  })

  describe('threat 6: allowances while others are at work', () => {
    /** The pool covered 400,000 of 1,000,000; from inside the swap it comes back for what is left of the loan. */
    const secondHelping = async (on: Stage) => {
      await setPool(on, 110n, 400_000n)
      await hookRouter(on)
      await arm(on, relayed(on, call(on.debt, 'transferFrom', on.liquidator.address, stranger, 600_000n)))
      return [await refusal(liquidate(on)), await fate(on)]
    }

    it('none for the pool during the swap', async () => {
      expect(await secondHelping(s)).to.deep.equal(['accepted', 'Panic(17)'])
    })

    it('twin: what it did not cover is there to be pulled, and the loan fails', async () => {
      const t = await twinStage('coverAllowanceStays')
      expect(await secondHelping(t)).to.deep.equal(['Panic(17)', 'idle'])
    })
  })
})
