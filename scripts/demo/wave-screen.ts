import {
  base,
  bins,
  conditionWords,
  dollars,
  lackWords,
  measured,
  measuredShort,
  momentOf,
  orUnknown,
  pct,
  signedPct,
  symbol,
  times,
} from '../../src/app/risk/report/words.ts'
import type { AbsorptionAnswer, PhaseAnswer, WaveAnswer } from '../../src/core/risk/answers.ts'
import type { CascadeGrid } from '../../src/core/risk/move-answers.ts'

/** What one market's last screen is made of. */
export interface WaveTold {
  readonly wave: WaveAnswer
  readonly phase: PhaseAnswer
  /** What it would take now. */
  readonly absorption: AbsorptionAnswer
  readonly grid: CascadeGrid
}

type Chapter = WaveAnswer['phases'][number]

/** The wave in one screen: phase by phase, then the sums, then where it stands. */
export function waveScreen({ wave, phase, absorption, grid }: WaveTold): readonly string[] {
  const { binS } = wave
  return [
    `THE WAVE  ${symbol(wave.market)}, ${symbol(wave.group.symbol)}. One bin of its history is ${binS} s of the chain here; an hour outside of rehearsals`,
    ...table(wave.phases, binS),
    `multiplier ${orUnknown(wave.multiplier, times)}: total fall over the exogenous fall`,
    ...caughtLines(wave),
    insuranceLine(wave),
    absorptionLine(absorption),
    criticalLine(grid),
    ...phaseLines(phase),
  ]
}

const COLUMNS: readonly (readonly [head: string, cell: (chapter: Chapter, binS: number) => string])[] = [
  ['phase', ({ phase }) => phase],
  ['from (UTC)', ({ fromHour }, binS) => momentOf(fromHour, binS).slice(11)],
  ['lasts', ({ hours }, binS) => bins(hours, binS)],
  ['price', ({ fallPct }) => signedPct(-fallPct)],
  ['liquidatable −10 %', ({ liquidatableUsd }) => orUnknown(liquidatableUsd, dollars)],
  ['absorbed', ({ liquidatedUsd }) => dollars(liquidatedUsd)],
  ['calls', ({ calls }) => String(calls)],
  ['sellable −5 %', ({ depthUsd }) => orUnknown(depthUsd, dollars)],
  ['deficit', ({ deficitUsd }) => orUnknown(deficitUsd, dollars)],
]

function table(phases: WaveAnswer['phases'], binS: number): readonly string[] {
  if (phases.length === 0) return ['no wave is on record']
  const rows = [COLUMNS.map(([head]) => head), ...phases.map((one) => COLUMNS.map(([, cell]) => cell(one, binS)))]
  const widths = COLUMNS.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, i) => pad(cell, widths[i] ?? 0, i))
      .join('  ')
      .trimEnd(),
  )
}

/** The first two are words, the rest figures. */
const pad = (cell: string, width: number, column: number): string =>
  column < 2 ? cell.padEnd(width) : cell.padStart(width)

function caughtLines({ caught }: WaveAnswer): readonly string[] {
  if (caught.length === 0) return ['caught: nobody']
  const each = caught.map(
    ({ cohort, accounts, seizedUsd, lossUsd }) =>
      `${accounts} with debt ${cohort} (seized ${dollars(seizedUsd)}, lost ${dollars(lossUsd)})`,
  )
  return [`caught: ${each.join(', ')}`]
}

function insuranceLine({ insurance: { deficitUsd, paidUsd, shortfallUsd } }: WaveAnswer): string {
  if (deficitUsd === 0) return 'insurance: nothing to pay, no deficit was created'
  return `insurance: of a deficit of ${dollars(deficitUsd)} it would have paid ${measured(paidUsd, dollars)}; left over ${measuredShort(shortfallUsd, dollars)}`
}

function absorptionLine({ points }: AbsorptionAnswer): string {
  const shown = points.filter(({ fallPct }) => fallPct === 5 || fallPct === 10 || fallPct === 20)
  const each = shown.map(
    ({ fallPct, liquidatableUsd, depthUsd, ratio }) =>
      `−${fallPct} %: ${dollars(liquidatableUsd)} of ${measuredShort(depthUsd, dollars)} sellable, ratio ${measuredShort(ratio, times)}`,
  )
  const lacks = [...new Set(shown.flatMap(({ ratio }) => ratio.lacks))]
  return `absorption now: ${each.join('; ')}${lacks.length === 0 ? '' : ` (lacks ${lackWords(lacks)})`}`
}

const SHOWN_FALL_PCT = 20

/** Of the worst pass-through that was computed. */
function criticalLine({ critical, cells }: CascadeGrid): string {
  const worst = critical.at(-1)
  const shown = cells.find(({ kappa, fallPct }) => kappa === worst?.kappa && fallPct === SHOWN_FALL_PCT)
  if (worst === undefined || shown === undefined) return 'cascade: nothing was computed'
  const fall = worst.fallPct === null ? 'no fall up to 90 %' : `a fall of ${pct(worst.fallPct)}`
  return `cascade now, κ ${worst.kappa}: critical is ${fall}; at −${shown.fallPct} % multiplier ${orUnknown(shown.multiplier, times)}, seized ${base(shown.seizedBase)}, bad debt ${base(shown.badDebtBase)}`
}

/** The phase now, and for the first way out of it what is missing. */
function phaseLines({ phase, sinceHour, wouldChange, binS, lacks }: PhaseAnswer): readonly string[] {
  const now = phase === null ? 'phase: none can be named yet' : `phase: ${phase}`
  const since = sinceHour === null ? '' : ` since ${momentOf(sinceHour, binS).slice(11)} UTC`
  const [way] = wouldChange.filter(({ missing }) => missing.length > 0)
  const missing = way === undefined ? [] : [`would be ${way.to} once: ${way.missing.map(conditionWords).join('; ')}`]
  return [`${now}${since}`, ...missing, ...(lacks.length === 0 ? [] : [`lacks ${lackWords(lacks)}`])]
}
