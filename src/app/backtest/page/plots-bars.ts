import { usd } from '../../cli/format.ts'
import { AREA, bar, compact, emptyFigure, figure, scaleOf, text, WIDTH, yAxis } from '../../page/frame.ts'
import { type Html, html } from '../../page/html.ts'
import { SIZE_WORDS } from '../present.ts'
import type { BacktestReport, Figures } from '../report-schema.ts'
import { usd8Of } from '../text.ts'
import { legend } from './plots-time.ts'

/** Leads in classes that double: 0, 1, 2 to 3, 4 to 7 … The last is open. */
const LAST_CLASS = 11
const classOf = (lead: number): number => (lead === 0 ? 0 : Math.min(Math.floor(Math.log2(lead)) + 1, LAST_CLASS))
function className(index: number): string {
  if (index < 2) return String(index)
  const from = 2 ** (index - 1)
  return index === LAST_CLASS ? `${compact(from)}+` : compact(from)
}

/** How many blocks before it happened a liquidation was flagged. */
export function leadHistogram({ happened, leadBlocks }: BacktestReport): Html {
  const leads = happened.flatMap((row) => (row.leadBlocks === null ? [] : [row.leadBlocks]))
  const title = 'Lead in blocks: each bar reaches to the next number'
  if (leads.length === 0) return emptyFigure(title, 'No liquidation was flagged beforehand.')
  const classes = Map.groupBy(leads, classOf)
  const shown = Math.max(...classes.keys(), 3) + 1
  const counts = Array.from({ length: shown }, (_, i) => classes.get(i)?.length ?? 0)
  const scale = scaleOf(counts, true)
  const width = (AREA.right - AREA.left) / shown
  const bars = counts.map((count, i) => {
    const x = AREA.left + i * width
    const y = scale.y(count)
    const label = text(x + width / 2, AREA.bottom + 18, className(i), 'middle')
    if (count === 0) return label
    const titled = `${className(i)} blocks: ${count}`
    return html`${bar({ x: x + 2, y, width: width - 4, height: scale.y(0) - y, kind: 'solid', title: titled })}${text(x + width / 2, y - 4, String(count), 'middle')}${label}`
  })
  const summary = `p50 ${leadBlocks.p50}, p10 ${leadBlocks.p10} blocks`
  return figure({
    title,
    summary,
    drawing: html`${yAxis(scale, compact)}${bars}${text(AREA.right, 18, summary, 'end')}`,
  })
}

interface Line {
  readonly label: string
  readonly value: number
  /** The part of it that is hatched. */
  readonly hatched: number
  readonly words: string
}

const ROW = 30
const TOP = 30

/** Horizontal bars with their names above and their numbers beside: room for names on a phone. */
function lines(title: string, rows: readonly Line[], key: Html): Html {
  const most = rows.reduce((high, { value }) => Math.max(high, value), 1)
  const room = WIDTH - 16
  const drawn = rows.map(({ label, value, hatched, words }, i) => {
    const y = TOP + i * ROW
    const solid = ((value - hatched) / most) * room
    const hatch = (hatched / most) * room
    const place = { y: y + 15, height: 9, title: `${label}: ${words}` }
    return html`${text(8, y + 10, label)}${text(WIDTH - 8, y + 10, words, 'end')}${solid > 0 ? bar({ ...place, x: 8, width: solid, kind: 'solid' }) : html``}${hatch > 0 ? bar({ ...place, x: 8 + solid, width: hatch, kind: 'hatch' }) : html``}`
  })
  const summary = rows.map(({ label, words }) => `${label}: ${words}`).join('; ')
  return figure({ title, summary, drawing: html`${key}${drawn}` }, TOP + rows.length * ROW + 8)
}

const MOST_LINES = 10

/** What became of the candidates: planned, or refused and why. */
export function plannedAndRefused({ ours, refusals }: BacktestReport): Html {
  const title = 'Planned, and refused by reason'
  if (ours.length === 0 && refusals.length === 0) return emptyFigure(title, 'No account came to be decided on.')
  const planned = { label: 'planned', value: ours.length, hatched: 0, words: String(ours.length) }
  const refused = refusals
    .slice(0, MOST_LINES)
    .map(({ reason, count }) => ({ label: `refused: ${reason}`, value: count, hatched: count, words: String(count) }))
  return lines(title, [planned, ...refused], html``)
}

const NONE = 'No liquidation happened in this recording.'

export const byCollateral = ({ byCollateral: groups }: BacktestReport): Html =>
  groupLines('By collateral: liquidations, debt covered', groups, ({ symbol }) => symbol)

export const bySize = ({ bySize: groups }: BacktestReport): Html =>
  groupLines('By size of the debt covered: liquidations, debt', groups, ({ size }) => SIZE_WORDS[size])

function groupLines<T extends Figures>(title: string, groups: readonly T[], nameOf: (group: T) => string): Html {
  const rows = groups
    .filter(({ liquidations }) => liquidations > 0)
    .slice(0, MOST_LINES)
    .map((group) => ({
      label: nameOf(group),
      value: group.liquidations,
      hatched: group.missed,
      words: `${group.liquidations} (${group.missed} missed), ${usd(usd8Of(group.debtUsd))}`,
    }))
  return rows.length === 0 ? emptyFigure(title, NONE) : lines(title, rows, legend())
}
