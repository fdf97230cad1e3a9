import type { CohortAnswer, CohortsAnswer, RiskOverview } from '../../../core/risk/answers.ts'
import { grid } from '../../page/grid.ts'
import { type Html, html, NOTHING } from '../../page/html.ts'
import type { MarketRisk } from './gather.ts'
import { facts, note, part, partOf, said } from './part.ts'
import { bins, count, dollars, measured, momentOf, orUnknown, plain, share, times } from './words.ts'

/** Row 7. */
export const leveragePart = ({ leverage: l }: RiskOverview): Html =>
  part(
    'Leverage',
    facts([
      ['all collateral over all equity', orUnknown(l.aggregate, times)],
      ['mean, weighted by debt', orUnknown(l.mean, times)],
      [
        'half, nine tenths, 99 % of the debt have at most',
        [l.p50, l.p90, l.p99].map((quantile) => orUnknown(quantile, times)).join(', '),
      ],
      ...l.below.map(({ health, share: part }) => [`debt with health below ${plain(health)}`, share(part)] as const),
      ['debt against collateral of its own group', `${share(l.correlatedShare)}: correlated, not a bet on the price`],
    ]),
    note('C/(C − D). For comparison: 1.4 to 1.9 in all, larger wallets higher (BIS working paper 1171).'),
  )

/** Rows 10 and 11. */
export const cohortsPart = ({ cohorts }: MarketRisk): Html =>
  partOf('Cohorts: small and large', cohorts, (answer) => [
    grid<CohortAnswer>(
      [
        { head: 'debt of', cell: ({ cohort }) => cohort },
        { head: 'accounts', cell: (c) => count(c.accounts), kind: 'num' },
        { head: 'contracts', cell: (c) => orUnknown(c.contracts, count), kind: 'num' },
        { head: 'debt', cell: (c) => dollars(c.debtUsd), kind: 'num' },
        { head: 'collateral', cell: (c) => dollars(c.collateralUsd), kind: 'num' },
        { head: 'leverage', cell: (c) => orUnknown(c.leverage, times), kind: 'num' },
        { head: 'health, middle', cell: (c) => orUnknown(c.healthMedian, plain), kind: 'num' },
        { head: 'health < 1.1', cell: (c) => orUnknown(c.thinShare, share), kind: 'num' },
        { head: 'seized', cell: (c) => orUnknown(c.seizedUsd, dollars), kind: 'num' },
        { head: 'their loss', cell: (c) => orUnknown(c.lossUsd, dollars), kind: 'num' },
        { head: 'liquidated', cell: (c) => orUnknown(c.liquidatedShare, share), kind: 'num' },
      ],
      answer.cohorts,
    ),
    note('Health < 1.1 and liquidated: shares of the cohort’s debt. Seized and lost: on record.'),
    deRisking(answer),
  ])

function deRisking({ deRisking: { fallHour, cohorts, binS } }: CohortsAnswer): Html {
  if (fallHour === null && cohorts.length === 0) return NOTHING
  const title =
    fallHour === null
      ? 'De-risking: no fall of 10 % is on record.'
      : `De-risking: change of each cohort’s debt in the ${bins(72, binS)} before the fall at ${momentOf(fallHour, binS)} UTC, and who protected themselves.`
  return html`${said(title)}${grid(
    [
      { head: 'debt of', cell: ({ cohort }) => cohort },
      { head: 'change of debt', cell: (c) => orUnknown(c.debtChange, share), kind: 'num' },
      { head: 'protection', cell: (c) => measured(c.protection, share), kind: 'words' },
    ],
    cohorts,
  )}`
}
