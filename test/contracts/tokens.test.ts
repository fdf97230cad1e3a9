import { expect } from 'chai'
import { Bench, call, keeper, refusal, treasury, user } from './support/bench.ts'
import { type Compiled, twin } from './support/compile.ts'
import {
  arm,
  fullProfit,
  hookRouter,
  liquidate,
  nothing,
  order,
  remains,
  type Stage,
  setPool,
  stage,
} from './support/stage.ts'

/** The bits of ZooToken. */
const quirk = {
  noReturn: 1n,
  falseTransfer: 2n,
  fee: 4n,
  noRace: 16n,
  noZero: 32n,
  bomb: 64n,
  stickyAllowance: 128n,
  falseApprove: 256n,
}
type Side = 'debt' | 'collateral'
const underflow = /^Panic\(17\)/

describe('Liquidator, threat 12: the token zoo', function () {
  this.timeout(30_000)
  let bench: Bench
  before(async () => {
    bench = await Bench.open()
  })

  const withQuirk = (side: Side, quirks: bigint, code?: Compiled) =>
    stage(bench, { [side]: { quirks }, ...(code && { code }) })

  /** Whatever the token does: either the treasury is paid, or nothing has moved; and nothing stays. */
  const settle = async (on: Stage, l = order(on)) => {
    const outcome = await refusal(liquidate(on, l))
    expect(await remains(on)).to.deep.equal(nothing)
    return [outcome, await bench.balance(on.debt, treasury)]
  }

  describe('tokens that behave well enough', () => {
    for (const name of ['noReturn', 'noRace', 'noZero', 'bomb', 'stickyAllowance'] as const) {
      for (const side of ['debt', 'collateral'] as const) {
        it(`${name} as ${side}`, async () => {
          expect(await settle(await withQuirk(side, quirk[name]))).to.deep.equal(['accepted', fullProfit])
        })
      }
    }

    it('all of USDT: no return value and no approval on top of another, covered in part', async () => {
      const s = await withQuirk('debt', quirk.noReturn + quirk.noRace)
      await setPool(s, 120n, 400_000n)
      expect(await settle(s)).to.deep.equal(['accepted', 79_500n])
    })

    it('twin: insisting on an answer locks out USDT', async () => {
      const t = await withQuirk('debt', quirk.noReturn, twin('answerRequired'))
      expect(await refusal(liquidate(t))).to.equal(`TokenCallFailed(${t.debt.address})`)
    })

    it('twin: without the way through zero a partial cover locks out USDT', async () => {
      const t = await withQuirk('debt', quirk.noRace, twin('neverThroughZero'))
      await setPool(t, 120n, 400_000n)
      expect(await refusal(liquidate(t))).to.equal(`TokenCallFailed(${t.debt.address})`)
    })

    it('twins: approving zero on zero, or paying zero, locks out BNB', async () => {
      const approving = await withQuirk('debt', quirk.noZero, twin('alwaysThroughZero'))
      expect(await refusal(liquidate(approving))).to.equal(`TokenCallFailed(${approving.debt.address})`)
      const paying = await withQuirk('collateral', quirk.noZero, twin('paysZero'))
      expect(await refusal(liquidate(paying))).to.equal(`TokenCallFailed(${paying.collateral.address})`)
    })

    it('2 and 27 decimals', async () => {
      for (const [few, many] of [
        ['collateral', 'debt'],
        ['debt', 'collateral'],
      ] as const) {
        const s = await stage(bench, {
          [few]: { decimals: 2 },
          [many]: { decimals: 27 },
          depth: 10n ** 36n,
        })
        const debtToCover = few === 'debt' ? 4_000n : 4_000n * 10n ** 27n
        const [outcome, paid] = await settle(s, order(s, { debtToCover }))
        expect([outcome, paid]).to.deep.equal(['accepted', debtToCover / 10n - (debtToCover * 5n) / 10_000n])
      }
    })
  })

  describe('tokens that lie', () => {
    it('false from an approval stops everything', async () => {
      for (const side of ['debt', 'collateral'] as const) {
        const s = await withQuirk(side, quirk.falseApprove)
        expect(await settle(s)).to.deep.equal([`TokenCallFailed(${s[side].address})`, 0n])
      }
    })

    const unpaid = async (code?: Compiled) => {
      const on = await withQuirk('debt', quirk.falseTransfer, code)
      await bench.send(user, on.debt, 'setCursed', [on.liquidator.address])
      return { on, outcome: await refusal(liquidate(on)) }
    }

    it('false from the transfer to the treasury, too', async () => {
      const { on, outcome } = await unpaid()
      expect(outcome).to.equal(`TokenCallFailed(${on.debt.address})`)
    })

    it('twin: with the answer ignored the proceeds stay behind, reported as paid', async () => {
      const { on, outcome } = await unpaid(twin('answerIgnored'))
      expect(outcome).to.equal('accepted')
      expect(await bench.balance(on.debt, treasury)).to.equal(0n)
      expect((await remains(on))[3]).to.not.equal(0n)
    })
  })

  describe('tokens that take', () => {
    it('a fee on the collateral: what arrives is sold, not what was sent', async () => {
      const s = await withQuirk('collateral', quirk.fee)
      expect(await settle(s)).to.deep.equal(['accepted', fullProfit - 22_000n])
    })

    it('a fee on the debt asset: the loan arrives short and nothing happens', async () => {
      const s = await withQuirk('debt', quirk.fee)
      const [outcome, paid] = await settle(s)
      expect(outcome).to.match(underflow)
      expect(paid).to.equal(0n)
    })

    /** The supply shrinks by a tenth while the collateral is being sold. */
    const shrinking = async (side: Side) => {
      const on = await stage(bench)
      await hookRouter(on)
      await arm(on, call(on[side], 'rebase', 90n))
      return settle(on)
    }

    it('a rebase in the middle: the balance decides, to the unit lost in its rounding', async () => {
      expect(await shrinking('collateral')).to.deep.equal(['accepted', fullProfit])
      expect(await shrinking('debt')).to.deep.equal(['accepted', fullProfit - 1n])
    })

    it('a rebase that takes from what stood here is noticed', async () => {
      const s = await stage(bench)
      await bench.send(user, s.debt, 'mint', [s.liquidator.address, 1_000_000n])
      await hookRouter(s)
      await arm(s, call(s.debt, 'rebase', 90n))
      const outcome = await refusal(liquidate(s))
      expect(outcome).to.equal(`StandingBalanceSpent(${s.debt.address}, 1000000, 999500)`)
    })
  })

  describe('tokens that stop', () => {
    for (const side of ['debt', 'collateral'] as const) {
      it(`paused ${side}`, async () => {
        const s = await stage(bench)
        await bench.send(user, s[side], 'setPaused', [true])
        expect(await settle(s)).to.deep.equal(['Error(refused)', 0n])
      })

      it(`${side} with us on the blacklist`, async () => {
        const s = await stage(bench)
        await bench.send(user, s[side], 'setBlacklisted', [s.liquidator.address, true])
        expect(await settle(s)).to.deep.equal(['Error(refused)', 0n])
      })
    }

    it('the treasury on the blacklist: refused whole, nothing is stranded', async () => {
      const s = await stage(bench)
      await bench.send(user, s.debt, 'setBlacklisted', [treasury, true])
      expect(await settle(s)).to.deep.equal([`TokenCallFailed(${s.debt.address})`, 0n])
    })
  })

  describe('threat 20: return bombs, gas starvation', () => {
    /** What it costs that each answer of the debt token is 100 kB long. */
    const bombCost = async (code?: Compiled) => {
      const gas = async (quirks: bigint) => Number((await liquidate(await withQuirk('debt', quirks, code))).gasUsed)
      return (await gas(quirk.bomb)) - (await gas(0n))
    }

    /** Making those seven answers costs 22,700 each, paid by us as the caller; copying one would cost half as much again. */
    const madeOnly = 7 * 24_000

    it('a huge answer is not paid for twice: at most one word of it is copied', async () => {
      expect(await bombCost()).to.be.lessThan(madeOnly)
    })

    it('twin: copied, it is', async () => {
      expect(await bombCost(twin('answerCopied'))).to.be.greaterThan(madeOnly)
    })

    it('at whatever gas limit: all of it or nothing', async () => {
      const s = await stage(bench)
      const outcomes = new Set<string>()
      for (let gas = 60_000n; gas <= 400_000n; gas += 20_000n) {
        const before = await bench.balance(s.debt, treasury)
        const outcome = await refusal(bench.send(keeper, s.liquidator, 'liquidate', [order(s)], { gas }))
        const paid = (await bench.balance(s.debt, treasury)) - before
        expect(paid).to.equal(outcome === 'accepted' ? fullProfit : 0n)
        expect(await remains(s)).to.deep.equal(nothing)
        outcomes.add(outcome === 'accepted' ? 'all' : 'nothing')
      }
      expect([...outcomes]).to.have.members(['all', 'nothing'])
    })
  })
})
