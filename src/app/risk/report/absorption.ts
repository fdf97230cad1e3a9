import { pressureOf } from '../../../core/risk/absorption.ts'
import type { AbsorptionAnswer, AbsorptionPoint } from '../../../core/risk/answers.ts'
import { emptyFigure } from '../../page/frame.ts'
import { grid } from '../../page/grid.ts'
import { type Html, html } from '../../page/html.ts'
import type { Told } from './gather.ts'
import { linePlot } from './line-plot.ts'
import { note, partOf, plots, said } from './part.ts'
import { code, dollars, lackWords, measuredShort, pct, symbol, times } from './words.ts'

const TITLE = 'Depth and absorption: can what is seized be sold?'
const PLOT = 'Liquidatable against sellable'

export const absorptionPart = (told: Told<AbsorptionAnswer>): Html =>
  partOf(TITLE, told, (answer) => [
    said(verdict(answer)),
    plots(plot(answer)),
    grid(
      [
        { head: 'fall', cell: ({ fallPct }) => pct(fallPct), kind: 'num' },
        { head: 'liquidatable', cell: (p) => dollars(p.liquidatableUsd), kind: 'num' },
        { head: 'sellable', cell: (p) => measuredShort(p.depthUsd, dollars), kind: 'num' },
        { head: 'ratio', cell: (p) => measuredShort(p.ratio, times), kind: 'num' },
        { head: 'largest sale that pays', cell: (p) => measuredShort(p.largestUsd, dollars), kind: 'num' },
      ],
      answer.points,
    ),
    missing(answer),
    pools(answer),
  ])

/** Where liquidators first cannot leave. */
function verdict({ points, group }: AbsorptionAnswer): string {
  const over = points.find((point) => (pressureOf(point) ?? 0) > 1)
  if (over !== undefined)
    return `From a fall of ${symbol(group.symbol)} by ${pct(over.fallPct)} on, more is liquidatable than the pools take before they have fallen as far: liquidators cannot leave.`
  if (points.every((point) => pressureOf(point) === null)) return 'Whether the pools can take it is not known.'
  const unknown = points.filter((point) => point.liquidatableUsd > 0 && pressureOf(point) === null)
  if (unknown.length > 0)
    return `At no fall that is known more is liquidatable than the pools take; not known: ${unknown.map(({ fallPct }) => pct(fallPct)).join(', ')}.`
  return 'At every fall looked at, the pools take more than becomes liquidatable.'
}

function plot({ points }: AbsorptionAnswer): Html {
  const deep = points.flatMap(({ fallPct, depthUsd: { value } }) => (value === null ? [] : [[fallPct, value] as const]))
  if (points.length === 0) return emptyFigure(PLOT, 'Nothing was looked at.')
  const over = points.find((point) => (pressureOf(point) ?? 0) > 1)
  return linePlot({
    title: PLOT,
    summary: points.map(words).join('; '),
    series: [
      {
        kind: 'line',
        name: 'liquidatable',
        points: [[0, 0], ...points.map((p) => [p.fallPct, p.liquidatableUsd] as const)],
      },
      ...(deep.length === 0
        ? []
        : [{ kind: 'line dashed' as const, name: 'sellable', points: [[0, 0] as const, ...deep] }]),
    ],
    mark: over && {
      fallPct: over.fallPct,
      words: over.ratio.value === null ? 'nothing sellable' : `ratio ${times(over.ratio.value)}`,
    },
  })
}

const words = ({ fallPct, liquidatableUsd, depthUsd }: AbsorptionPoint): string =>
  `−${fallPct} %: ${dollars(liquidatableUsd)} liquidatable, ${measuredShort(depthUsd, dollars)} sellable`

function missing({ points }: AbsorptionAnswer): Html {
  const lacks = [
    ...new Set(
      points.flatMap(({ depthUsd, ratio, largestUsd }) => [depthUsd, ratio, largestUsd].flatMap((m) => m.lacks)),
    ),
  ]
  const meaning =
    'Liquidatable: in the sequence of calls, up to the fall. Sellable: what the pools together buy until their price has fallen as far. Above 1, liquidators cannot leave.'
  return note(lacks.length === 0 ? meaning : `${meaning} Not known: lacks ${lackWords(lacks)}.`)
}

const pools = ({ pools: all }: AbsorptionAnswer): Html =>
  all.length === 0
    ? said('No pool is followed.')
    : html`${said('Pools that were looked at:')}${grid(
        [
          { head: 'pair', cell: ({ pair }) => symbol(pair) },
          { head: 'fee', cell: ({ feePips }) => pct(feePips / 10_000), kind: 'num' },
          { head: 'pool', cell: ({ pool }) => code(pool) },
        ],
        all,
      )}`
