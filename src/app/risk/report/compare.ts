import type { AssetFlow, SideBySide } from '../../../core/risk/answers.ts'
import type { CompareAnswer } from '../../../core/risk/move-answers.ts'
import { printable } from '../../backtest/text.ts'
import { AREA, bar, type Fill, figure, keyOf, scaleOf, text, WIDTH } from '../../page/frame.ts'
import { grid } from '../../page/grid.ts'
import { type Html, html, NOTHING } from '../../page/html.ts'
import { SHOWN_FALL_PCT, type Told } from './gather.ts'
import { note, partOf, plots, said } from './part.ts'
import { base, count, dollars, measured, measuredShort, orUnknown, share, symbol, times } from './words.ts'

type Mechanism = CompareAnswer['mechanisms'][number]

/** Row 20. */
export const comparePart = (told: Told<CompareAnswer>): Html =>
  partOf(
    `The same positions under other rules, after a fall of ${SHOWN_FALL_PCT} %`,
    told,
    ({ mechanisms, absent, incomparable }) => [
      mechanisms.length === 0 ? said('No rule set could be compared.') : plots(plot(mechanisms)),
      grid<Mechanism>(
        [
          { head: 'rules', cell: ({ rules }) => printable(rules, 40) },
          { head: 'liquidatable', cell: (m) => count(m.liquidatable), kind: 'num' },
          { head: 'calls', cell: ({ calls }) => count(calls), kind: 'num' },
          { head: 'seized', cell: (m) => base(m.seizedBase), kind: 'num' },
          { head: 'borrowers’ loss', cell: (m) => base(m.borrowersLossBase), kind: 'num' },
          { head: 'liquidators’ profit', cell: (m) => base(m.liquidatorsProfitBase), kind: 'num' },
          { head: 'bad debt', cell: (m) => base(m.badDebtBase), kind: 'num' },
        ],
        mechanisms,
      ),
      incomparable.length === 0
        ? NOTHING
        : note(
            `Not compared, since this market’s state means something else to them (another form of eMode): ${incomparable.map((name) => printable(name, 40)).join(', ')}.`,
          ),
      absent.length === 0
        ? NOTHING
        : note(
            `Known, but not compared, since no rules of them exist here: ${absent.map((name) => printable(name, 40)).join(', ')}.`,
          ),
    ],
  )

const BARS: readonly (readonly [Fill, string, (mechanism: Mechanism) => string])[] = [
  ['dots', 'borrowers’ loss', ({ borrowersLossBase }) => borrowersLossBase],
  ['solid', 'liquidators’ profit', ({ liquidatorsProfitBase }) => liquidatorsProfitBase],
  ['hatch', 'bad debt', ({ badDebtBase }) => badDebtBase],
]
const ROW = 50
const LEFT = 130
const TOP = 32
const THICK = 12

function plot(mechanisms: readonly Mechanism[]): Html {
  const amountOf = (value: string): number => Number(BigInt(value)) / 1e8
  const { high } = scaleOf(
    mechanisms.flatMap((m) => BARS.map(([, , of]) => amountOf(of(m)))),
    false,
  )
  const width = (usd: number): number => Math.max((Math.max(usd, 0) / high) * (WIDTH - 66 - LEFT), 1)
  const rows = mechanisms.map((m, i) => {
    const y = TOP + i * ROW
    const lines = BARS.map(([kind, name, of], k) => {
      const usd = amountOf(of(m))
      const top = y + k * (THICK + 2)
      const drawn = bar({ x: LEFT, y: top, width: width(usd), height: THICK, kind, title: `${name}: ${dollars(usd)}` })
      return html`${drawn}${text(LEFT + width(usd) + 5, top + 10, dollars(usd), 'small')}`
    })
    return html`${text(AREA.left - 44, y + 14, printable(m.rules, 17))}${lines}
`
  })
  const key = keyOf(BARS.map(([kind, words]) => [kind, words]))
  const summary = mechanisms.map((m) => `${printable(m.rules, 40)}: bad debt ${base(m.badDebtBase)}`).join('; ')
  return figure(
    { title: 'Who pays, by rule set', summary, drawing: html`${rows}${key}` },
    TOP + mechanisms.length * ROW,
  )
}

const MOST_ASSETS = 12

const assetsGrid = (assets: readonly AssetFlow[]): Html =>
  grid<AssetFlow>(
    [
      { head: 'moved in 24 h', cell: (a) => symbol(a.symbol) },
      { head: 'net supply', cell: (a) => dollars(a.netSupplyUsd), kind: 'num' },
      { head: 'net borrow', cell: (a) => dollars(a.netBorrowUsd), kind: 'num' },
      { head: 'one direction', cell: (a) => orUnknown(a.rotationShare, share), kind: 'num' },
      {
        head: 'net supply by chain',
        cell: ({ chains }) => chains.map((c) => `${c.chainId}: ${dollars(c.netSupplyUsd)}`).join(', '),
      },
    ],
    assets.slice(0, MOST_ASSETS),
  )

function doubts(markets: SideBySide['markets'], missing: SideBySide['missing']): Html {
  const doubtful = markets.filter(({ quarantined }) => quarantined === true).map(({ market }) => market)
  const named = (names: readonly string[]): string => names.map((name) => printable(name, 40)).join(', ')
  return html`${doubtful.length === 0 ? NOTHING : said(`The mirror differs from its chain, figures may be wrong: ${named(doubtful)}.`)}${missing.length === 0 ? NOTHING : said(`Not measured, since not read yet or of unknown rules: ${named(missing)}.`)}`
}

/** Row 12. */
export const chainsPart = ({ markets, missing, rotationShare, assets }: SideBySide): Html =>
  html`<section><h2 id="chains">Chains and markets side by side</h2>
${grid(
  [
    { head: 'market', cell: ({ market }) => printable(market, 40) },
    { head: 'chain', cell: ({ chainId }) => String(chainId), kind: 'num' },
    { head: 'phase', cell: ({ phase }) => phase ?? 'not known' },
    { head: 'debt', cell: (m) => dollars(m.debtUsd), kind: 'num' },
    { head: 'leverage', cell: (m) => orUnknown(m.leverage, times), kind: 'num' },
    { head: 'ladder −5 %', cell: (m) => dollars(m.ladder5Usd), kind: 'num' },
    { head: 'ladder −10 %', cell: (m) => dollars(m.ladder10Usd), kind: 'num' },
    { head: 'absorption −10 %', cell: (m) => measuredShort(m.absorption10, times), kind: 'num' },
    { head: 'net supply', cell: (m) => measuredShort(m.netSupplyUsd, dollars), kind: 'num' },
    { head: 'net borrow', cell: (m) => measuredShort(m.netBorrowUsd, dollars), kind: 'num' },
    { head: 'stable coins issued', cell: (m) => measuredShort(m.stableIssued24hUsd, dollars), kind: 'num' },
  ],
  markets,
)}
${assets.length === 0 ? NOTHING : assetsGrid(assets)}${doubts(markets, missing)}
${note(`Rotation share ${measured(rotationShare, (value) => String(Math.round(value * 100) / 100))}: |sum of the net flows| over the sum of their sizes; 0 is pure rotation between the markets, 1 all gain or all lose.`)}</section>
`
