import { AREA, at, compactUsd, figure, scaleOf, text, yAxis } from '../../page/frame.ts'
import { type Html, html, NOTHING } from '../../page/html.ts'

export interface Series {
  /** How the line is drawn: told apart without colour. */
  readonly kind: 'line' | 'line dashed' | 'line dotted'
  /** Written at its end. */
  readonly name: string
  /** In order of x. */
  readonly points: readonly (readonly [fallPct: number, usd: number])[]
}

export interface LinePlot {
  readonly title: string
  readonly summary: string
  readonly series: readonly Series[]
  /** A vertical line with words. */
  readonly mark?: { readonly fallPct: number; readonly words: string } | undefined
}

const HEIGHT = 244
/** Names at the ends of the lines stand to the right of the drawing. */
const RIGHT = 380
const LINE_HEIGHT = 13

/** Dollars over per cent of fall; each line carries its name where it ends. */
export function linePlot({ title, summary, series, mark }: LinePlot): Html {
  const all = series.flatMap(({ points }) => points)
  const scale = scaleOf(
    all.map(([, usd]) => usd),
    false,
  )
  const falls = [...new Set(all.map(([fallPct]) => fallPct))].sort((a, b) => a - b)
  const most = Math.max(falls.at(-1) ?? 1, 1)
  const x = (fallPct: number): number => AREA.left + (fallPct / most) * (RIGHT - AREA.left)
  const drawn = series.map(
    ({ kind, points }) =>
      html`<path d="${points.map(([fall, usd], i) => `${i === 0 ? 'M' : 'L'}${at(x(fall))} ${at(scale.y(usd))}`).join('')}" class="${kind}"/>`,
  )
  const names = spread(series.map(({ points }) => scale.y(points.at(-1)?.[1] ?? 0)))
  const labels = series.map(({ name, kind }, i) => {
    const y = names[i] ?? 0
    return html`<path d="M${RIGHT + 4} ${at(y - 4)}h12" class="${kind}"/>${text(RIGHT + 19, y, name, 'small')}`
  })
  return figure(
    {
      title,
      summary,
      drawing: html`${yAxis(scale, compactUsd)}${drawn}${labels}${ticks(falls, x)}${mark === undefined ? NOTHING : marked(mark, x)}`,
    },
    HEIGHT,
  )
}

const LEAST_GAP = 24

/** Those falls that leave room for their label. */
function ticks(falls: readonly number[], x: (fallPct: number) => number): Html {
  let last = Number.NEGATIVE_INFINITY
  const shown = falls.filter((fall) => {
    if (x(fall) - last < LEAST_GAP) return false
    last = x(fall)
    return true
  })
  return html`${shown.map((fall) => text(x(fall), AREA.bottom + 17, `${fall}`, 'middle'))}${text(AREA.left, AREA.bottom + 33, 'fall of the price, per cent', 'small')}`
}

const marked = (
  { fallPct, words }: { readonly fallPct: number; readonly words: string },
  x: (f: number) => number,
): Html =>
  html`<path d="M${at(x(fallPct))} ${AREA.top - 8}V${AREA.bottom}" class="line dotted"/>${text(x(fallPct) + 4, AREA.top - 2, words, 'small')}`

/** Heights of labels moved apart, so that none lies over another; none below the axis. */
export function spread(heights: readonly number[]): readonly number[] {
  const order = heights.map((y, i) => ({ y, i })).sort((a, b) => b.y - a.y)
  const placed = new Map<number, number>()
  let below = Number.POSITIVE_INFINITY
  for (const { y, i } of order) {
    below = Math.min(y, below - LINE_HEIGHT)
    placed.set(i, below)
  }
  return heights.map((y, i) => placed.get(i) ?? y)
}
