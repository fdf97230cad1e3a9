import { facts, tableOf, wrap } from '../../src/app/cli/risk/look.ts'
import { hourText, measured, money, moneyBase, plural, symbol, times } from '../../src/app/cli/risk/words.ts'
import { conditionFigures, lackWords } from '../../src/app/risk/report/words.ts'
import type { AbsorptionAnswer, PhaseAnswer, WaveAnswer } from '../../src/core/risk/answers.ts'
import type { CascadeGrid } from '../../src/core/risk/move-answers.ts'
import type { Sighting } from './witness.ts'

/** What one market's last screen is made of. */
export interface WaveTold {
  readonly wave: WaveAnswer
  readonly phase: PhaseAnswer
  /** What it would take now. */
  readonly absorption: AbsorptionAnswer
  readonly grid: CascadeGrid
  /** What more of a fall would have done, asked as each phase was called. */
  readonly sightings: readonly Sighting[]
}

type Chapter = WaveAnswer['phases'][number]

/** Fits a terminal of 100 characters and 40 lines, and a log. */
const WIDTH = 100
const LOOK = { width: WIDTH, color: false, nowS: 0 } as const
/** The further fall that the multiplier is told of. */
const FURTHER_PCT = 10
const NOT_KNOWN = 'not known'

/** The wave in one screen: phase by phase, who paid for it, how it stands. */
export function waveScreen(told: WaveTold): readonly string[] {
  const { wave } = told
  const text = [
    title(wave),
    ...(wave.phases.length === 0 ? ['no wave is on record'] : [table(told), '', legend()]),
    '',
    facts(
      [
        ['caught', caught(wave)],
        ['insurance', insurance(wave)],
        ['afterwards', afterwards(told.phase)],
        ['phase now', phaseNow(told.phase)],
        ['cascade now', cascadeNow(told)],
        ['lacks', lackWords(lacksOf(told))],
      ],
      LOOK,
    ),
  ]
  return text.join('\n').split('\n')
}

function title({ market, group, binS, phases }: WaveAnswer): string {
  const [first] = phases
  const from = first === undefined ? '' : `, from ${hourText(first.fromHour, binS)} UTC`
  return `THE WAVE  ${symbol(market, 30)}, ${symbol(group.symbol)}${from} (a bin is ${binS} s here, else an hour)`
}

function table({ wave: { phases }, sightings }: WaveTold): string {
  const worst = (chapter: Chapter) => worstOf(sightings.find(({ sinceHour }) => sinceHour === chapter.fromHour)?.grid)
  return tableOf(
    phases,
    [
      { head: 'phase', cell: ({ phase }) => phase, left: true },
      { head: 'bins', cell: ({ hours }) => String(hours) },
      { head: 'price', cell: ({ fallPct }) => signedPct(-fallPct) },
      { head: 'liquidatable', cell: ({ liquidatableUsd }) => money(liquidatableUsd) },
      { head: 'absorbed', cell: ({ liquidatedUsd }) => money(liquidatedUsd) },
      { head: 'calls', cell: ({ calls }) => String(calls) },
      { head: 'sellable', cell: ({ depthUsd }) => money(depthUsd) },
      { head: 'multiplier', cell: (one) => worst(one).multiplier },
      { head: 'critical', cell: (one) => worst(one).critical },
      { head: 'deficit', cell: ({ deficitUsd }) => money(deficitUsd) },
    ],
    LOOK,
  )
}

/** At the largest pass-through that was computed. */
function worstOf(grid: CascadeGrid | undefined): { readonly multiplier: string; readonly critical: string } {
  const worst = grid?.critical.at(-1)
  const cell = grid?.cells.find(({ kappa, fallPct }) => kappa === worst?.kappa && fallPct === FURTHER_PCT)
  if (worst === undefined || cell === undefined) return { multiplier: '–', critical: '–' }
  return {
    multiplier: cell.stopped === 'pools-drained' ? 'drained' : times(cell.multiplier),
    critical: worst.fallPct === null ? 'none' : `−${worst.fallPct} %`,
  }
}

const legend = (): string =>
  ` ${wrap(
    `price: its lowest against that before the phase. liquidatable: collateral within −${FURTHER_PCT} % as the phase began. absorbed: what liquidators took of the group. sellable: what pools paid until −5 %. multiplier: whole fall over ${FURTHER_PCT} % more, all sold and the feed following (κ 1), asked as the phase was called; critical: the fall from which it passes 2 or the pools are drained.`,
    WIDTH - 1,
    1,
  )}`

/** One decimal: columns are narrow. */
const signedPct = (value: number): string =>
  `${value >= 0.05 ? '+' : value <= -0.05 ? '−' : ''}${Math.abs(value).toFixed(1)} %`

/** Collateral of every kind, not of the group alone. */
function caught({ caught: all }: WaveAnswer): string {
  const hit = all.filter(({ accounts }) => accounts > 0)
  if (hit.length === 0) return 'nobody'
  const accounts = hit.reduce((sum, one) => sum + one.accounts, 0)
  const lost = hit.reduce((sum, { lossUsd }) => sum + lossUsd, 0)
  const each = hit.map(
    ({ cohort, accounts: some, seizedUsd, lossUsd }) =>
      `${some} owing ${cohort} (seized ${money(seizedUsd)}, lost ${money(lossUsd)})`,
  )
  const spared = all.filter(({ accounts: none }) => none === 0).map(({ cohort }) => cohort)
  return `${plural(accounts, 'account')}, over all collateral, lost ${money(lost)}: ${each.join('; ')}${spared.length === 0 ? '' : `; nobody owing ${spared.join(' or ')}`}`
}

function insurance({ insurance: { deficitUsd, paidUsd, shortfallUsd } }: WaveAnswer): string {
  const lacks = `${NOT_KNOWN} (lacks ${lackWords(paidUsd.lacks)})`
  if (deficitUsd === 0)
    return `would have paid nothing: no deficit was left${paidUsd.value === null ? `; what it has is ${lacks}` : ''}`
  if (paidUsd.value === null) return `of a deficit of ${money(deficitUsd)} it would have paid: ${lacks}`
  return `of a deficit of ${money(deficitUsd)} it would have paid ${money(paidUsd.value)}, left over ${measured(shortfallUsd, money)}`
}

/** The verdict, and the signs that speak against a healthy reset. */
function afterwards({ reset, binS }: PhaseAnswer): string {
  if (reset === null) return 'not judged: no wave is over yet'
  const against = [...reset.deeper.filter(({ held }) => held), ...reset.healthy.filter(({ held }) => held === false)]
  return against.length === 0 ? reset.verdict : `${reset.verdict}: ${figures(against, binS)}`
}

/** Why it is called so: only what decided is told. */
function phaseNow({ phase, sinceHour, why, binS }: PhaseAnswer): string {
  if (phase === null) return 'none can be named yet'
  const since = sinceHour === null ? '' : ` since ${hourText(sinceHour, binS).slice(11)} UTC`
  const decided = why.filter(({ held }) => held)
  return decided.length === 0 ? `${phase}${since}` : `${phase}${since}: ${figures(decided, binS)}`
}

const figures = (conditions: PhaseAnswer['why'], binS: number): string =>
  conditions.map((one) => conditionFigures(one, binS)).join('; ')

function cascadeNow({ absorption: { points }, grid }: WaveTold): string {
  const point = points.find(({ fallPct }) => fallPct === FURTHER_PCT)
  const { critical } = grid
  const worst = critical.at(-1)
  const cell = grid.cells.find(({ kappa, fallPct }) => kappa === worst?.kappa && fallPct === FURTHER_PCT)
  if (point === undefined || worst === undefined || cell === undefined) return 'nothing was computed'
  const fall = worst.fallPct === null ? 'none up to −90 %' : `−${worst.fallPct} %`
  return `−${FURTHER_PCT} % takes ${moneyBase(cell.seizedBase)} (κ ${worst.kappa}: multiplier ${worstOf(grid).multiplier}, bad debt ${moneyBase(cell.badDebtBase)}); ${money(point.liquidatableUsd)} against ${measured(point.depthUsd, money)} that pools take, ratio ${measured(point.ratio, times)}; critical fall ${fall}`
}

const lacksOf = ({ phase, absorption: { points }, grid, wave: { insurance: paid } }: WaveTold): readonly string[] => [
  ...new Set([
    ...phase.lacks,
    ...(phase.reset?.lacks ?? []),
    ...points.flatMap(({ ratio }) => ratio.lacks),
    ...grid.lacks,
    ...paid.paidUsd.lacks,
  ]),
]
