import type { WaveAnswer } from '../../../core/risk/answers.ts'
import { AREA, at, bar, type Fill, figure, keyOf, scaleOf, text, WIDTH } from '../../page/frame.ts'
import { type Html, html } from '../../page/html.ts'
import { bins, dollars, signedPct } from './words.ts'

type Chapter = WaveAnswer['phases'][number]

const LEFT = 150
const RIGHT = WIDTH - 66
const TOP = 34
const ROW = 58
const THICK = 13

/** The three bars of a phase, in the order in which they are drawn. */
const BARS: readonly (readonly [Fill, string, (chapter: Chapter) => number | null])[] = [
  ['outline', 'liquidatable at −10 %', ({ liquidatableUsd }) => liquidatableUsd],
  ['solid', 'liquidated', ({ liquidatedUsd }) => liquidatedUsd],
  ['dots', 'sellable to −5 %', ({ depthUsd }) => depthUsd],
]

/** Phase by phase: liquidatable at its beginning, taken by liquidators, what the pools could have taken. */
export function wavePlot({ phases, binS }: WaveAnswer): Html {
  const values = phases.flatMap((one) => BARS.map(([, , of]) => of(one) ?? 0))
  const { high } = scaleOf(values, false)
  const x = (value: number): number => LEFT + (Math.max(value, 0) / high) * (RIGHT - LEFT)
  const rows = phases.map((one, i) => chapter(one, { y: TOP + i * ROW, x, binS }))
  const summary = phases
    .map((one) => `${one.phase}: liquidated ${dollars(one.liquidatedUsd)} in ${one.calls} calls`)
    .join('; ')
  const key = keyOf(BARS.map(([kind, words]) => [kind, words]))
  return figure(
    { title: 'Phase by phase: what was on offer, what was taken', summary, drawing: html`${rows}${key}` },
    TOP + phases.length * ROW + 4,
  )
}

interface Place {
  readonly y: number
  readonly x: (value: number) => number
  readonly binS: number
}

function chapter(one: Chapter, { y, x, binS }: Place): Html {
  const line = (of: (typeof BARS)[number], place: number): Html => {
    const [kind, name, amountOf] = of
    const value = amountOf(one)
    const top = y + place * (THICK + 3)
    if (value === null) return text(LEFT + 4, top + 11, `${name}: not known`, 'small')
    const width = Math.max(x(value) - LEFT, 1)
    const drawn = bar({ x: LEFT, y: top, width, height: THICK, kind, title: `${name}: ${dollars(value)}` })
    return html`${drawn}${text(LEFT + width + 5, top + 11, dollars(value), 'small')}`
  }
  const words = [`${bins(one.hours, binS)}, price ${signedPct(-one.fallPct)}`, `${one.calls} calls`]
  return html`${text(AREA.left - 44, y + 11, one.phase, 'strong')}${words.map((line, i) => text(AREA.left - 44, y + 26 + i * 14, line, 'small'))}
${BARS.map(line)}<line x1="${LEFT}" x2="${LEFT}" y1="${at(y - 2)}" y2="${at(y + 3 * (THICK + 3))}" class="axis"/>`
}
