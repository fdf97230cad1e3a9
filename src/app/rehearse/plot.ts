import { AREA, bar, compact, emptyFigure, figure, scaleOf, text, yAxis } from '../page/frame.ts'
import { type Html, html } from '../page/html.ts'
import type { Bin } from './report.ts'

/** More labels than these run into each other. */
const MOST_LABELS = 9

/** How many liquidations lie in each class; every bar says what it stands for when pointed at. */
export function histogram(title: string, bins: readonly Bin[], name: (from: string) => string): Html {
  if (bins.length === 0) return emptyFigure(title, 'Nothing was executed.')
  const scale = scaleOf(
    bins.map(({ count }) => count),
    true,
  )
  const width = (AREA.right - AREA.left) / bins.length
  const step = Math.ceil(bins.length / MOST_LABELS)
  const drawing = bins.map(({ from, count }, i) => {
    const x = AREA.left + i * width
    const y = scale.y(count)
    const label = i % step === 0 ? text(x + width / 2, AREA.bottom + 18, name(from), 'middle') : html``
    if (count === 0) return label
    const titled = `from ${name(from)}: ${count}`
    return html`${bar({ x: x + 2, y, width: Math.max(width - 4, 1), height: scale.y(0) - y, kind: 'solid', title: titled })}${text(x + width / 2, y - 4, String(count), 'middle')}${label}`
  })
  const summary = bins.map(({ from, count }) => `from ${name(from)}: ${count}`).join('; ')
  return figure({ title, summary, drawing: html`${yAxis(scale, compact)}${drawing}` })
}
