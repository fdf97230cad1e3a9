import { printable, utc } from '../backtest/text.ts'
import { amount, usd } from '../cli/format.ts'
import { table } from '../cli/output.ts'
import { documentOf } from '../page/document.ts'
import { compact, compactUsd } from '../page/frame.ts'
import { grid, section } from '../page/grid.ts'
import { type Html, html } from '../page/html.ts'
import { histogram } from './plot.ts'
import type { Count, Distribution, RehearsalReport, Stuck } from './report.ts'

const MOST_LINES = 20
const MOST_ASSETS = 5

const spread = (made: Distribution | null, show: (value: string) => string): string =>
  made === null
    ? 'nothing was executed'
    : `p10 ${show(made.p10)}, p50 ${show(made.p50)}, p90 ${show(made.p90)}, ${show(made.total)} in all`

const gas = (value: string): string => amount(BigInt(value), 0, 0)
const ended = ({ refused, failed }: RehearsalReport): readonly (Count & { readonly how: string })[] => [
  ...failed.map((count) => ({ how: 'failed', ...count })),
  ...refused.map((count) => ({ how: 'refused', ...count })),
]

function exactness({ ok, differences: d }: RehearsalReport): string {
  const assets = d.assets.map((symbol) => printable(symbol, 20)).slice(0, MOST_ASSETS)
  const planned =
    d.planned === 0
      ? 'none from what was planned'
      : `${d.planned} from what was planned, a block earlier (by at most ${dollars(d.plannedMostUsd8)}; assets: ${assets.join(', ')})`
  return `${ok} executed: the profit differs from the simulated one in ${d.profit}, ${planned}; seizure or debt differ from the mirror's in ${d.amounts}; more gas than planned in ${d.gas}`
}

/** A difference may be far below a cent. */
const dollars = (usd8: string): string => `$${amount(BigInt(usd8), 8, 8)}`

/** For a terminal. */
export function renderRehearsal(report: RehearsalReport): string {
  const { market, block, accounts, ok, unmoved, stuck, unserved, profit, minUsd } = report
  const lines = [
    `rehearsal of ${printable(market)} at block ${block.number} (${utc(block.timestamp)} UTC): ${accounts} accounts with debt`,
    `${ok} liquidated, ${unmoved} that no price of their own brings under`,
    exactness(report),
    `profit before gas: ${spread(profit, usd)}`,
    `gas: ${spread(report.gas, gas)}`,
  ]
  const others = ended(report)
  if (others.length > 0)
    lines.push(
      '',
      table(
        ['outcome', 'reason', 'accounts', 'debt'],
        others.map((c) => [c.how, c.reason, String(c.count), usd(c.debtBase)]),
        [2, 3],
      ),
    )
  if (unserved.length > 0)
    lines.push(
      '',
      'pairs that no route serves',
      table(
        ['collateral', 'debt', 'accounts'],
        unserved.map((u) => [printable(u.collateral, 40), printable(u.debt, 40), String(u.accounts)]),
        [2],
      ),
    )
  lines.push(
    '',
    stuck.length === 0
      ? `nobody with more than ${usd(minUsd)} of debt is out of reach`
      : `out of reach, with more than ${usd(minUsd)} of debt (${stuck.length})`,
  )
  if (stuck.length > 0)
    lines.push(table(['account', 'debt', 'pair', 'outcome', 'why'], stuck.slice(0, MOST_LINES).map(stuckRow), [1]))
  if (stuck.length > MOST_LINES) lines.push(`… and ${stuck.length - MOST_LINES} more: --json has all`)
  return lines.join('\n')
}

const why = ({ reason, detail }: Stuck): string => printable(detail === '' ? reason : `${reason}: ${detail}`, 80)
const stuckRow = (row: Stuck): string[] => [
  row.address,
  usd(row.debtBase),
  printable(row.pair, 40),
  row.outcome,
  why(row),
]

/** One file that needs nothing else. */
export function renderRehearsalPage(report: RehearsalReport): string {
  const { market, chainId, block, accounts, ok, unmoved, stuck, unserved, profit, minUsd } = report
  return documentOf({
    title: `Rehearsal of ${printable(market)}`,
    about: `chain ${chainId}, block ${block.number} (${utc(block.timestamp)} UTC): ${accounts} accounts with debt, each pushed under and liquidated on a fork`,
    content: html`<div class="cards">
${card('Liquidated', String(ok), `of ${accounts}`)}${card('Out of reach', String(stuck.length), `with more than ${usd(minUsd)} of debt`)}${card('Not moved', String(unmoved), 'no price of their own brings them under')}${card('Profit, p50', profit === null ? '–' : usd(profit.p50), 'before gas')}${card('Gas, p50', report.gas === null ? '–' : gas(report.gas.p50), 'a liquidation')}
</div>
<div class="plots">${histogram('Profit before gas: each bar reaches to the next number', report.profit?.bins ?? [], (from) => compactUsd(Number(from) / 1e8))}${histogram('Gas of a liquidation: each bar reaches to the next number', report.gas?.bins ?? [], (from) => compact(Number(from)))}</div>
${section('Exactness', html`<p>${exactness(report)}.</p><p>Profit before gas: ${spread(profit, usd)}.</p><p>Gas: ${spread(report.gas, gas)}.</p>`)}
${section(
  'What was not liquidated',
  grid(
    [
      { head: 'Outcome', cell: ({ how }) => how },
      { head: 'Reason', cell: ({ reason }) => reason },
      { head: 'Accounts', cell: ({ count }) => String(count), kind: 'num' },
      { head: 'Debt', cell: ({ debtBase }) => usd(debtBase), kind: 'num' },
    ],
    ended(report),
  ),
)}
${section(
  `Out of reach, with more than ${usd(minUsd)} of debt`,
  stuck.length === 0
    ? html`<p>Nobody.</p>`
    : grid(
        [
          { head: 'Account', cell: ({ address }) => html`<code>${address}</code>` },
          { head: 'Debt', cell: ({ debtBase }) => usd(debtBase), kind: 'num' },
          { head: 'Pair', cell: ({ pair }) => printable(pair) },
          { head: 'Why', cell: why, kind: 'words' },
        ],
        stuck,
      ),
)}
${section(
  'Pairs that no route serves',
  unserved.length === 0
    ? html`<p>None.</p>`
    : grid(
        [
          { head: 'Collateral', cell: ({ collateral }) => printable(collateral) },
          { head: 'Debt', cell: ({ debt }) => printable(debt) },
          { head: 'Accounts', cell: ({ accounts: count }) => String(count), kind: 'num' },
        ],
        unserved,
      ),
)}
<p class="soft">Prices were moved at the oracle alone: the exchange's pools stayed where they were, so profits are larger than in a real fall.</p>`,
    footer: 'Made by Plimsoll. Nothing was sent to the chain.',
  })
}

const card = (name: string, value: string, words: string): Html =>
  html`<div class="card"><span>${name}</span><b>${value}</b><span>${words}</span></div>`
