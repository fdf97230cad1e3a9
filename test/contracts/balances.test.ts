import { expect } from 'chai'
import { concatHex, type Hex } from 'viem'
import { Bench, eventsOf, keeper, owner, refusal, stranger, treasury, user } from './support/bench.ts'
import { twin } from './support/compile.ts'
import type { MutantName } from './support/mutants.ts'
import {
  fee,
  fullProfit,
  liquidate,
  nothing,
  order,
  remains,
  type Stage,
  sameAsset,
  setPool,
  setRouter,
  stage,
} from './support/stage.ts'

describe('Liquidator: what comes in and goes out', function () {
  this.timeout(30_000)
  let bench: Bench
  let s: Stage
  const twinStage = (mutant: MutantName) => stage(bench, { code: twin(mutant) })
  const give = (on: Stage, token: 'debt' | 'collateral', amount: bigint) =>
    bench.send(user, on[token], 'mint', [on.liquidator.address, amount])
  before(async () => {
    bench = await Bench.open()
  })
  beforeEach(async () => {
    s = await stage(bench)
  })

  describe('an order nobody interferes with', () => {
    it('pays the treasury, keeps nothing and reports what it measured', async () => {
      const receipt = await liquidate(s)
      expect(await bench.balance(s.debt, treasury)).to.equal(fullProfit)
      expect(await remains(s)).to.deep.equal(nothing)
      expect(eventsOf(receipt, s.liquidator, 'Liquidated')).to.deep.equal([
        {
          user,
          collateralAsset: s.collateral.address,
          debtAsset: s.debt.address,
          debtCovered: 1_000_000n,
          collateralReceived: 1_100_000n,
          profit: fullProfit,
        },
      ])
    })

    it('answers the profit to a simulation', async () => {
      expect(await bench.read(s.liquidator, 'liquidate', [order(s)], keeper)).to.equal(fullProfit)
    })

    it('repays what the pool did not cover with the loan itself', async () => {
      await setPool(s, 110n, 400_000n)
      const [event] = eventsOf(await liquidate(s), s.liquidator, 'Liquidated')
      expect(event).to.include({ debtCovered: 400_000n, collateralReceived: 440_000n, profit: 39_500n })
      expect(await remains(s)).to.deep.equal(nothing)
    })

    it('sells nothing where both sides are one asset', async () => {
      await setPool(s, 110n, 400_000n)
      const [event] = eventsOf(await liquidate(s, sameAsset(s)), s.liquidator, 'Liquidated')
      expect(event).to.include({ debtCovered: 400_000n, collateralReceived: 440_000n, profit: 39_500n })
      expect(await remains(s)).to.deep.equal(nothing)
    })

    it('sends collateral that a dry swap pool left over to the treasury', async () => {
      await setRouter(s, 95n, 100n)
      await liquidate(s)
      expect(await bench.balance(s.collateral, treasury)).to.equal(55_000n)
      expect(await remains(s)).to.deep.equal(nothing)
    })

    it('twin: it stays', async () => {
      const t = await twinStage('leftoverStays')
      await setRouter(t, 95n, 100n)
      await liquidate(t)
      expect((await remains(t))[0]).to.equal(55_000n)
    })
  })

  describe('the path', () => {
    const paths: Record<string, (on: Stage) => Hex> = {
      empty: () => '0x',
      'one token': (on) => on.collateral.address,
      'a byte too long': (on) => concatHex([on.collateral.address, fee, on.debt.address, '0x00']),
      'another start': (on) => concatHex([on.debt.address, fee, on.debt.address]),
      'another end': (on) => concatHex([on.collateral.address, fee, on.collateral.address]),
    }
    for (const [name, path] of Object.entries(paths)) {
      it(`refused: ${name}`, async () => {
        expect(await refusal(liquidate(s, order(s, { path: path(s) })))).to.equal('InvalidPath()')
      })
    }

    it('refused: any, where there is nothing to sell', async () => {
      expect(await refusal(liquidate(s, sameAsset(s, { path: order(s).path })))).to.equal('InvalidPath()')
    })

    it('with more hops', async () => {
      const path = concatHex([s.collateral.address, fee, stranger, fee, s.debt.address])
      expect(await refusal(liquidate(s, order(s, { path })))).to.equal('accepted')
    })
  })

  describe('threat 7: standing balances', () => {
    const lossy = async (on: Stage) => {
      await give(on, 'debt', 50_000n)
      await setRouter(on, 100n, 90n, true)
      return refusal(liquidate(on, order(on, { minProfit: 0n })))
    }

    it('are no cushion for a loss', async () => {
      expect(await lossy(s)).to.equal(`StandingBalanceSpent(${s.debt.address}, 50000, 39500)`)
    })

    it('twin: the loss is paid from them', async () => {
      const t = await twinStage('standingSpent')
      expect(await lossy(t)).to.equal('accepted')
      expect(await bench.balance(t.debt, t.liquidator.address)).to.equal(39_500n)
    })

    const rich = async (on: Stage) => {
      await give(on, 'debt', 50_000n)
      await give(on, 'collateral', 60_000n)
      await liquidate(on)
      return [
        await bench.balance(on.debt, treasury),
        await bench.balance(on.debt, on.liquidator.address),
        await bench.balance(on.collateral, on.liquidator.address),
      ]
    }

    it('are neither sold nor paid out', async () => {
      expect(await rich(s)).to.deep.equal([fullProfit, 50_000n, 60_000n])
    })

    it('twin: they are swept along', async () => {
      const t = await twinStage('standingSweeps')
      expect(await rich(t)).to.deep.equal([fullProfit + 50_000n, 0n, 60_000n])
    })

    it('twin: selling all collateral there is would sell what was there, and is noticed', async () => {
      const t = await twinStage('sellsEverything')
      await give(t, 'collateral', 60_000n)
      expect(await refusal(liquidate(t))).to.equal(`StandingBalanceSpent(${t.collateral.address}, 60000, 0)`)
    })
  })

  describe('threat 10: the bundle taken apart', () => {
    const steps = {
      first: (on: Stage) => liquidate(on),
      second: (on: Stage) => liquidate(on, sameAsset(on, { user: stranger })),
      rescue: (on: Stage) => bench.send(owner, on.liquidator, 'rescueToken', [on.debt.address, 0n]),
    }
    const orders: (keyof typeof steps)[][] = [
      ['first'],
      ['second'],
      ['first', 'second', 'rescue'],
      ['rescue', 'second', 'first'],
      ['second', 'rescue', 'first'],
    ]
    for (const names of orders) {
      it(`${names.join(', ')}: every transaction stands alone`, async () => {
        for (const name of names) await steps[name](s)
        const profits = BigInt(names.filter((name) => name !== 'rescue').length)
        expect(await bench.balance(s.debt, treasury)).to.equal(profits * fullProfit)
        expect(await remains(s)).to.deep.equal(nothing)
      })
    }

    it('twin: relying on an approval of an earlier transaction fails alone', async () => {
      expect(await refusal(liquidate(await twinStage('approvedBefore')))).to.not.equal('accepted')
    })
  })
})
