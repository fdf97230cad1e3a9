import { expect } from 'chai'
import fc from 'fast-check'
import type { Hour } from '../../../src/core/risk/hour.ts'
import { type PhaseDecision, type PhaseState, phasesOf, stepPhase } from '../../../src/core/risk/phase.ts'
import { PHASE_THRESHOLDS as T } from '../../../src/core/risk/phase-thresholds.ts'
import type { Phase } from '../../../src/core/risk/phase-ways.ts'
import { hourAt } from './hours.ts'
import { CALM_HOURS, type TrueHour, wave } from './waves.ts'

const MAY_FOLLOW: Readonly<Record<Phase, readonly Phase[]>> = {
  calm: ['build-up', 'cascade'],
  'build-up': ['calm', 'cascade'],
  cascade: ['exhaustion'],
  exhaustion: ['recovery', 'cascade', 'calm'],
  recovery: ['calm', 'cascade'],
}

/** Phases in order with the hour they began. */
const changes = (decisions: readonly PhaseDecision[]): readonly PhaseDecision[] =>
  decisions.filter(({ phase, previous }) => phase !== previous)

/** No phase shorter than two hours unless a cascade begins, and only allowed successors. */
function expectNoFlapping(decisions: readonly PhaseDecision[]): void {
  const found = changes(decisions)
  for (const [i, { phase, previous, hour }] of found.entries()) {
    expect(MAY_FOLLOW[previous], `hour ${hour}`).to.include(phase)
    const before = found[i - 1]
    if (before !== undefined && phase !== 'cascade')
      expect(hour - before.hour, `${previous} before hour ${hour}`).to.be.at.least(T.dwellHours.value)
  }
}

/** The market is calm until shortly before the build-up, which spares judging 30 days of it. */
function judge(made: readonly TrueHour[]): readonly PhaseDecision[] {
  const hours = made.map(({ hour }) => hour)
  const start = hours[CALM_HOURS - 48]?.hour ?? 0
  return phasesOf(hours, { phase: 'calm', sinceHour: start - 100, lastHour: start, wave: null, why: [] })
}

const startOf = (made: readonly TrueHour[], phase: Phase): number =>
  made.find((one) => one.phase === phase)?.hour.hour ?? Number.NaN

describe('phases of generated waves', () => {
  const delays = new Map<Phase, number[]>()

  let falseBuildUps = 0

  it('come in the right order, each once, and none flaps', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const made = wave(seed)
        const decisions = judge(made)
        expectNoFlapping(decisions)
        const from = startOf(made, 'build-up')
        const found = changes(decisions).filter(({ hour }) => hour >= from)
        expect(found.map(({ phase }) => phase)).to.deep.equal([
          ...['build-up', 'cascade', 'exhaustion', 'recovery', 'calm'],
        ])
        for (const { phase, hour } of found)
          if (phase !== 'calm') delays.set(phase, [...(delays.get(phase) ?? []), hour - startOf(made, phase)])
        const early = changes(decisions).filter(({ hour }) => hour < from)
        expect(early.map(({ phase }) => phase)).to.not.include('cascade')
        falseBuildUps += early.filter(({ phase }) => phase === 'build-up').length
      }),
      { numRuns: 30, seed: 6 },
    )
  }).timeout(60_000)

  it('a build-up is rarely seen in two days of calm', function () {
    if (this.test) this.test.title += ` (${falseBuildUps} in 30 waves)`
    expect(falseBuildUps).to.be.at.most(2)
  })

  for (const [phase, least, most] of [
    ['build-up', 0, 12],
    ['cascade', 0, 2],
    ['exhaustion', 1, 14],
    ['recovery', 0, 48],
  ] as const)
    it(`${phase}: seen ${least} to ${most} hours after it began`, function () {
      const found = (delays.get(phase) ?? []).sort((a, b) => a - b)
      expect(found).to.have.length(30)
      if (this.test)
        this.test.title += ` (least ${found[0]}, median ${found[15]}, most ${found.at(-1)} of ${found.length} waves)`
      expect(found[0]).to.be.at.least(least)
      expect(found.at(-1)).to.be.at.most(most)
    })

  it('a calm market of 34 days is calm', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const calm = wave(seed).slice(0, CALM_HOURS)
        expect(changes(phasesOf(calm.map(({ hour }) => hour)))).to.deep.equal([])
      }),
      { numRuns: 4, seed: 6 },
    )
  })
})

describe('phases of any hours at all', () => {
  const maybe = (least: number, most: number) =>
    fc.option(fc.double({ min: least, max: most, noNaN: true }), { freq: 5 })
  /** Some hours of one kind, after a gap in the watching. */
  const block = fc.record({
    gap: fc.constantFrom(0, 0, 0, 1, 5),
    hours: fc.integer({ min: 1, max: 120 }),
    usd: fc.constantFrom(0, 0, 1e5, 3e6, 2e7, 5e8),
    calls: fc.integer({ min: 0, max: 900 }),
    priceUsd: fc.double({ min: 50, max: 150, noNaN: true }),
    ladder5Usd: maybe(0, 1e9),
    leverage: maybe(1, 4),
    fundingAnnual: maybe(-1, 1),
    depthUsd: maybe(0, 1e8),
    netFlowUsd: maybe(-1e7, 1e7),
  })
  const series = fc.array(block, { minLength: 1, maxLength: 14 }).map((blocks) => {
    const hours: Hour[] = []
    let at = 0
    for (const { gap, hours: count, usd, calls, priceUsd, ...rest } of blocks) {
      at += gap
      for (let i = 0; i < count; i++) {
        // Every third hour is another one, so that runs break off.
        const odd = i % 3 === 2
        const oraclePriceUsd = odd ? priceUsd * 1.01 : priceUsd
        hours.push(hourAt(at++, { ...rest, oraclePriceUsd, liquidatedUsd: odd ? usd / 7 : usd, liquidations: calls }))
      }
    }
    return hours
  })

  it('do not flap, and follow one another as they may', () => {
    fc.assert(
      fc.property(series, (hours) => {
        expectNoFlapping(phasesOf(hours))
      }),
      { numRuns: 30 },
    )
  })

  it('are the same hour by hour, with the state through JSON in between', () => {
    fc.assert(
      fc.property(series, (hours) => {
        let state: PhaseState | undefined
        const found = hours.map((_, i) => {
          const step = stepPhase(state, hours.slice(0, i + 1))
          state = JSON.parse(JSON.stringify(step.state)) as PhaseState
          return step.decision
        })
        expect(found).to.deep.equal(phasesOf(hours))
      }),
      { numRuns: 10 },
    )
  })

  it('change for conditions that hold, or are left out because their source is missing', () => {
    fc.assert(
      fc.property(series, (hours) => {
        for (const { why } of changes(phasesOf(hours)))
          for (const { held, required, lacks } of why) {
            expect(held).to.not.equal(false)
            if (held === null)
              expect({ required, lacks: lacks.length > 0 }).to.deep.equal({ required: false, lacks: true })
          }
      }),
      { numRuns: 20 },
    )
  })

  it('always say what would change them', () => {
    fc.assert(
      fc.property(series, (hours) => {
        for (const { wouldChange, phase } of phasesOf(hours)) {
          expect(wouldChange.map(({ to }) => to)).to.have.members(waysOut(phase, wouldChange.length))
          for (const { conditions } of wouldChange) expect(conditions).to.be.an('array')
        }
      }),
      { numRuns: 10 },
    )
  })

  it('refuse an hour that was judged already', () => {
    const { state } = stepPhase(undefined, [hourAt(7)])
    expect(() => stepPhase(state, [hourAt(7)])).to.throw(RangeError, /hour 7/)
    expect(() => stepPhase(undefined, [])).to.throw(RangeError, /no hour/)
  })
})

/** Two ways into a cascade; into a build-up one or, with funding known, two. */
function waysOut(phase: Phase, count: number): readonly Phase[] {
  const again: readonly Phase[] = ['cascade', 'cascade']
  if (phase === 'calm') return [...again, 'build-up', ...(count === 4 ? (['build-up'] as const) : [])]
  if (phase === 'cascade') return ['exhaustion']
  return phase === 'exhaustion' ? [...again, 'recovery', 'calm'] : [...again, 'calm']
}
