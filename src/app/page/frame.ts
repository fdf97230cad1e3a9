import { type Html, html } from './html.ts'

/** Plots share one drawing area, so that they stand side by side and shrink to a phone with letters that can be read. */
export const WIDTH = 480
const HEIGHT = 234
export const AREA = { left: 52, right: 468, top: 30, bottom: 206 } as const

/** Coordinates in tenths: the same bytes everywhere, and no more of them than the eye sees. */
export const at = (value: number): string => String(Math.round(value * 10) / 10)

export interface Frame {
  readonly title: string
  /** For those who do not see the plot. */
  readonly summary: string
  readonly drawing: Html
}

export const figure = ({ title, summary, drawing }: Frame, height = HEIGHT): Html => html`
<figure>
<figcaption>${title}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${title}. ${summary}">${drawing}</svg>
</figure>`

export const text = (x: number, y: number, words: string, kind = ''): Html =>
  html`<text x="${at(x)}" y="${at(y)}" class="${kind}">${words}</text>`

export interface Bar {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** Class of the fill: told apart by pattern, not by colour alone. */
  readonly kind: Fill
  readonly title: string
}

export type Fill = 'solid' | 'hatch' | 'outline' | 'dots'

export const bar = ({ x, y, width, height, kind, title }: Bar): Html =>
  html`<rect x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}" class="${kind}"><title>${title}</title></rect>`

/** Fills and lines with their names, one after the other. */
export function keyOf(entries: readonly (readonly [kind: Fill | `line${string}`, words: string])[], y = 8): Html {
  let x: number = AREA.left - 44
  return html`${entries.map(([kind, words]) => {
    const left = x
    // Six and a half units a letter, and room to the next.
    x += 36 + words.length * 6.4
    const sample = kind.startsWith('line')
      ? html`<path d="M${left} ${y + 6}h18" class="${kind}"/>`
      : html`<rect x="${left}" y="${y}" width="12" height="12" class="${kind}"/>`
    return html`${sample}${text(left + 22, y + 10, words)}`
  })}`
}

/** A step of 1, 2 or 5 times a power of ten, so that about `ticks` of them make `span`. */
function niceStep(span: number, ticks: number): number {
  const rough = span / ticks
  const power = 10 ** Math.floor(Math.log10(rough))
  const factor = [1, 2, 5, 10].find((each) => each * power >= rough) ?? 10
  return factor * power
}

export interface Scale {
  readonly low: number
  readonly high: number
  readonly ticks: readonly number[]
  readonly y: (value: number) => number
}

/** From the lowest to the highest value and zero, widened to round ticks. */
export function scaleOf(values: readonly number[], whole: boolean): Scale {
  const bottom = values.reduce((a, b) => Math.min(a, b), 0)
  const top = values.reduce((a, b) => Math.max(a, b), 0)
  const step = Math.max(niceStep(top - bottom || 1, 4), whole ? 1 : 0)
  // What is not even a line's width below zero needs no room there.
  const low = -bottom < (top - bottom) / 100 ? 0 : Math.floor(bottom / step) * step
  const high = Math.max(Math.ceil(top / step), 1) * step
  const ticks = Array.from({ length: Math.round((high - low) / step) + 1 }, (_, i) => low + i * step)
  return { low, high, ticks, y: (value) => AREA.bottom - ((value - low) / (high - low)) * (AREA.bottom - AREA.top) }
}

/** Lines and labels of the ticks. */
export const yAxis = ({ ticks, y }: Scale, label: (value: number) => string): Html =>
  html`${ticks.map(
    (tick) =>
      html`<line x1="${AREA.left}" x2="${AREA.right}" y1="${at(y(tick))}" y2="${at(y(tick))}" class="${tick === 0 ? 'axis' : 'grid'}"/>${text(AREA.left - 6, y(tick) + 4, label(tick), 'end')}`,
  )}`

const COMPACT = [
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const

/** `1.2k`, for ticks. */
export function compact(value: number): string {
  const unit = COMPACT.find(([size]) => Math.abs(value) >= size)
  const shown = unit === undefined ? value : value / unit[0]
  return `${String(Math.round(shown * 100) / 100)}${unit?.[1] ?? ''}`
}

export const compactUsd = (value: number): string => (value < 0 ? `-$${compact(-value)}` : `$${compact(value)}`)

/** Said instead of a plot without data, in no more room than it needs. */
export const emptyFigure = (title: string, words: string): Html =>
  figure({ title, summary: words, drawing: text(WIDTH / 2, 32, words, 'middle') }, 60)
