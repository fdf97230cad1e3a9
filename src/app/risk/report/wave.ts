import type { RiskOverview, WaveAnswer } from '../../../core/risk/answers.ts'
import type { CascadeGrid } from '../../../core/risk/move-answers.ts'
import { grid as gridOf } from '../../page/grid.ts'
import { type Html, html } from '../../page/html.ts'
import type { MarketRisk } from './gather.ts'
import { type Card, cards, note, part, plots, said } from './part.ts'
import { wavePlot } from './wave-plot.ts'
import {
  bins,
  binWord,
  dollars,
  measured,
  measuredShort,
  momentOf,
  orUnknown,
  plain,
  share,
  signedPct,
  symbol,
  times,
} from './words.ts'

const HOURLY = 3600

/** The wave that the history tells of; undefined where there was none. */
export function waveOf({ wave }: MarketRisk): WaveAnswer | undefined {
  if ('refused' in wave) return undefined
  return wave.answer.phases.some(({ phase }) => phase !== 'calm') ? wave.answer : undefined
}

/** What a report opens with: the wave when there was one, else how the market stands. */
export function opening(risk: MarketRisk): Html {
  const wave = waveOf(risk)
  return wave === undefined
    ? stateToday(risk.overview)
    : waveTold(wave, 'refused' in risk.grid ? undefined : risk.grid.answer)
}

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0)

function waveTold(wave: WaveAnswer, grid: CascadeGrid | undefined): Html {
  const { phases, binS } = wave
  const broke = phases.some(({ phase }) => phase === 'cascade')
  return html`${part(
    broke ? `The wave, told whole: ${symbol(wave.group.symbol)}` : `A wave forming: ${symbol(wave.group.symbol)}`,
    note(`From ${momentOf(phases[0]?.fromHour ?? 0, binS)} UTC. One ${binWord(binS)} is one step of the history.`),
    waveCards(wave, grid),
    plots(wavePlot(wave)),
    chapters(wave),
    note(
      'Absorbed: collateral that liquidators seized and took away. Sellable: what the mirrored pools buy until their price has fallen by 5 %. Both at the beginning of the phase where they are not sums over it.',
    ),
  )}${caught(wave)}${insurance(wave)}`
}

function waveCards(wave: WaveAnswer, grid: CascadeGrid | undefined): Html {
  const {
    phases,
    caught: people,
    insurance: { deficitUsd, paidUsd },
  } = wave
  const most = phases.reduce<number | null>((so, one) => larger(so, one.liquidatableUsd), null)
  const calls = sum(phases.map((one) => one.calls))
  const accounts = sum(people.map((one) => one.accounts))
  return cards([
    {
      name: 'Liquidatable at −10 %, at most',
      value: orUnknown(most, dollars),
      words: 'collateral, when a phase began',
    },
    {
      name: 'Absorbed',
      value: dollars(sum(phases.map((one) => one.liquidatedUsd))),
      words: `seized in ${calls} calls`,
    },
    multiplierCard(wave, grid),
    {
      name: 'Caught',
      value: String(accounts),
      words: `accounts, over all collateral, at a loss of ${dollars(sum(people.map((one) => one.lossUsd)))}`,
    },
    {
      name: 'Deficit',
      value: dollars(deficitUsd),
      words: `insurance would have paid ${measuredShort(paidUsd, dollars)}`,
      ...(deficitUsd > 0 ? { kind: 'bad' as const } : {}),
    },
  ])
}

/** The further fall that stands for what liquidations would add now. */
const FURTHER_PCT = 10

/** The shock of a wave that happened is not on record; the cascade says what one more would come to. */
function multiplierCard({ multiplier }: WaveAnswer, grid: CascadeGrid | undefined): Card {
  if (multiplier !== null || grid === undefined)
    return { name: 'Multiplier', value: orUnknown(multiplier, times), words: 'total fall over the exogenous fall' }
  const kappa = Math.max(...grid.cells.map((cell) => cell.kappa))
  const cell = grid.cells.find((one) => one.kappa === kappa && one.fallPct === FURTHER_PCT)
  return {
    name: 'Multiplier now',
    value: cell?.stopped === 'pools-drained' ? 'pools drained' : orUnknown(cell?.multiplier ?? null, times),
    words: `total fall over ${FURTHER_PCT} % more, κ ${plain(kappa)}: of the wave itself the shock is not on record`,
  }
}

const larger = (a: number | null, b: number | null): number | null => (b === null ? a : a === null ? b : Math.max(a, b))

const chapters = ({ phases, binS }: WaveAnswer): Html =>
  gridOf(
    [
      { head: 'phase', cell: ({ phase }) => phase },
      { head: 'from (UTC)', cell: ({ fromHour }) => momentOf(fromHour, binS) },
      { head: binS === HOURLY ? 'hours' : 'bins', cell: ({ hours }) => bins(hours, binS), kind: 'num' },
      { head: 'price', cell: ({ fallPct }) => signedPct(-fallPct), kind: 'num' },
      { head: 'liquidatable at −10 %', cell: (one) => orUnknown(one.liquidatableUsd, dollars), kind: 'num' },
      { head: 'absorbed', cell: (one) => dollars(one.liquidatedUsd), kind: 'num' },
      { head: 'calls', cell: ({ calls }) => String(calls), kind: 'num' },
      { head: 'sellable to −5 %', cell: (one) => orUnknown(one.depthUsd, dollars), kind: 'num' },
      { head: 'deficit', cell: (one) => orUnknown(one.deficitUsd, dollars), kind: 'num' },
    ],
    phases,
  )

function caught({ caught: people }: WaveAnswer): Html {
  const title = 'Who was caught'
  if (people.length === 0) return part(title, said('Nobody: no liquidation is on record.'))
  const all = sum(people.map((one) => one.seizedUsd))
  return part(
    title,
    gridOf(
      [
        { head: 'debt of', cell: ({ cohort }) => cohort },
        { head: 'accounts', cell: ({ accounts }) => String(accounts), kind: 'num' },
        { head: 'seized', cell: ({ seizedUsd }) => dollars(seizedUsd), kind: 'num' },
        { head: 'of all seized', cell: ({ seizedUsd }) => (all === 0 ? '–' : share(seizedUsd / all)), kind: 'num' },
        { head: 'their loss', cell: ({ lossUsd }) => dollars(lossUsd), kind: 'num' },
      ],
      people,
    ),
    note(
      'By debt before the call, whatever the collateral. Their loss: what was seized less what it repaid, at the oracle’s prices of the calls.',
    ),
  )
}

const insurance = ({ insurance: { deficitUsd, paidUsd, shortfallUsd } }: WaveAnswer): Html =>
  part(
    'What insurance would have paid',
    deficitUsd === 0
      ? said('Nothing: no deficit was created.')
      : said(
          `Of a deficit of ${dollars(deficitUsd)}: ${measured(paidUsd, dollars)}.${shortfallUsd.value === null ? '' : ` Left over: ${dollars(shortfallUsd.value)}.`}`,
        ),
  )

function stateToday({ group, accounts, collateralUsd, debtUsd, leverage, absorption, coverage }: RiskOverview): Html {
  const ten = absorption.find(({ fallPct }) => fallPct === 10)
  return part(
    'How it stands: no wave is on record',
    cards([
      { name: 'Debt', value: dollars(debtUsd), words: `${accounts} accounts, collateral ${dollars(collateralUsd)}` },
      { name: 'Leverage', value: orUnknown(leverage.aggregate, times), words: 'all collateral over all equity' },
      {
        name: `Liquidatable if ${symbol(group.symbol)} falls 10 %`,
        value: ten === undefined ? '–' : dollars(ten.liquidatableUsd),
        words: 'seizable in the sequence of calls',
      },
      {
        name: 'Absorption at −10 %',
        value: ten === undefined ? '–' : measuredShort(ten.ratio, times),
        words: 'of what the pools can take; above 1: too much',
        ...(ten !== undefined && (ten.ratio.value ?? 0) > 1 ? { kind: 'bad' as const } : {}),
      },
      {
        name: 'Bad debt already',
        value: dollars(coverage.unrealisedUsd),
        words: 'debt above all collateral, not yet realised',
      },
    ]),
  )
}
