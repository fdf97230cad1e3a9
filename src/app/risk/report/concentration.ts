import type { Concentration, RiskOverview } from '../../../core/risk/answers.ts'
import { AREA, bar, emptyFigure, figure, keyOf, scaleOf, text, yAxis } from '../../page/frame.ts'
import { grid } from '../../page/grid.ts'
import { type Html, html } from '../../page/html.ts'
import { facts, part, plots, said } from './part.ts'
import { code, dollars, NOT_KNOWN, pct, plain, share } from './words.ts'

const TITLE = 'Share of the largest accounts'
const TOPS = [
  ['largest', 'top1'],
  ['5 largest', 'top5'],
  ['10 largest', 'top10'],
  ['50 largest', 'top50'],
] as const

/** Row 8. */
export const concentrationPart = ({ concentration: { debt, atRisk10 }, cliffs }: RiskOverview): Html =>
  part(
    'Concentration',
    plots(plot(debt, atRisk10)),
    facts([
      ['Herfindahl and Hirschman, debt', indexWords(debt)],
      ['Herfindahl and Hirschman, liquidatable at −10 %', indexWords(atRisk10)],
      ['Gini, debt', debt === null ? NOT_KNOWN : plain(debt.gini)],
      ['Gini, liquidatable at −10 %', atRisk10 === null ? NOT_KNOWN : plain(atRisk10.gini)],
    ]),
    cliffsTable(cliffs),
  )

/** In a small market every step has one. */
const MOST_CLIFFS = 10

/** The largest, nearest first. */
function cliffsTable(cliffs: RiskOverview['cliffs']): Html {
  if (cliffs.length === 0) return said('No account holds a quarter of a step of 1 %.')
  const largest = cliffs.toSorted((a, b) => b.collateralUsd - a.collateralUsd).slice(0, MOST_CLIFFS)
  const others = cliffs.length - largest.length
  return html`${said(`Cliffs: one account with at least a quarter of a step of 1 %${others === 0 ? '' : `; ${others} smaller ones are left out`}.`)}${grid(
    [
      { head: 'fall', cell: ({ fromPct, toPct }) => `${plain(fromPct)} to ${pct(toPct)}` },
      { head: 'account', cell: ({ address }) => code(address) },
      { head: 'of the step', cell: (c) => share(c.share), kind: 'num' },
      { head: 'its collateral', cell: (c) => dollars(c.collateralUsd), kind: 'num' },
    ],
    largest.toSorted((a, b) => a.fromPct - b.fromPct),
  )}`
}

const indexWords = (found: Concentration | null): string =>
  found === null ? NOT_KNOWN : `${plain(found.hhi)}, as if ${plain(1 / found.hhi)} equal ones shared it`

function plot(debt: Concentration | null, atRisk10: Concentration | null): Html {
  if (debt === null) return emptyFigure(TITLE, 'Nobody has any debt.')
  const scale = scaleOf([1], false)
  const width = (AREA.right - AREA.left) / TOPS.length
  const drawing = TOPS.map(([name, key], i) => {
    const x = AREA.left + i * width
    const column = (value: number, kind: 'solid' | 'outline', place: number, of: string): Html => {
      const y = scale.y(value)
      const left = x + 8 + place * ((width - 16) / 2)
      const drawn = bar({
        x: left,
        y,
        width: (width - 20) / 2,
        height: scale.y(0) - y,
        kind,
        title: `${name}, ${of}: ${share(value)}`,
      })
      return html`${drawn}${text(left + (width - 20) / 4, y - 4, share(value), 'middle small')}`
    }
    const second = atRisk10 === null ? html`` : column(atRisk10[key], 'outline', 1, 'liquidatable at −10 %')
    return html`${column(debt[key], 'solid', 0, 'debt')}${second}${text(x + width / 2, AREA.bottom + 18, name, 'middle')}`
  })
  const summary = TOPS.map(([name, key]) => `${name}: ${share(debt[key])} of the debt`).join('; ')
  const key = keyOf([
    ['solid', 'of all debt'],
    ['outline', atRisk10 === null ? 'of what a fall of 10 % takes: nothing' : 'of what a fall of 10 % takes'],
  ])
  return figure({
    title: TITLE,
    summary,
    drawing: html`${yAxis(scale, (tick) => `${Math.round(tick * 100)} %`)}${drawing}${key}`,
  })
}
