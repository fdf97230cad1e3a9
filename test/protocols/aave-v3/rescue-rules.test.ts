import { expect } from 'chai'
import fc from 'fast-check'
import type { Rescue } from '../../../src/core/protocol.ts'
import { rulesFor } from '../../../src/protocols/aave-v3/rules.ts'
import { REVISIONS } from './second-opinion/calls.ts'
import {
  type Case,
  ceil,
  compoundedFrom34,
  compoundedUntil33,
  debtIndex,
  floor,
  half,
  incomeIndex,
  MOST,
  RAY,
} from './second-opinion/facts.ts'
import { cases } from './second-opinion/worlds.ts'
import { assetOf, bookOf } from './world.ts'

const RUNS = 600
const FROM_35 = ['aave-v3.5', 'aave-v3.6', 'aave-v3.7']
const ROUNDS_EXACTLY = [...FROM_35, 'sparklend']

/** The account after the pool has booked a way out; from 3.5 on (and in SparkLend) all roundings are the pool's, before they are half up. */
function booked(one: Case, rules: string, { kind, asset, amount, repays }: Rescue): Case {
  const exact = ROUNDS_EXACTLY.includes(rules)
  const compounded = [...FROM_35, 'aave-v3.4'].includes(rules) ? compoundedFrom34 : compoundedUntil33
  const [down, up] = exact ? [floor, ceil] : [half, half]
  const repaid = kind === 'repay' ? { asset, amount } : repays
  const debts = one.account.debts.flatMap(([id, scaled]) => {
    if (assetOf(id) !== repaid?.asset) return [[id, scaled] as const]
    const index = debtIndex(one, id, compounded)
    const owed = exact ? ceil(scaled * index, RAY) : half(scaled * index, RAY)
    return repaid.amount >= owed ? [] : [[id, scaled - down(repaid.amount * RAY, index)] as const]
  })
  const collaterals = one.account.collaterals.map(([id, scaled]) => {
    if (kind === 'repay' || assetOf(id) !== asset) return [id, scaled] as const
    const index = incomeIndex(one, id)
    const by = amount * RAY
    return [id, kind === 'add' ? scaled + down(by, index) : scaled - up(by, index)] as const
  })
  return { ...one, account: { ...one.account, debts, collaterals } }
}

const less = (option: Rescue): Rescue => {
  const { repays, amount, asset } = option
  const short = repays && { ...repays, amount: repays.amount - 1n }
  return { ...option, repays: short, amount: repays && repays.asset !== asset ? amount : amount - 1n }
}

for (const [rules, revision] of REVISIONS)
  describe(`Aave V3 ways out by a second opinion: ${rules}`, function () {
    this.timeout(60_000)

    it('leave the health that is promised, and one unit less does not reach the target', () => {
      const seen = { repay: 0, add: 0, sell: 0 }
      fc.assert(
        fc.property(cases(rules, revision), fc.bigInt({ min: 1n, max: 60n }), (one, percent) => {
          const said = revision.account(one)
          if (typeof said === 'string' || said.healthFactor === MOST) return
          const target = (said.healthFactor * (100n + percent)) / 100n
          const healthAfter = (option: Rescue): bigint => {
            const after = revision.account(booked(one, rules, option))
            return typeof after === 'string' ? -1n : after.healthFactor
          }
          const { protocol, ledger } = bookOf(one.market, rules)
          for (const option of protocol.rescue(ledger, 0, one.now, target)) {
            const what = `${option.kind} ${option.amount} ${option.symbol} for ${option.repays?.symbol}`
            expect(healthAfter(option), what).to.equal(option.healthFactor)
            const taken = ledger.speculate(2n, () => {
              protocol.takeRescue(ledger, 0, one.now, option)
              return protocol.standing(ledger, 0, one.now)?.healthFactor
            })
            expect(taken, `${what}, taken in the ledger`).to.equal(option.healthFactor)
            expect(option.healthFactor >= target, what).to.equal(true)
            // Where the average threshold is floored, less collateral may mean a better average: several amounts are least ones.
            const isMonotone = option.kind === 'repay' || rulesFor(rules, 0n)?.floorsThreshold === false
            if (option.amount > 1n && isMonotone)
              expect(healthAfter(less(option)) < target, `${what}: less`).to.equal(true)
            seen[option.kind]++
          }
        }),
        { numRuns: RUNS },
      )
      for (const kind of ['repay', 'add', 'sell'] as const) expect(seen[kind], kind).to.be.above(RUNS / 10)
    })
  })
