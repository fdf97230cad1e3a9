import type { WaveAnswer } from '../../core/risk/answers.ts'
import { coverOf } from '../../core/risk/coverage.ts'
import { COHORTS } from '../../core/risk/de-risking.ts'
import type { Hour } from '../../core/risk/hour.ts'
import type { MarketHour } from '../../core/risk/hours-from.ts'
import { known, lacking } from '../../core/risk/measure.ts'
import type { PhaseDecision } from '../../core/risk/phase.ts'
import { portraitOf } from '../../core/risk/portrait.ts'
import type { RiskQuestions } from '../../core/risk/questions.ts'
import { chosenGroup, riskHead, toGroup } from './head.ts'
import { judged } from './judged.ts'
import type { RiskWorld } from './world.ts'

/** The last wave as a story, from the end of calm to its return or to now. Throws UsageError for a group that is not there. */
export function waveAnswer(world: RiskWorld, about: RiskQuestions['wave'][0]): WaveAnswer {
  const group = chosenGroup(portraitOf(world.book), about.group)
  const hours = world.hours(group.root)
  const phases = phasesOfWave(judged(world, group.root))
  const [first, last] = [phases[0], phases.at(-1)]
  const within = ({ hour }: { readonly hour: number }): boolean =>
    first !== undefined && last !== undefined && hour >= first.from && hour < last.to
  const market = world.marketHours().filter(within)
  return {
    ...riskHead(world),
    group: toGroup(group),
    binS: world.binS,
    phases: phases.map((span) => toldPhase(span, hours)),
    // The fall without liquidations is not on record: a cascade (`risk cascade`) supposes it.
    multiplier: null,
    caught: caughtOf(market),
    insurance: insuranceOf(market),
  }
}

interface Span {
  readonly phase: PhaseDecision['phase']
  readonly from: number
  /** The first hour after it. */
  readonly to: number
}

/** Phases between the calm before the last cascade (or, without one, the present build-up) and the calm after it. */
function phasesOfWave(decisions: readonly PhaseDecision[]): readonly Span[] {
  const cascade = decisions.findLastIndex(({ phase }) => phase === 'cascade')
  const inside = cascade >= 0 ? cascade : decisions.length - 1
  if (decisions[inside] === undefined || decisions[inside].phase === 'calm') return []
  const first = decisions.findLastIndex(({ phase }, i) => i < inside && phase === 'calm') + 1
  const calm = decisions.findIndex(({ phase }, i) => i > inside && phase === 'calm')
  const spans: Span[] = []
  for (const { hour, phase } of decisions.slice(first, calm < 0 ? undefined : calm)) {
    const open = spans.at(-1)
    if (open?.phase === phase) spans[spans.length - 1] = { ...open, to: hour + 1 }
    // It takes two hours to call a cascade: out of calm the first of them would be nobody's.
    else spans.push({ phase, from: spans.length === 0 && phase === 'cascade' ? hour - 1 : hour, to: hour + 1 })
  }
  return spans
}

function toldPhase({ phase, from, to }: Span, hours: readonly Hour[]): WaveAnswer['phases'][number] {
  const own = hours.filter(({ hour }) => hour >= from && hour < to)
  // How it stood when the phase began is what the hour before ended with.
  const start = hours.findLast(({ hour }) => hour < from) ?? own[0]
  const low = Math.min(...own.map(({ oracleLowUsd }) => oracleLowUsd))
  const deficits = own.map(({ deficitUsd }) => deficitUsd)
  return {
    phase,
    fromHour: from,
    hours: to - from,
    fallPct: start && own.length > 0 ? 100 * (1 - low / start.oraclePriceUsd) : 0,
    liquidatableUsd: start?.ladder10Usd ?? null,
    liquidatedUsd: own.reduce((sum, { liquidatedUsd }) => sum + liquidatedUsd, 0),
    calls: own.reduce((sum, { liquidations }) => sum + liquidations, 0),
    depthUsd: start?.depthUsd ?? null,
    deficitUsd: deficits.reduce<number | null>(
      (sum, deficit) => (sum === null || deficit === null ? null : sum + deficit),
      0,
    ),
  }
}

/** By debt before the call. Accounts are told apart within the wave. */
const caughtOf = (hours: readonly MarketHour[]): WaveAnswer['caught'] =>
  COHORTS.map((cohort) => {
    const own = hours.map(({ cohorts }) => cohorts[cohort])
    const seizedUsd = own.reduce((sum, one) => sum + one.seizedUsd, 0)
    const coveredUsd = own.reduce((sum, one) => sum + one.coveredUsd, 0)
    return {
      cohort,
      accounts: new Set(own.flatMap(({ caught }) => caught)).size,
      seizedUsd,
      lossUsd: seizedUsd - coveredUsd,
    }
  })

/** What insurance would have paid of the wave's deficits, each reserve's of its own: as it stood when the first of them came. */
function insuranceOf(hours: readonly MarketHour[]): WaveAnswer['insurance'] {
  const deficits = new Map<string, number>()
  for (const { assets } of hours)
    for (const [asset, { deficit }] of Object.entries(assets))
      if (deficit > 0) deficits.set(asset, (deficits.get(asset) ?? 0) + deficit)
  const first = hours.find(({ deficitUsd }) => deficitUsd > 0)?.hour ?? Number.POSITIVE_INFINITY
  const told = hours.filter(({ extras }) => extras !== null && extras.insuranceUsd !== null)
  const insurance = (told.findLast(({ hour }) => hour <= first) ?? told[0])?.extras?.insurance
  const { deficitUsd, paidUsd, shortfallUsd } = coverOf(deficits, insurance ?? {})
  return insurance
    ? { deficitUsd, paidUsd: known(paidUsd), shortfallUsd: known(shortfallUsd) }
    : { deficitUsd, paidUsd: lacking('coverage'), shortfallUsd: lacking('coverage') }
}
