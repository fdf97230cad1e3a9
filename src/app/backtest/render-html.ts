import { duration } from '../cli/format.ts'
import { documentOf } from '../page/document.ts'
import { type Html, html } from '../page/html.ts'
import { byCollateral, bySize, leadHistogram, plannedAndRefused } from './page/plots-bars.ts'
import { cumulativeNet, liquidationsOverTime } from './page/plots-time.ts'
import { executionTable, groupTables, missedTable, money, oursTable, refusalsTable } from './page/tables.ts'
import { blocksText, share } from './present.ts'
import type { BacktestReport } from './report-schema.ts'
import { utc } from './text.ts'

/** A backtest as one file that needs nothing else. */
export function renderHtml(report: BacktestReport): string {
  const { recording: r, blocks } = report
  const span = duration(r.toTimestamp - r.fromTimestamp)
  return documentOf({
    title: `Backtest of ${r.markets.join(', ')}`,
    about: `${r.chain} (${r.chainId}), ${utc(r.fromTimestamp)} to ${utc(r.toTimestamp)} UTC: ${span}, blocks ${r.fromBlock} to ${r.toBlock} (${blocks})`,
    content: html`${cards(report)}
<div class="plots">${liquidationsOverTime(report)}${leadHistogram(report)}${cumulativeNet(report)}${plannedAndRefused(report)}${byCollateral(report)}${bySize(report)}</div>
${missedTable(report)}${oursTable(report)}${executionTable(report)}${refusalsTable(report)}${groupTables(report)}${basis(report)}`,
    footer: `Made by Plimsoll from ${r.file}: the same recording and configuration give this page byte for byte.`,
  })
}

function cards({
  liquidations,
  flagged,
  recall,
  missed,
  leadBlocks,
  recording,
  ours,
  earnings,
  refused,
  execution,
}: BacktestReport): Html {
  const card = (name: string, value: string, words: string, kind = ''): Html =>
    html`<div class="card ${kind}"><span>${name}</span><b>${value}</b><span>${words}</span></div>`
  const lead = (name: string, words: string, blocks: number | null): Html =>
    blocks === null
      ? card(name, '–', 'nothing was flagged')
      : card(name, blocksText(blocks), `${words}, ${duration(Math.floor(blocks * recording.blockTimeS))}`)
  return html`<div class="cards">
${card('Flagged beforehand', share(recall), liquidations === 0 ? 'no liquidation happened' : `${flagged} of ${liquidations} liquidations`, recall === 1 ? 'good' : '')}
${card('Missed', String(missed.length), missed.length === 0 ? 'nothing escaped' : 'each with its reason below', missed.length > 0 ? 'bad' : '')}
${lead('Lead, p50', 'half had at least that', leadBlocks.p50)}
${lead('Lead, p10', 'nine of ten had at least that', leadBlocks.p10)}
${card('Planned', String(ours.length), `${refused.length} refusals`)}
${card('Net if all were won', money(earnings.netUsd), 'before competition')}
${card('Expected net', money(earnings.expectedUsd), `95 %: ${range(earnings.correlated)}`)}
${execution === null ? html`` : card('Executed on a fork', `${execution.asPredicted} of ${execution.executed}`, `exactly as predicted, ${execution.reverted} reverted`, execution.reverted > 0 ? 'bad' : '')}
</div>`
}

const range = ({ lowUsd, highUsd }: BacktestReport['earnings']['correlated']): string =>
  `${money(lowUsd)} to ${money(highUsd)}`

function basis({ recording: r, parameters: p, assumptions, earnings }: BacktestReport): Html {
  const facts: readonly (readonly [string, string])[] = [
    ['recording', r.file],
    ['markets', r.markets.join(', ')],
    ['pages', `${r.pages}, of which ${r.derivedPages} derived from logs alone`],
    ['digest', r.digest],
    ['least net profit', money(p.minProfitUsd)],
    ['largest debt', p.maxDebtUsd === null ? 'no limit' : money(p.maxDebtUsd)],
    ['slippage', `${p.slippageBps} bps`],
    ['latency', `${blocksText(p.latencyBlocks)} between seeing a page and being included`],
    ['race model', earnings.model],
    [
      'expected net',
      `${money(earnings.expectedUsd)}; ${money(earnings.expectedLowUsd)} to ${money(earnings.expectedHighUsd)} by the error of the model's table alone`,
    ],
    ['95 % if races are independent', range(earnings.independent)],
    ['95 % if one luck decides them all', range(earnings.correlated)],
    ['percentiles', 'nearest rank: always one of the observed values'],
  ]
  return html`<section><h2>What this rests on</h2>
<dl>${facts.map(
    ([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>
`,
  )}</dl>
${
  assumptions.length === 0
    ? html`<p>No further assumption was made.</p>`
    : html`<h2>Assumptions</h2><ul>${assumptions.map(
        (each) => html`<li>${each}</li>
`,
      )}</ul>`
}</section>`
}
