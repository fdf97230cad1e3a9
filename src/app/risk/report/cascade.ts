import type { CascadeAnswer, CascadeGrid } from '../../../core/risk/move-answers.ts'
import { grid } from '../../page/grid.ts'
import { type Html, html, NOTHING } from '../../page/html.ts'
import { type MarketRisk, SHOWN_FALL_PCT, SHOWN_KAPPA, type Told } from './gather.ts'
import { type Cell, greyOf, heatMap } from './heat.ts'
import { note, partOf, plots, said } from './part.ts'
import {
  base,
  code,
  count,
  dollars,
  lackWords,
  measuredShort,
  orUnknown,
  pct,
  plain,
  price,
  symbol,
  times,
} from './words.ts'

const GRID_TITLE = 'Cascade: fall against pass-through'

/** Row 5. */
export const cascadePart = ({ grid: asked, cascade }: MarketRisk): Html =>
  html`${partOf(GRID_TITLE, asked, (answer) => [
    plots(multipliers(answer), badDebts(answer)),
    critical(answer),
    answer.lacks.length === 0 ? NOTHING : note(`Lacks ${lackWords(answer.lacks)}: only κ 0 was computed.`),
    note(
      'Pass-through κ: the part of the pools’ fall that the oracle follows. Multiplier: total fall over the exogenous one; 1 means that liquidations moved nothing further. Drained: the pools took nothing more.',
    ),
  ])}${one(cascade)}`

type GridCell = CascadeGrid['cells'][number]

function mapOf(answer: CascadeGrid, title: string, made: (cell: GridCell) => Cell): Html {
  const falls = [...new Set(answer.cells.map(({ fallPct }) => fallPct))].sort((a, b) => a - b)
  const kappas = [...new Set(answer.cells.map(({ kappa }) => kappa))].sort((a, b) => a - b)
  const cells = falls.map((fall) =>
    kappas.map((kappa) => {
      const cell = answer.cells.find((c) => c.fallPct === fall && c.kappa === kappa)
      return cell === undefined ? { grey: null, words: '', title: 'not computed' } : made(cell)
    }),
  )
  return heatMap({
    title,
    summary: answer.cells.map((c) => `−${c.fallPct} %, κ ${c.kappa}: ${made(c).words}`).join('; '),
    rows: falls.map((fall) => `−${fall} %`),
    columns: kappas.map((kappa) => `κ ${plain(kappa)}`),
    cells,
    axes: [`fall of ${symbol(answer.group.symbol)}`, 'pass-through'],
  })
}

/** Seizures below the figure they led to. */
function multipliers(answer: CascadeGrid): Html {
  const most = Math.max(2, ...answer.cells.map(({ multiplier }) => multiplier ?? 1))
  return mapOf(answer, 'Multiplier, and rounds', ({ multiplier, rounds, seizedBase, stopped }) => ({
    grey: stopped === 'pools-drained' ? 1 : multiplier === null ? null : greyOf(multiplier - 1, most - 1),
    words: stopped === 'pools-drained' ? 'drained' : multiplier === null ? '–' : `${times(multiplier)}, ${rounds}`,
    title: `seized ${base(seizedBase)}`,
  }))
}

function badDebts(answer: CascadeGrid): Html {
  const most = Math.max(...answer.cells.map(({ badDebtBase }) => Number(badDebtBase)), 0)
  return mapOf(answer, 'Bad debt left', ({ badDebtBase, seizedBase }) => ({
    grey: greyOf(Number(badDebtBase), most),
    words: base(badDebtBase),
    title: `seized ${base(seizedBase)}`,
  }))
}

const critical = ({ critical: all, group }: CascadeGrid): Html =>
  said(
    `Critical fall of ${symbol(group.symbol)}, from which the multiplier passes 2 or the pools are drained: ${all
      .map(({ kappa, fallPct }) => `κ ${plain(kappa)}: ${fallPct === null ? 'none up to 90 %' : pct(fallPct)}`)
      .join('; ')}.`,
  )

const STOPPED: Readonly<Record<CascadeAnswer['stopped'], string>> = {
  settled: 'nobody was left to liquidate at the prices reached',
  refused: 'the market lets nobody call on those who are left',
  'pools-drained': 'the pools were drained',
  rounds: 'the limit of rounds was reached: it goes on',
}

function one(told: Told<CascadeAnswer>): Html {
  const title = `One cascade: a fall of ${SHOWN_FALL_PCT} %, κ ${SHOWN_KAPPA}`
  return partOf(title, told, (a) => [
    said(
      `${a.accounts} accounts in ${a.calls} calls: seized ${base(a.seizedBase)}, repaid ${base(a.repaidBase)}, bonus ${base(a.bonusBase)}, bad debt ${base(a.badDebtBase)}. Price at the end ${price(a.finalPrice)}, multiplier ${orUnknown(a.multiplier, times)}, branching ratio ${orUnknown(a.branching, plain)}. It stopped because ${STOPPED[a.stopped]}.`,
    ),
    losses(a),
    rounds(a),
    deficits(a),
    hit(a),
    a.lacks.length === 0 ? NOTHING : note(`Lacks ${lackWords(a.lacks)}.`),
  ])
}

function losses({ lossBase, unsoldBase, left }: CascadeAnswer): Html {
  const sentences = [
    ...(left.accounts === 0
      ? []
      : [`Still liquidatable at the end: ${count(left.accounts)} accounts with ${base(left.debtBase)} of debt.`]),
    ...(BigInt(lossBase) === 0n
      ? []
      : [
          `Liquidators who acted all the same would have lost ${base(lossBase)}: sold for less than the debt they repaid.`,
        ]),
    ...(BigInt(unsoldBase) === 0n
      ? []
      : [`No pool for ${base(unsoldBase)} of what was seized, at the oracle’s prices.`]),
  ]
  return html`${sentences.map(said)}`
}

const deficits = ({ deficits: all }: CascadeAnswer): Html =>
  all.length === 0
    ? NOTHING
    : grid(
        [
          { head: 'deficit of', cell: (d) => symbol(d.symbol) },
          { head: 'burnt by the pool', cell: (d) => base(d.valueBase), kind: 'num' },
          { head: 'insured by', cell: (d) => measuredShort(d.insuranceUsd, dollars), kind: 'num' },
        ],
        all,
      )

const rounds = ({ rounds: all }: CascadeAnswer): Html =>
  all.length === 0
    ? NOTHING
    : grid(
        [
          { head: 'round', cell: ({ round }) => String(round), kind: 'num' },
          { head: 'price', cell: (r) => price(r.price), kind: 'num' },
          { head: 'calls', cell: ({ calls }) => count(calls), kind: 'num' },
          { head: 'seized', cell: (r) => base(r.seizedBase), kind: 'num' },
          { head: 'repaid', cell: (r) => base(r.repaidBase), kind: 'num' },
          { head: 'sold for', cell: (r) => base(r.soldForBase), kind: 'num' },
          { head: 'bad debt', cell: (r) => base(r.badDebtBase), kind: 'num' },
          { head: 'branching', cell: (r) => (r.branching === null ? '–' : plain(r.branching)), kind: 'num' },
        ],
        all,
      )

const hit = ({ top }: CascadeAnswer): Html =>
  top.length === 0
    ? NOTHING
    : html`${said('Most seized:')}${grid(
        [
          { head: 'account', cell: ({ address }) => code(address) },
          { head: 'round', cell: ({ round }) => String(round), kind: 'num' },
          { head: 'seized', cell: (r) => base(r.seizedBase), kind: 'num' },
          { head: 'repaid', cell: (r) => base(r.repaidBase), kind: 'num' },
          { head: 'bad debt', cell: (r) => base(r.badDebtBase), kind: 'num' },
        ],
        top,
      )}`
