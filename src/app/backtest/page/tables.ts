import { amount, usd } from '../../cli/format.ts'
import { type Column, grid, section } from '../../page/grid.ts'
import { type Html, html, NOTHING } from '../../page/html.ts'
import { blocksText, byWorst, daysByWorst, refusedWords, SIZE_WORDS, shortHex } from '../present.ts'
import type { BacktestReport, Figures, OurEntry } from '../report-schema.ts'
import { MISS_REASONS } from '../run.ts'
import { usd8Of, utc } from '../text.ts'

const said = (words: string): Html => html`<p>${words}</p>`

export const money = (dollars: string): string => usd(usd8Of(dollars))
const code = (words: string): Html => html`<code>${words}</code>`
const moment = (timestamp: number): string => utc(timestamp)

export function missedTable({ missed, liquidations }: BacktestReport): Html {
  const title = 'Missed, largest debt first'
  if (missed.length === 0)
    return section(
      title,
      said(
        liquidations === 0
          ? 'Nothing happened, so nothing could be missed.'
          : 'None: every liquidation that happened was flagged.',
      ),
    )
  const rows = byWorst(missed, ({ debtUsd }) => usd8Of(debtUsd))
  return section(
    title,
    grid(
      [
        { head: 'block', cell: ({ block }) => block, kind: 'num' },
        { head: 'UTC', cell: ({ timestamp }) => moment(timestamp) },
        { head: 'account', cell: ({ user }) => code(user) },
        { head: 'debt covered', cell: ({ debtUsd }) => money(debtUsd), kind: 'num' },
        {
          head: 'reason',
          cell: ({ reason, detail }) => html`${code(reason)} ${detail}`,
          kind: 'words',
        },
        { head: 'transaction', cell: ({ tx }) => code(tx) },
      ],
      rows,
    ),
    reasonsOf(missed),
  )
}

/** What the reasons that occur mean, once each. */
function reasonsOf(missed: BacktestReport['missed']): Html {
  const present = new Set(missed.map(({ reason }) => reason))
  return html`${[...present].sort().map((reason) => html`<p class="soft">${code(reason)}: ${MISS_REASONS[reason]}</p>`)}`
}

export function oursTable({ ours }: BacktestReport): Html {
  const title = 'Our plans, in the order of the chain'
  if (ours.length === 0) return section(title, said('Nothing was planned: see the refusals for the reasons.'))
  return section(
    title,
    grid(
      [
        { head: 'block', cell: ({ block }) => block, kind: 'num' },
        { head: 'UTC', cell: ({ timestamp }) => moment(timestamp) },
        { head: 'account', cell: ({ user }) => code(user) },
        { head: 'net', cell: ({ netUsd }) => money(netUsd), kind: 'num' },
        { head: 'late by', cell: ({ latenessBlocks }) => String(latenessBlocks), kind: 'num' },
        { head: 'chance', cell: ({ chance }) => `${(chance * 100).toFixed(1)} %`, kind: 'num' },
        { head: 'expected', cell: ({ expectedUsd }) => money(expectedUsd), kind: 'num' },
        { head: 'rival', cell: rivalCell },
        { head: 'executed', cell: executedCell },
        {
          head: 'seizes',
          cell: (o) => `${amount(BigInt(o.collateralSeized), o.collateralDecimals, 4)} ${o.collateralSymbol}`,
          kind: 'num',
        },
        {
          head: 'covers',
          cell: (o) => `${amount(BigInt(o.debtCovered), o.debtDecimals, 4)} ${o.debtSymbol}`,
          kind: 'num',
        },
      ],
      ours,
    ),
  )
}

const rivalCell = ({ rival, block }: OurEntry): string | Html =>
  rival === null
    ? 'none in time'
    : html`${blocksText(BigInt(rival.block) - BigInt(block))} later, ${code(shortHex(rival.liquidator))}`

function executedCell(our: OurEntry): string {
  const { executed } = our
  if (executed === null) return 'no'
  if (executed.status === 'reverted') return `reverted: ${executed.revert ?? 'without a reason'}`
  const difference = BigInt(executed.profit) - BigInt(executed.predictedProfit)
  const exactly =
    difference === 0n ? 'as predicted' : `${difference > 0n ? '+' : ''}${difference} against the prediction`
  return `${amount(BigInt(executed.profit), our.debtDecimals, 4)} ${our.debtSymbol}, ${exactly}`
}

/** Ours beside what the actual liquidator got, where both are known. */
export function executionTable({ ours }: BacktestReport): Html {
  const rows = ours.flatMap((our) => (our.executed === null ? [] : [{ our, executed: our.executed }]))
  if (rows.length === 0) return NOTHING
  const inDebt = ({ our }: (typeof rows)[number], value: string): string =>
    amount(BigInt(value), our.debtDecimals, our.debtDecimals)
  const seized = ({ our }: (typeof rows)[number], value: string): string =>
    `${amount(BigInt(value), our.collateralDecimals, 6)} ${our.collateralSymbol}`
  return section(
    'Executed on a fork, beside the actual liquidator',
    grid(
      [
        { head: 'block', cell: ({ our }) => our.block, kind: 'num' },
        { head: 'account', cell: ({ our }) => code(our.user) },
        { head: 'profit predicted', cell: (row) => inDebt(row, row.executed.predictedProfit), kind: 'num' },
        {
          head: 'profit real',
          cell: (row) => `${inDebt(row, row.executed.profit)} ${row.our.debtSymbol}`,
          kind: 'num',
        },
        { head: 'gas predicted', cell: ({ executed }) => executed.gas, kind: 'num' },
        { head: 'gas real', cell: ({ executed }) => executed.gasUsed, kind: 'num' },
        { head: 'seized', cell: (row) => seized(row, row.executed.seized), kind: 'num' },
        {
          head: 'they seized',
          cell: (row) =>
            row.executed.actual === null ? 'nobody else' : seized(row, row.executed.actual.collateralSeized),
          kind: 'num',
        },
        { head: 'their gas', cell: ({ executed }) => executed.actual?.gasUsed ?? '–', kind: 'num' },
      ],
      rows,
    ),
  )
}

export function refusalsTable({ refusals }: BacktestReport): Html {
  const title = 'Refused'
  if (refusals.length === 0) return section(title, said('Nothing was refused.'))
  return section(
    title,
    grid(
      [
        { head: 'reason', cell: ({ reason }) => code(reason) },
        { head: 'times', cell: ({ count }) => String(count), kind: 'num' },
        { head: 'meaning', cell: ({ reason }) => refusedWords(reason), kind: 'words' },
      ],
      refusals,
    ),
  )
}

const figureColumns: readonly Column<Figures>[] = [
  { head: 'happened', cell: ({ liquidations }) => String(liquidations), kind: 'num' },
  { head: 'flagged', cell: ({ flagged }) => String(flagged), kind: 'num' },
  { head: 'missed', cell: ({ missed }) => String(missed), kind: 'num' },
  { head: 'debt covered', cell: ({ debtUsd }) => money(debtUsd), kind: 'num' },
  { head: 'plans', cell: ({ planned }) => String(planned), kind: 'num' },
  { head: 'net', cell: ({ netUsd }) => money(netUsd), kind: 'num' },
  { head: 'expected', cell: ({ expectedUsd }) => money(expectedUsd), kind: 'num' },
]

const grouped = <T extends Figures>(title: string, names: readonly Column<T>[], rows: readonly T[]): Html =>
  rows.length === 0 ? NOTHING : section(title, grid([...names, ...figureColumns], rows))

export function groupTables({ byDay, byMarket, byCollateral, byDebt, bySize }: BacktestReport): Html {
  const assets: readonly Column<BacktestReport['byDebt'][number]>[] = [
    { head: 'asset', cell: ({ symbol }) => symbol },
    { head: 'address', cell: ({ asset }) => code(asset) },
  ]
  return html`${grouped('By day (UTC), most missed first', [{ head: 'day', cell: ({ day }) => day }], daysByWorst(byDay))}${grouped('By collateral', assets, byCollateral)}${grouped('By debt asset', assets, byDebt)}${grouped('By debt covered', [{ head: 'size', cell: ({ size }) => SIZE_WORDS[size] }], bySize)}${byMarket.length > 1 ? grouped('By market', [{ head: 'market', cell: ({ market }) => market }], byMarket) : NOTHING}`
}
