/** The ways out of a position, for its owner. */
import type { Advice, RescueOption } from '../../answers.ts'
import type { JournalEntry } from '../../journal.ts'
import type { Passage } from '../message.ts'
import type { Messages } from './messages-en.ts'
import { type Reader, sayingsOf } from './reader.ts'
import { count, decimal, type exactTokens, integerOf, symbolOf, tokens, tokensUp, usd, usdUp } from './values.ts'

/** Events after which somebody may want to act. */
const CALLS_FOR_RESCUE: ReadonlySet<unknown> = new Set([
  'threshold',
  'liquidatable',
  'liquidated',
  'topped-up',
  'fall',
  'time',
  'large',
])
const MOST_WAYS = 3

/** How far the numbers can be trusted, and what a liquidation would cost. */
export function adviceLines({ data }: JournalEntry, { advice }: Reader, say: Messages): readonly string[] {
  if (advice === undefined) return []
  const isCalled = CALLS_FOR_RESCUE.has(data['type'])
  if (advice === 'failed') return isCalled ? [say.lines.adviceFailed] : []
  return [...trustLines(advice, say), ...(isCalled ? costLines(advice, say) : [])]
}

/** Whether the numbers may be wrong. */
export function trustLines({ quarantined, row }: Advice, { lines }: Messages): readonly string[] {
  if (row.source === 'chain') return row.asOfBlock === undefined ? [] : [lines.fromChain(count(row.asOfBlock))]
  return quarantined === true ? [lines.quarantined] : []
}

export const costLines = ({ liquidation }: Advice, { lines }: Messages): readonly string[] =>
  liquidation === null
    ? []
    : [
        lines.liquidationCost(
          usdUp(liquidation.costBase),
          usdUp(liquidation.seizedBase),
          symbolOf(liquidation),
          usd(liquidation.debtBase),
        ),
      ]

/** Below an owner's alert. */
export function waysOut({ data }: JournalEntry, reader: Reader): readonly Passage[] {
  const { advice } = reader
  if (typeof advice !== 'object' || !CALLS_FOR_RESCUE.has(data['type'])) return []
  const say = sayingsOf(reader)
  const { lines, titles } = say
  const target = decimal(advice.targetHealth)
  const ways = passableFirst(advice.options)
  const more = ways.length - MOST_WAYS
  const told = [
    ...ways.slice(0, MOST_WAYS).map((option, n) => `${n + 1}. ${wayText(option, say)}`),
    ...(more > 0 ? [lines.moreWays(more)] : []),
    ...(ways.some(({ calls }) => calls.length > 0) ? [lines.signUnderDetails] : []),
  ]
  const empty = { place: '', rows: [], code: [] }
  return ways.length === 0
    ? [{ ...empty, title: '', lines: [lines.noWayOut(target)] }]
    : [{ ...empty, title: `🛟 ${titles.waysOut(target)}`, lines: told }]
}

/** What can be done now before what something stands in the way of; the cheapest first in both. */
export const passableFirst = (options: readonly RescueOption[]): readonly RescueOption[] => [
  ...options.filter(({ obstacle }) => obstacle === null),
  ...options.filter(({ obstacle }) => obstacle !== null),
]

function wayText(option: RescueOption, say: Messages): string {
  const { lines } = say
  const way = wayTitle(option, say, tokensUp)
  const cost = (integerOf(option.costBase) ?? 0n) > 0n ? lines.wayCosts(way, usdUp(option.costBase)) : way
  return option.obstacle === null ? cost : lines.wayBlocked(cost, obstacleText(option, say))
}

/** `Repay 1,234.57 USDC ($1,234.57)`. */
export function wayTitle(option: RescueOption, { lines }: Messages, amountText: typeof exactTokens): string {
  const amount = amountText(option.amount, option)
  const value = usdUp(option.valueBase)
  switch (option.kind) {
    case 'repay':
      return lines.repay(amount, value)
    case 'add':
      return lines.add(amount, value)
    case 'sell':
      if (option.repays?.asset === option.asset) return lines.repayFromCollateral(amount, value)
      return lines.sell(amount, option.repays === null ? '?' : amountText(option.repays.amount, option.repays))
    default:
      return option.kind satisfies never
  }
}

export function obstacleText({ obstacle, inWallet, amount, symbol, decimals }: RescueOption, say: Messages): string {
  const [needed, held] = [integerOf(amount), integerOf(inWallet)]
  if (obstacle === 'wallet-short' && needed !== undefined && held !== undefined && held < needed)
    return say.walletHas(tokens(held, { symbol, decimals }), tokensUp(needed - held, { symbol, decimals }))
  return obstacle === null ? '' : say.obstacles[obstacle]
}
