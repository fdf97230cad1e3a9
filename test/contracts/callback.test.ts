import { expect } from 'chai'
import { Bench, call, keeper, refusal, stranger, treasury, user } from './support/bench.ts'
import { twin } from './support/compile.ts'
import type { MutantName } from './support/mutants.ts'
import {
  arm,
  callback,
  fate,
  fullProfit,
  hookPool,
  hookRouter,
  letPuppetKeep,
  liquidate,
  nothing,
  order,
  paramsOf,
  relayed,
  remains,
  type Stage,
  stage,
} from './support/stage.ts'

describe('Liquidator: the callback', function () {
  this.timeout(30_000)
  let bench: Bench
  const twinStage = (mutant: MutantName) => stage(bench, { code: twin(mutant) })
  before(async () => {
    bench = await Bench.open()
  })

  describe('threat 2: a third party starts a flash loan naming us', () => {
    const theirLoan = (on: Stage) =>
      refusal(
        bench.send(stranger, on.pool, 'flashLoanSimple', [
          on.liquidator.address,
          on.debt.address,
          1_000_000n,
          paramsOf(order(on)),
          0,
        ]),
      )

    it('out of the blue', async () => {
      expect(await theirLoan(await stage(bench))).to.equal(`ForeignInitiator(${stranger})`)
    })

    it('twin: it runs, and strands the proceeds outside the treasury', async () => {
      const t = await twinStage('anyInitiatorAnyLoan')
      expect(await theirLoan(t)).to.equal('accepted')
      expect(await bench.balance(t.debt, t.liquidator.address)).to.equal(fullProfit)
      expect(await bench.balance(t.debt, treasury)).to.equal(0n)
    })

    /** The very loan we are waiting for, in every field but who started it. */
    const duringOurs = async (on: Stage) => {
      await hookPool(on)
      await arm(on, relayed(on, callback(on, order(on), stranger)))
      return refusal(liquidate(on))
    }

    it('while we wait for ours', async () => {
      const s = await stage(bench)
      expect(await duringOurs(s)).to.equal('accepted')
      expect(await fate(s)).to.equal(`ForeignInitiator(${stranger})`)
    })

    it('twin: it is taken for ours, and ours fails', async () => {
      expect(await duringOurs(await twinStage('anyInitiator'))).to.equal('UnexpectedLoan()')
    })
  })

  describe('threat 3: callbacks from a fake pool', () => {
    /** An empty order, and the amount to be repaid as the stranger likes it. */
    const cold = async (on: Stage) => {
      const { debt, liquidator } = on
      const l = order(on, { debtToCover: 0n, path: '0x', collateralAsset: debt.address })
      const args = [debt.address, 1_000_000n, 500n, liquidator.address, paramsOf(l)]
      const outcome = await refusal(bench.send(stranger, liquidator, 'executeOperation', args))
      return [outcome, (await remains(on))[4]]
    }

    it('cold', async () => {
      expect(await cold(await stage(bench))).to.deep.equal([`NotPool(${stranger})`, 0n])
    })

    it('twin: it is served, and leaves an allowance of whatever amount behind', async () => {
      expect(await cold(await twinStage('anyPoolAnyLoan'))).to.deep.equal(['accepted', 1_000_500n])
    })

    const inContext = async (on: Stage) => {
      await hookPool(on)
      await arm(on, callback(on, order(on)))
      return refusal(liquidate(on))
    }

    it('in context, with the right arguments', async () => {
      const s = await stage(bench)
      expect(await inContext(s)).to.equal('accepted')
      expect(await fate(s)).to.equal(`NotPool(${s.puppet.address})`)
    })

    it('twin: it is taken for the pool, and the pool is turned away', async () => {
      expect(await inContext(await twinStage('anyPool'))).to.equal('UnexpectedLoan()')
    })
  })

  describe('threat 4: callback data swapped, replayed, nested', () => {
    const swaps = {
      'another user': (on: Stage) => callback(on, order(on, { user: stranger })),
      'another amount': (on: Stage) => callback(on, order(on, { debtToCover: 999_999n })),
      'another asset': (on: Stage) => callback(on, order(on, { debtAsset: on.collateral.address })),
      'another minimum': (on: Stage) => callback(on, order(on, { minProfit: 0n })),
    }
    const duringOurs = async (on: Stage, data: (on: Stage) => ReturnType<typeof callback>) => {
      await hookPool(on)
      await arm(on, relayed(on, data(on)))
      await liquidate(on)
      return fate(on)
    }

    for (const [name, data] of Object.entries(swaps)) {
      it(`swapped: ${name}`, async () => {
        expect(await duringOurs(await stage(bench), data)).to.equal('UnexpectedLoan()')
      })
    }

    it('twin: swapped data is served', async () => {
      expect(await duringOurs(await twinStage('anyLoan'), swaps['another user'])).to.equal('succeeded')
    })

    /** From inside the swap, when the expected loan has been served already. */
    const replay = async (on: Stage) => {
      await hookRouter(on)
      await arm(on, relayed(on, callback(on, order(on))))
      const outcome = await refusal(liquidate(on))
      return [outcome, await fate(on)]
    }

    it('replayed and nested: the loan is served once', async () => {
      const s = await stage(bench)
      expect(await replay(s)).to.deep.equal(['accepted', 'UnexpectedLoan()'])
      expect(await bench.balance(s.debt, treasury)).to.equal(fullProfit)
      expect(await remains(s)).to.deep.equal(nothing)
    })

    it('twin: a loan that is never used up is served again', async () => {
      const t = await twinStage('loanNotConsumed')
      await bench.send(user, t.debt, 'mint', [t.liquidator.address, 2_000_000n])
      expect(await replay(t)).to.deep.equal(['accepted', 'succeeded'])
    })

    it('replayed after the transaction', async () => {
      const s = await stage(bench)
      await liquidate(s)
      const { target, data } = relayed(s, callback(s, order(s)))
      expect(await refusal(bench.transact(stranger, target, data))).to.equal('UnexpectedLoan()')
    })

    const noLoan = async (on: Stage) => {
      await bench.send(user, on.pool, 'set', [110n, 2n ** 255n, true, on.puppet.address])
      return refusal(liquidate(on, order(on, { minProfit: 0n })))
    }

    it('a loan without a callback is no liquidation', async () => {
      expect(await noLoan(await stage(bench))).to.equal('LoanNotTaken()')
    })

    it('twin: it passes for one', async () => {
      expect(await noLoan(await twinStage('loanNotTaken'))).to.equal('accepted')
    })
  })

  describe('threat 14: two liquidations in one transaction', () => {
    const two = async (on: Stage, second = order(on, { user: stranger })) => {
      await letPuppetKeep(on)
      const calls = [order(on), second].map((l) => call(on.liquidator, 'liquidate', l))
      return refusal(bench.send(keeper, on.puppet, 'run', [calls]))
    }

    it('both go through, each with its own profit', async () => {
      const s = await stage(bench)
      expect(await two(s)).to.equal('accepted')
      expect(await bench.balance(s.debt, treasury)).to.equal(2n * fullProfit)
      expect(await remains(s)).to.deep.equal(nothing)
    })

    it('so do two identical ones', async () => {
      const s = await stage(bench)
      expect(await two(s, order(s))).to.equal('accepted')
    })

    it('twin: with a lock left to the end of the transaction the second is refused', async () => {
      expect(await two(await twinStage('lockStays'))).to.equal('Reentered()')
    })

    it('a callback between the two, or after them, finds no loan expected', async () => {
      const s = await stage(bench)
      await letPuppetKeep(s)
      const stray = relayed(s, callback(s, order(s)))
      const calls = [call(s.liquidator, 'liquidate', order(s)), stray, call(s.liquidator, 'liquidate', order(s))]
      expect(await refusal(bench.send(keeper, s.puppet, 'run', [calls]))).to.equal('UnexpectedLoan()')
    })
  })
})
