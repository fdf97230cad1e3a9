import { AREA, at, bar, compact, compactUsd, emptyFigure, figure, scaleOf, text, yAxis } from '../../page/frame.ts'
import { type Html, html } from '../../page/html.ts'
import type { BacktestReport } from '../report-schema.ts'
import { usd8Of, utc } from '../text.ts'

type Recording = BacktestReport['recording']

/** Lengths of a bar in seconds, as a clock has them. */
const WIDTHS_S = [1, 5, 15, 60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86_400, 7 * 86_400, 28 * 86_400] as const
const MOST_BARS = 48

export interface Bins {
  readonly startS: number
  readonly widthS: number
  readonly count: number
}

/** As many bars as can be told apart, each as long as a clock would have it, from a round time on. */
function binsOf({ fromTimestamp, toTimestamp }: Recording): Bins {
  const made = (widthS: number): Bins => {
    const startS = Math.floor(fromTimestamp / widthS) * widthS
    return { startS, widthS, count: Math.floor((toTimestamp - startS) / widthS) + 1 }
  }
  const fitting = WIDTHS_S.map(made).find(({ count }) => count <= MOST_BARS)
  return fitting ?? made(Math.ceil((toTimestamp - fromTimestamp + 1) / MOST_BARS / 86_400 + 1) * 86_400)
}

const binWords = (widthS: number): string =>
  widthS % 86_400 === 0
    ? `${widthS / 86_400} d`
    : widthS % 3600 === 0
      ? `${widthS / 3600} h`
      : widthS % 60 === 0
        ? `${widthS / 60} min`
        : `${widthS} s`

/** The first, the middle and the last moment; the date alone where bars are days. */
function xLabels({ fromTimestamp, toTimestamp }: Recording): Html {
  const whole = toTimestamp - fromTimestamp >= 3 * 86_400
  const moment = (timestamp: number): string => (whole ? utc(timestamp).slice(0, 10) : utc(timestamp).slice(5, 16))
  const y = AREA.bottom + 18
  const middle = Math.floor((fromTimestamp + toTimestamp) / 2)
  return html`${text(AREA.left, y, moment(fromTimestamp))}${text((AREA.left + AREA.right) / 2, y, moment(middle), 'middle')}${text(AREA.right, y, moment(toTimestamp), 'end')}`
}

/** What happened, stacked: flagged below, missed on top. */
export function liquidationsOverTime({ recording, happened }: BacktestReport): Html {
  const { startS, widthS, count } = binsOf(recording)
  const bins = Map.groupBy(happened, ({ timestamp }) => Math.floor((timestamp - startS) / widthS))
  const total = [...bins.values()].map((rows) => rows.length)
  const scale = scaleOf(total, true)
  const width = (AREA.right - AREA.left) / count
  const drawBin = ([index, rows]: [number, BacktestReport['happened']]): Html => {
    const flagged = rows.filter(({ leadBlocks }) => leadBlocks !== null).length
    const missed = rows.length - flagged
    const place = { x: AREA.left + index * width, width: Math.max(width - 1, 1) }
    const title = `${utc(startS + index * widthS)} UTC: ${rows.length} happened, ${flagged} flagged, ${missed} missed`
    const top = scale.y(rows.length)
    const edge = scale.y(flagged)
    const low = bar({ ...place, y: edge, height: scale.y(0) - edge, kind: 'solid', title })
    return missed === 0 ? low : html`${low}${bar({ ...place, y: top, height: edge - top, kind: 'hatch', title })}`
  }
  const title = `Liquidations that happened, each bar ${binWords(widthS)} (UTC)`
  if (happened.length === 0) return emptyFigure(title, 'No liquidation happened in this recording.')
  const bars = [...bins].sort(([a], [b]) => a - b).map(drawBin)
  return figure({
    title,
    summary: `${happened.length} in all.`,
    drawing: html`${yAxis(scale, compact)}${bars}${xLabels(recording)}${legend()}`,
  })
}

export const legend = (): Html =>
  html`<rect x="${AREA.left}" y="8" width="12" height="12" class="solid"/>${text(AREA.left + 18, 18, 'flagged')}<rect x="${AREA.left + 86}" y="8" width="12" height="12" class="hatch"/>${text(AREA.left + 104, 18, 'missed')}`

/** Dollars as a number: a plot has no use for more digits. */
const dollars = (usd: string): number => Number(usd8Of(usd)) / 1e8

/** Two steps upwards: all plans won, and by their chances. */
export function cumulativeNet({ recording, ours }: BacktestReport): Html {
  const title = 'Net of our plans, added up (UTC)'
  if (ours.length === 0) return emptyFigure(title, 'Nothing was planned.')
  const net = runningSum(ours.map(({ netUsd }) => dollars(netUsd)))
  const expected = runningSum(ours.map(({ expectedUsd }) => dollars(expectedUsd)))
  const scale = scaleOf([...net, ...expected], false)
  const span = Math.max(recording.toTimestamp - recording.fromTimestamp, 1)
  const x = (timestamp: number): number =>
    AREA.left + ((timestamp - recording.fromTimestamp) / span) * (AREA.right - AREA.left)
  const line = (sums: readonly number[], kind: string): Html => {
    const steps = ours.map(({ timestamp }, i) => `H${at(x(timestamp))}V${at(scale.y(sums[i] ?? 0))}`).join('')
    return html`<path d="M${AREA.left} ${at(scale.y(0))}${steps}H${AREA.right}" class="${kind}"/>`
  }
  const key = (left: number, kind: string, words: string): Html =>
    html`<path d="M${left} 14h22" class="${kind}"/>${text(left + 28, 18, words)}`
  const last = { net: compactUsd(net.at(-1) ?? 0), expected: compactUsd(expected.at(-1) ?? 0) }
  return figure({
    title,
    summary: `If all were won ${last.net}, expected ${last.expected}.`,
    drawing: html`${yAxis(scale, compactUsd)}${line(net, 'line')}${line(expected, 'line dashed')}${xLabels(recording)}${key(AREA.left, 'line', `if all were won: ${last.net}`)}${key(AREA.left + 196, 'line dashed', `expected: ${last.expected}`)}`,
  })
}

function runningSum(values: readonly number[]): readonly number[] {
  let sum = 0
  return values.map((value) => {
    sum += value
    return sum
  })
}
