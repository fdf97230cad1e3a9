import type { AssetFlow, SideBySide } from '../../../core/risk/answers.ts'
import { DISTRUSTED } from '../positions.ts'
import { type Look, styled, tableOf, wrap } from './look.ts'
import { phaseName } from './phase.ts'
import { parts, type Screen, sheetOf } from './screen.ts'
import { lackingTable } from './sources.ts'
import { answer, measured, money, share, symbol, times } from './words.ts'

/** `plimsoll risk chains`: every market by the same measures, and whether capital moves between them or leaves. */
export const chainsScreen: Screen<'chains'> = {
  text: (told, look) =>
    parts(
      [answer(sentence(told), look), ...warnings(told, look)].join('\n'),
      tableOf(
        told.markets,
        [
          { head: 'market', cell: ({ market }) => market, left: true },
          { head: 'debt', cell: ({ debtUsd }) => money(debtUsd) },
          { head: 'leverage', cell: ({ leverage }) => times(leverage) },
          { head: 'at −5 %', cell: ({ ladder5Usd }) => money(ladder5Usd), from: 100 },
          { head: 'at −10 %', cell: ({ ladder10Usd }) => money(ladder10Usd) },
          {
            head: 'ratio',
            cell: ({ absorption10 }) => {
              const text = measured(absorption10, times)
              return (absorption10.value ?? 0) > 1 ? styled('red', text, look) : text
            },
          },
          { head: 'phase', cell: ({ phase }) => phaseName(phase), left: true },
          { head: 'net supply', cell: ({ netSupplyUsd }) => measured(netSupplyUsd, money), from: 100 },
          { head: 'net borrow', cell: ({ netBorrowUsd }) => measured(netBorrowUsd, money), from: 100 },
          { head: 'stables issued', cell: (one) => measured(one.stableIssued24hUsd, money), from: 120 },
        ],
        look,
      ),
      assetsTable(told, look),
      lackingTable(told, look),
    ),
  sheet: ({ markets }) =>
    sheetOf(markets, [
      ['market', ({ market }) => market],
      ['block', ({ block }) => block.number],
      ['timestamp', ({ block }) => block.timestamp],
      ['chain_id', ({ chainId }) => chainId],
      ['debt_usd', ({ debtUsd }) => debtUsd],
      ['leverage', ({ leverage }) => leverage],
      ['ladder_5_usd', ({ ladder5Usd }) => ladder5Usd],
      ['ladder_10_usd', ({ ladder10Usd }) => ladder10Usd],
      ['absorption_10', ({ absorption10 }) => absorption10.value],
      ['phase', ({ phase }) => phase],
      ['net_supply_usd', ({ netSupplyUsd }) => netSupplyUsd.value],
      ['net_borrow_usd', ({ netBorrowUsd }) => netBorrowUsd.value],
      ['stable_issued_24h_usd', ({ stableIssued24hUsd }) => stableIssued24hUsd.value],
    ]),
}

function warnings({ markets, missing }: SideBySide, look: Look): readonly string[] {
  const doubtful = markets.filter(({ quarantined }) => quarantined === true).map(({ market }) => market)
  return [
    ...(doubtful.length === 0
      ? []
      : [styled('red', wrap(`Of ${doubtful.join(', ')}: ${DISTRUSTED}`, look.width), look)]),
    ...(missing.length === 0
      ? []
      : [wrap(`Not measured now, since not read yet or of unknown rules: ${missing.join(', ')}.`, look.width)]),
  ]
}

const MOST_ASSETS = 8

/** What moved most in a day, and where. */
function assetsTable({ assets }: SideBySide, look: Look): string {
  if (assets.length === 0) return ''
  const where = ({ chains }: AssetFlow): string =>
    chains.map(({ chainId, netSupplyUsd }) => `${chainId} ${money(netSupplyUsd)}`).join(', ')
  return tableOf(
    assets.slice(0, MOST_ASSETS),
    [
      { head: 'moved in 24 h', cell: (row) => symbol(row.symbol), left: true },
      { head: 'net supply', cell: ({ netSupplyUsd }) => money(netSupplyUsd) },
      { head: 'net borrow', cell: ({ netBorrowUsd }) => money(netBorrowUsd) },
      { head: 'one direction', cell: (row) => share(row.rotationShare) },
      { head: 'supply by chain', cell: (row) => wrap(where(row), look.width - 60), left: true, from: 80 },
    ],
    look,
  )
}

function sentence({ markets, missing, rotationShare }: SideBySide): string {
  const [largest] = markets.toSorted((a, b) => b.ladder10Usd - a.ladder10Usd)
  if (largest === undefined) return missing.length > 0 ? 'No market can be measured now.' : 'No market is followed.'
  const most =
    largest.ladder10Usd === 0
      ? 'No market has anything liquidatable at −10 %'
      : `Most at −10 %: ${largest.market} with ${money(largest.ladder10Usd)}`
  const { value } = rotationShare
  // |Σ net| / Σ |net|: 1 where all flows have one direction.
  if (value === null) return `${most}.`
  const flows =
    value > 0.5 ? 'most flows leave or enter all markets together' : 'most of what leaves one market enters another'
  return `${most}; ${flows} (${share(value)} of flows have one direction).`
}
