import type { LadderAnswer } from '../../../core/risk/answers.ts'
import { health } from '../../cli/format.ts'
import { emptyFigure } from '../../page/frame.ts'
import { grid } from '../../page/grid.ts'
import { type Html, html, NOTHING } from '../../page/html.ts'
import type { MarketRisk } from './gather.ts'
import { allCliffs, cliffsOf, ladderPlot } from './ladder-plot.ts'
import { linePlot } from './line-plot.ts'
import { note, partOf, plots, said } from './part.ts'
import { base, code, count, dollars, pct, price, share, signedPct, symbol } from './words.ts'

/** Row 2: falls and rises of the heaviest group. */
export const ladderPart = ({ fall, rise }: MarketRisk): Html =>
  partOf('Ladder', fall, (falling) => {
    const ladders = 'refused' in rise ? [falling] : [falling, rise.answer]
    return [
      plots(ladderPlot(ladders), cumulated(falling)),
      points(falling),
      cliffs(ladders),
      ...ladders.map(accounts),
      note(
        'Three columns kept apart: all collateral of positions that become liquidatable; what one call each may take; what calls take until health is 1 again. Only the group’s price moves; values are at the price at which each step is reached.',
      ),
    ]
  })

const ADDED_UP = 'Added up: liquidatable by a fall'

function cumulated({ points: all, group }: LadderAnswer): Html {
  if (all.every(({ collateralUsd }) => collateralUsd === 0))
    return emptyFigure(ADDED_UP, `Nothing, up to ${pct(all.at(-1)?.fallPct ?? 0)}.`)
  const of = (usd: (point: LadderAnswer['points'][number]) => number) =>
    [[0, 0] as const, ...all.map((point) => [point.fallPct, usd(point)] as const)] as const
  return linePlot({
    title: ADDED_UP,
    summary: all.map((p) => `−${p.fallPct} %: ${dollars(p.collateralUsd)}`).join('; '),
    series: [
      { kind: 'line dotted', name: 'collateral', points: of((p) => p.collateralUsd) },
      { kind: 'line dashed', name: 'sequence', points: of((p) => p.sequenceUsd) },
      { kind: 'line', name: 'one call', points: of((p) => p.oneCallUsd) },
    ],
    mark: { fallPct: 0, words: `now ${price(group.price)}` },
  })
}

const points = ({ points: all, now }: LadderAnswer): Html =>
  html`${
    now.accounts === 0
      ? NOTHING
      : said(
          `Liquidatable already: ${now.accounts} accounts with ${dollars(now.collateralUsd)} of collateral and ${dollars(now.debtUsd)} of debt.`,
        )
  }${grid(
    [
      { head: 'fall', cell: ({ fallPct }) => pct(fallPct), kind: 'num' },
      { head: 'accounts', cell: (p) => count(p.accounts), kind: 'num' },
      { head: 'collateral', cell: (p) => dollars(p.collateralUsd), kind: 'num' },
      { head: 'in one call', cell: (p) => dollars(p.oneCallUsd), kind: 'num' },
      { head: 'in the sequence', cell: (p) => dollars(p.sequenceUsd), kind: 'num' },
      { head: 'debt at risk', cell: (p) => dollars(p.debtUsd), kind: 'num' },
      { head: 'bad debt', cell: (p) => dollars(p.badDebtUsd), kind: 'num' },
    ],
    all,
  )}`

function cliffs(ladders: readonly LadderAnswer[]): Html {
  const found = cliffsOf(ladders)
  if (found.length === 0) return said('No cliff: no account holds a quarter of a step of 1 %.')
  const others = allCliffs(ladders).length - found.length
  const numbered = found.map((step, i) => ({ ...step, number: i + 1 }))
  return html`${said(`Cliffs, by their numbers in the plot: one account with at least a quarter of the step${others === 0 ? '' : `; ${others} smaller ones are left out`}.`)}${grid(
    [
      { head: 'no.', cell: ({ number }) => String(number), kind: 'num' },
      { head: 'step', cell: ({ left, right }) => `${signedPct(left)} to ${signedPct(right)}` },
      { head: 'account', cell: ({ cliff }) => code(cliff?.address ?? '') },
      { head: 'of the step', cell: ({ cliff }) => share(cliff?.share ?? 0), kind: 'num' },
      { head: 'collateral of the step', cell: ({ collateralUsd }) => dollars(collateralUsd), kind: 'num' },
    ],
    numbered,
  )}`
}

function accounts({ accounts: all, side, group }: LadderAnswer): Html {
  if (all.length === 0) return NOTHING
  return html`${said(`Largest accounts that a ${side} of ${symbol(group.symbol)} makes liquidatable, with the feed’s exact answer:`)}${grid(
    [
      { head: 'account', cell: ({ address }) => code(address) },
      { head: 'debt', cell: ({ debtBase }) => base(debtBase), kind: 'num' },
      { head: 'collateral', cell: ({ collateralBase }) => base(collateralBase), kind: 'num' },
      { head: 'health', cell: ({ healthFactor }) => health(healthFactor), kind: 'num' },
      { head: 'liquidatable at', cell: (one) => (one.price === null ? 'never' : price(one.price)), kind: 'num' },
      { head: 'away', cell: ({ distancePct }) => (distancePct === null ? '–' : pct(distancePct)), kind: 'num' },
    ],
    all,
  )}`
}
