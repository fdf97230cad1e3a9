import { expect } from 'chai'
import type { Hour } from '../../../src/core/risk/hour.ts'
import { type PhaseDecision, phasesOf } from '../../../src/core/risk/phase.ts'
import { PHASE_THRESHOLDS as T } from '../../../src/core/risk/phase-thresholds.ts'
import { burst, hoursFrom } from './hours.ts'

const DEBT = 10e9
const FLOOR = T.cascadeDebtShare.value * DEBT
const VIOLENT = T.violentFactor.value * FLOOR
/** Prices that wiggle a little, so that there is a usual volatility. */
const wiggle = (i: number): number => 100 + (i % 2) * 0.2

const quiet = (count: number, over: (i: number) => Partial<Hour> = () => ({})): Hour[] =>
  hoursFrom(0, count, (i) => ({ oraclePriceUsd: wiggle(i), ...over(i) }))
/** After `past`: some hours, each by its number from 0. */
const then = (past: readonly Hour[], count: number, over: (i: number) => Partial<Hour>): Hour[] => [
  ...past,
  ...hoursFrom((past.at(-1)?.hour ?? -1) + 1, count, (i) => ({ oraclePriceUsd: wiggle(i), ...over(i) })),
]
const last = (hours: readonly Hour[]): PhaseDecision => {
  const decision = phasesOf(hours).at(-1)
  if (decision === undefined) throw new Error('no hours')
  return decision
}
const phases = (hours: readonly Hour[]): readonly string[] =>
  phasesOf(hours).flatMap(({ phase, previous, hour }) => (phase === previous ? [] : `${hour} ${phase}`))

const MONTH = T.quantileMinHours.value
/** Calm, a violent hour that falls to 80, and some hours of nothing at 80. */
const fallen = (after: number, over: (i: number) => Partial<Hour> = () => ({})): Hour[] =>
  then(
    then(quiet(MONTH + 100), 1, () => ({ ...burst(10 * VIOLENT), oraclePriceUsd: 80 })),
    after,
    (i) => ({ oraclePriceUsd: 80.5 + (i % 2) * 0.1, ...over(i) }),
  )
const START = MONTH + 100

describe('a cascade', () => {
  for (const [what, usd, count, phase] of [
    ['one hour over the violent threshold', 1.01 * VIOLENT, 1, 'cascade'],
    ['one hour just under it', 0.99 * VIOLENT, 1, 'calm'],
    ['two hours over the threshold', 1.01 * FLOOR, 2, 'cascade'],
    ['two hours just under it', 0.99 * FLOOR, 2, 'calm'],
    ['two hours at the threshold', FLOOR, 2, 'calm'],
  ] as const)
    it(`${what}: ${phase}`, () => {
      expect(last(then(quiet(200), count, () => burst(usd))).phase).to.equal(phase)
    })

  it('is measured against the median hour of the week', () => {
    const usual = quiet(200, () => burst(FLOOR / 2))
    const hour = (usd: number) => last(then(usual, 2, () => ({ ...burst(usd), liquidations: 500 }))).phase
    expect(hour(T.cascadeMedians.value * (FLOOR / 2) * 0.99)).to.equal('calm')
    expect(hour(T.cascadeMedians.value * (FLOOR / 2) * 1.01)).to.equal('cascade')
  })

  it('is two hours in a row: not with an unwatched one between', () => {
    const hours = then(quiet(200), 3, (i) => burst(i === 1 ? 0 : 2 * FLOOR))
    expect(last(hours.filter(({ hour }) => hour !== 201)).phase).to.equal('calm')
  })

  it('is clustered: one large liquidation alone is none', () => {
    const one = then(quiet(200), 1, () => ({ liquidatedUsd: 2 * VIOLENT, liquidations: 1 }))
    expect(last(one).phase).to.equal('calm')
  })

  it('is not called in the first three days of watching, and that is said', () => {
    const early = last(then(quiet(50), 2, () => burst(2 * VIOLENT)))
    expect(early.phase).to.equal('calm')
    expect(early.lacks).to.include('hours')
  })

  it('says with which numbers it was called', () => {
    // Calls of the day before yesterday are out of the branching ratio's window.
    const past = quiet(200, (i) => ({ liquidations: i === 170 ? 90 : 0 }))
    const { why, previous, sinceHour } = last(then(past, 1, () => burst(2 * VIOLENT)))
    expect({ previous, sinceHour }).to.deep.equal({ previous: 'calm', sinceHour: 200 })
    expect(why.map(({ value, limit, held }) => [value, limit, held])).to.deep.equal([
      [2 * VIOLENT, 0, true],
      [2 * VIOLENT, VIOLENT, true],
      // 400 calls in one of 24 hours: 1 − √(mean/variance) = 1 − 1/√400.
      [0.95, 0.5, true],
    ])
  })
})

describe('after a cascade', () => {
  it('the peak is the larger of the two hours that began it', () => {
    const begun = then(quiet(200), 2, (i) => burst(i === 0 ? 4 * FLOOR : 1.1 * FLOOR))
    expect(phases(then(begun, 3, () => burst(0.79 * FLOOR)))).to.deep.equal(['201 cascade', '204 exhaustion'])
    expect(phases(then(begun, 3, () => burst(0.81 * FLOOR)))).to.deep.equal(['201 cascade'])
  })

  it('comes exhaustion after three quiet hours without a new low', () => {
    expect(phases(fallen(4))).to.deep.equal([`${START} cascade`, `${START + 3} exhaustion`])
  })

  it('no exhaustion while new lows come, or a fifth of the peak', () => {
    expect(phases(fallen(8, (i) => ({ oraclePriceUsd: 80 - i })))).to.deep.equal([`${START} cascade`])
    expect(phases(fallen(8, (i) => burst(i % 3 === 2 ? 2.1 * VIOLENT : 0)))).to.deep.equal([`${START} cascade`])
  })

  it('an hour nobody watched is not a quiet hour', () => {
    const hours = fallen(6).filter(({ hour }) => hour !== START + 2)
    expect(phases(hours)).to.deep.equal([`${START} cascade`, `${START + 5} exhaustion`])
  })

  it('half of the largest hour of the day is a new cascade, less is not', () => {
    const again = (usd: number) => phases(fallen(12, (i) => (i === 6 ? burst(usd) : {}))).slice(2)
    expect(again(5.1 * VIOLENT)).to.deep.equal([`${START + 7} cascade`, `${START + 10} exhaustion`])
    expect(again(4.9 * VIOLENT)).to.deep.equal([])
  })

  /** Hours until volatility is usual again depend on its half-life: with 200 they have passed. */
  const LONG = 200
  it('recovery, then calm two days later', () => {
    const [, , recovery, calm] = phases(fallen(LONG)).map((line) => line.split(' '))
    expect([recovery?.[1], calm?.[1]]).to.deep.equal(['recovery', 'calm'])
    expect(Number(calm?.[0]) - Number(recovery?.[0])).to.equal(T.calmHours.value)
  })

  for (const [what, over] of [
    ['people sell', { netFlowUsd: -1 }],
    ['depth is gone', { depthUsd: 79 }],
    ['funding is high', { fundingAnnual: 0.5 }],
  ] as const)
    it(`no recovery while ${what}; it is said`, () => {
      const past = { netFlowUsd: 0, depthUsd: 100, fundingAnnual: 0.1 }
      const hours = fallen(LONG).map((one) => ({
        ...one,
        ...past,
        ...(one.hour < START ? {} : { netFlowUsd: 1, ...over }),
      }))
      const { phase, wouldChange } = last(hours)
      expect(phase).to.equal('exhaustion')
      const missing = wouldChange.find(({ to }) => to === 'recovery')?.conditions
      expect(missing?.map(({ held }) => held)).to.deep.equal([false])
    })

  it('what is not recorded does not stop a recovery, and is named', () => {
    const decisions = phasesOf(fallen(LONG))
    const recovered = decisions.find(({ phase }) => phase === 'recovery')
    expect(recovered?.why.filter(({ held }) => held === null).map(({ lacks }) => lacks)).to.deep.equal([
      ['funding'],
      ['netFlow'],
      ['depth'],
    ])
  })

  it('two weeks without a recovery are calm', () => {
    const never = T.exhaustionMaxHours.value
    const hours = fallen(never + 10, () => ({ netFlowUsd: -1 }))
    expect(phases(hours).at(-1)).to.equal(`${START + 3 + never} calm`)
  })
})

describe('a build-up', () => {
  const usual = (i: number): Partial<Hour> => ({
    ladder5Usd: 100 + (i % 10),
    leverage: 1.5 + (i % 10) / 100,
    fundingAnnual: 0.05 + (i % 10) / 1000,
  })
  const HIGH = { ladder5Usd: 200, leverage: 2, fundingAnnual: 0.3 }
  const phaseAfter = (over: Partial<Hour>, hours = 12): PhaseDecision =>
    last(then(quiet(MONTH + 10, usual), hours, (i) => ({ ...usual(i), ...over })))

  for (const [what, over, phase] of [
    ['ladder and funding', { ladder5Usd: HIGH.ladder5Usd, fundingAnnual: HIGH.fundingAnnual }, 'build-up'],
    ['leverage and funding', { leverage: HIGH.leverage, fundingAnnual: HIGH.fundingAnnual }, 'build-up'],
    ['ladder and leverage without funding', { ladder5Usd: HIGH.ladder5Usd, leverage: HIGH.leverage }, 'calm'],
    ['ladder and leverage, funding unknown', { ...HIGH, fundingAnnual: null }, 'build-up'],
    ['ladder alone, funding unknown', { ladder5Usd: HIGH.ladder5Usd, fundingAnnual: null }, 'calm'],
    ['funding alone', { fundingAnnual: HIGH.fundingAnnual }, 'calm'],
  ] as const)
    it(`${what}: ${phase}`, () => {
      expect(phaseAfter(over).phase).to.equal(phase)
    })

  it('names what it could not see', () => {
    expect(phaseAfter({ ...HIGH, fundingAnnual: null }).why.flatMap(({ lacks }) => lacks)).to.deep.equal(['funding'])
    expect(last(quiet(MONTH + 10)).lacks).to.have.members(['ladder', 'leverage', 'funding'])
  })

  it('is not called on less than 30 days', () => {
    const young = last(then(quiet(MONTH - 20, usual), 12, () => HIGH))
    expect(young.phase).to.equal('calm')
    expect(young.lacks).to.deep.equal(['hours'])
  })

  it('ends when ladder and leverage are usual again, not when nobody records them', () => {
    const built = then(quiet(MONTH + 10, usual), 12, () => HIGH)
    expect(last(then(built, 12, usual)).phase).to.equal('calm')
    expect(last(then(built, 12, () => ({}))).phase).to.equal('build-up')
    expect(last(then(built, 12, (i) => ({ ...usual(i), leverage: 2 }))).phase).to.equal('build-up')
  })

  it('turns into a cascade', () => {
    const built = then(quiet(MONTH + 10, usual), 12, () => HIGH)
    expect(phases(then(built, 1, () => burst(2 * VIOLENT)))).to.have.length(2)
  })
})
