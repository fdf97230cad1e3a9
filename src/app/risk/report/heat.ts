import { at, figure, text, WIDTH } from '../../page/frame.ts'
import { type Html, html, NOTHING } from '../../page/html.ts'

export interface Cell {
  /** 0: white, 1: black; null: nothing is known. */
  readonly grey: number | null
  readonly words: string
  /** Said when pointed at. */
  readonly title: string
}

export interface HeatMap {
  readonly title: string
  readonly summary: string
  readonly rows: readonly string[]
  readonly columns: readonly string[]
  readonly cells: readonly (readonly Cell[])[]
  /** What the rows and the columns are. */
  readonly axes: readonly [string, string]
}

const LEFT = 62
const TOP = 40
const ROW = 24
/** Letters are turned over to the paper's colour where the ground is darker. */
const DARK = 0.5

/** Levels of grey, each with its figure: nothing is told by the shade alone. */
export function heatMap({ title, summary, rows, columns, cells, axes }: HeatMap): Html {
  const width = (WIDTH - 4 - LEFT) / Math.max(columns.length, 1)
  const heads = columns.map((words, i) => text(LEFT + (i + 0.5) * width, TOP - 6, words, 'middle small'))
  const drawn = cells.map((row, r) => {
    const y = TOP + r * ROW
    const squares = row.map((cell, c) => square(cell, { x: LEFT + c * width, y, width }))
    return html`${text(LEFT - 6, y + 16, rows[r] ?? '', 'end small')}${squares}
`
  })
  const named = html`${text(8, 12, `down: ${axes[0]}`, 'small')}${text(WIDTH / 2, 12, `across: ${axes[1]}`, 'small')}`
  return figure({ title, summary, drawing: html`${named}${heads}${drawn}` }, TOP + cells.length * ROW + 4)
}

interface Place {
  readonly x: number
  readonly y: number
  readonly width: number
}

function square({ grey, words, title }: Cell, { x, y, width }: Place): Html {
  const size = html`x="${at(x)}" y="${y}" width="${at(width)}" height="${ROW}"`
  const ground =
    grey === null
      ? html`<rect ${size} class="hatch"><title>${title}</title></rect>`
      : html`<rect ${size} class="ink" fill-opacity="${Math.round(grey * 85) / 100}"><title>${title}</title></rect>`
  const dark = grey !== null && grey > DARK
  const frame = html`<rect ${size} class="outline" stroke-opacity="0.35"/>`
  return html`${ground}${frame}${words === '' ? NOTHING : text(x + width / 2, y + 16, words, dark ? 'middle small over' : 'middle small')}`
}

/** Shades by size against the largest; a root, since most of them are small. */
export function greyOf(value: number, most: number): number {
  if (!(most > 0) || !(value > 0)) return 0
  return Math.min(Math.sqrt(value / most), 1)
}

/** At most so many of evenly spaced values, the middle and both ends among them where that can be. */
export function thinned(count: number, most: number): readonly number[] {
  const step = Math.max(1, Math.ceil((count - 1) / Math.max(most - 1, 1)))
  const middle = (count - 1) >> 1
  const first = middle % step
  return Array.from({ length: count }, (_, i) => i).filter((i) => i % step === first)
}
