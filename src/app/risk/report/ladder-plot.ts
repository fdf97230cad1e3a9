import type { LadderAnswer, Rung } from '../../../core/risk/answers.ts'
import {
  AREA,
  at,
  bar,
  compact,
  compactUsd,
  emptyFigure,
  figure,
  keyOf,
  scaleOf,
  text,
  yAxis,
} from '../../page/frame.ts'
import { type Html, html } from '../../page/html.ts'
import { dollars, price, signedPct, symbol } from './words.ts'

/** A rung with its place on an axis of price changes: falls are negative. */
interface Step extends Rung {
  readonly left: number
  readonly right: number
}

const HEIGHT = 264
const RIGHT = AREA.right - 14
const TOP = 46
/** Less than this on either side shows nothing of a ladder. */
const LEAST_PCT = 10
const MOST_TICKS = 7
/** Dollars: less is nothing to draw. */
const CENT = 0.01

const used = ({ rungs }: LadderAnswer): readonly Rung[] => rungs.filter(({ collateralUsd }) => collateralUsd >= CENT)
const stepsOf = (ladder: LadderAnswer): readonly Step[] => {
  const sign = ladder.side === 'fall' ? -1 : 1
  return used(ladder).map((rung) => {
    const ends = [sign * rung.fromPct, sign * rung.toPct]
    return { ...rung, left: Math.min(...ends), right: Math.max(...ends) }
  })
}

/** In a small market every step is a cliff: more of them than this nobody can tell apart in a plot. */
const MOST_CLIFFS = 10

export const allCliffs = (ladders: readonly LadderAnswer[]): readonly Step[] =>
  ladders.flatMap(stepsOf).filter(({ cliff }) => cliff !== null)

/** The largest cliffs of both sides, as they are numbered in the plot: nearest first. */
export const cliffsOf = (ladders: readonly LadderAnswer[]): readonly Step[] =>
  allCliffs(ladders)
    .toSorted((a, b) => b.collateralUsd - a.collateralUsd)
    .slice(0, MOST_CLIFFS)
    .toSorted((a, b) => a.fromPct - b.fromPct)

/** Positions by the price change at which they become liquidatable: three columns in each step, falls to the left of now. */
export function ladderPlot(ladders: readonly LadderAnswer[]): Html {
  const [{ group } = { group: undefined }] = ladders
  const title = 'Ladder: what each step of the price makes liquidatable'
  const steps = ladders.flatMap(stepsOf)
  if (group === undefined || steps.length === 0) return emptyFigure(title, 'Nobody becomes liquidatable.')
  const lowest = Math.min(-LEAST_PCT, ...steps.map(({ left }) => left))
  const highest = Math.max(0, ...steps.map(({ right }) => right))
  const x = (pct: number): number => AREA.left + ((pct - lowest) / (highest - lowest)) * (RIGHT - AREA.left)
  const made = scaleOf(
    steps.map(({ collateralUsd }) => collateralUsd),
    false,
  )
  const y = (usd: number): number => AREA.bottom - ((usd - made.low) / (made.high - made.low)) * (AREA.bottom - TOP)
  const cliffs = cliffsOf(ladders)
  const drawing = html`${yAxis({ ...made, y }, compactUsd)}${steps.map((step) => columns(step, x, y))}
${cliffs.map((step, i) => cliffMark(i + 1, (x(step.left) + x(step.right)) / 2, y(step.collateralUsd)))}
<path d="M${at(x(0))} ${TOP - 14}V${AREA.bottom}" class="line dashed"/>${text(x(0) - 4, TOP - 16, `now ${price(group.price)}`, 'end')}
${priceTicks({ lowest, highest }, x, Number(group.price))}${keyOf([
  ['outline', 'all collateral'],
  ['dots', 'in the sequence of calls'],
  ['solid', 'in one call'],
])}`
  const summary = `${symbol(group.symbol)} at ${price(group.price)}; ${steps.length} steps, ${allCliffs(ladders).length} of them cliffs.`
  return figure({ title, summary, drawing }, HEIGHT)
}

/** One inside the other: a call takes a part of the sequence, and that a part of all. */
function columns(step: Step, x: (pct: number) => number, y: (usd: number) => number): Html {
  const place = { x: x(step.left) + 0.5, width: Math.max(x(step.right) - x(step.left) - 1, 1) }
  const column = (usd: number, kind: 'outline' | 'dots' | 'solid', name: string): Html =>
    bar({
      ...place,
      y: y(usd),
      height: y(0) - y(usd),
      kind,
      title: `${signedPct(step.left)} to ${signedPct(step.right)}: ${name} ${dollars(usd)}, ${compact(step.accounts)} accounts`,
    })
  return html`${column(step.collateralUsd, 'outline', 'all collateral')}${column(step.sequenceUsd, 'dots', 'in the sequence of calls')}${column(step.oneCallUsd, 'solid', 'in one call')}`
}

const cliffMark = (number: number, x: number, y: number): Html =>
  html`<path d="M${at(x - 4)} ${at(y - 8)}h8l-4 6z" class="ink"/>${text(x, y - 10, String(number), 'middle small')}`

/** Per cent, and below it the price that this is. */
function priceTicks(
  { lowest, highest }: { readonly lowest: number; readonly highest: number },
  x: (pct: number) => number,
  now: number,
): Html {
  const step = [5, 10, 20, 25, 50, 100].find((each) => (highest - lowest) / each <= MOST_TICKS) ?? 200
  const first = Math.ceil(lowest / step) * step
  const ticks = Array.from({ length: Math.floor((highest - first) / step) + 1 }, (_, i) => first + i * step)
  return html`${ticks.map(
    (pct) =>
      html`${text(x(pct), AREA.bottom + 17, signedPct(pct), 'middle')}${text(x(pct), AREA.bottom + 32, `$${compact((now / 1e8) * (1 + pct / 100))}`, 'middle small')}`,
  )}${text(AREA.left - 44, AREA.bottom + 50, 'change of the price, and the price then', 'small')}`
}
