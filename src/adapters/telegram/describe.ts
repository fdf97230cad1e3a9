/** One journal entry as a message, in Telegram's HTML; undefined for what is not worth a message. */
import type { JournalEntry } from '../../core/ports.ts'
import { count, escapeHtml, health, integerOf, percent, price, shortAddress, table, usd, words } from './text.ts'

/** What an entry does not say itself. */
export interface Naming {
  chain(chainId: number): string
  symbol(market: string, asset: string): string | undefined
  /** Number of the last block seen. */
  head(chainId: number): bigint | undefined
}

export function describe(entry: JournalEntry, naming: Naming): string | undefined {
  const { kind, data } = entry
  const block: Row = ['block', blockAndAge(entry, naming)]
  const message = (title: string, rows: readonly Row[], below = ''): string =>
    [`<b>${escapeHtml(title)}</b>`, escapeHtml(place(entry, naming)), table([...rows, block]), below]
      .filter(Boolean)
      .join('\n')
  switch (kind) {
    case 'alert':
      return message(alertTitle(data), alertRows(entry, naming), code(data['address']))
    case 'sent':
      return message('📤 Liquidation sent', [...borrower(data), ['expected', usd(data['netUsd8'])]], code(data['hash']))
    case 'confirmed':
      return message(
        '✅ Liquidated',
        [...borrower(data), ['profit', usd(data['profitUsd8'])], ['gas', count(data['gasUsed'])]],
        code(data['hash']),
      )
    case 'lost':
      return message('❌ Liquidation lost', [...borrower(data), ...lostRows(data)], code(data['hash']))
    case 'reorged':
      return message('↩️ Our transaction was reorged out', borrower(data), code(data['hash']))
    case 'breaker':
      return message('🛑 Sending stopped', [['reason', words(data['reason'])]], escapeHtml(words(data['detail'], 500)))
    case 'audit':
      return mismatched(data) ? message('⚠️ Mirror and chain differ', auditRows(data)) : undefined
    case 'rollback':
    case 'refusal':
    case 'plan':
    case 'replaced':
      return undefined
    default:
      // A store written by a newer version may hold kinds that are not known here: no reason to fail.
      kind satisfies never
      return undefined
  }
}

type Data = JournalEntry['data']
type Row = readonly [string, string]

const place = ({ market, chainId }: JournalEntry, naming: Naming): string =>
  [market, naming.chain(chainId)]
    .filter(Boolean)
    .map((name) => words(name))
    .join(' on ')

/** A message may come late: it says how late. */
function blockAndAge(entry: JournalEntry, naming: Naming): string {
  const block = integerOf(entry.block)
  const head = naming.head(entry.chainId)
  const behind = block === undefined || head === undefined ? 0n : head - block
  return count(entry.block) + (behind > 0n ? ` (${behind} ago)` : '')
}

/** In full, so that a tap copies it. */
const code = (value: unknown): string => `<code>${escapeHtml(words(value))}</code>`
const borrower = (data: Data): readonly Row[] => [['borrower', shortAddress(data['borrower'])]]
const lostRows = (data: Data): readonly Row[] => [
  ['reason', words(data['reason'])],
  ['winner', data['winner'] === null ? 'nobody' : shortAddress(data['winner'])],
]

const mismatched = (data: Data): boolean => (integerOf(data['mismatched']) ?? 0n) > 0n
const auditRows = (data: Data): readonly Row[] => [
  ['differ', count(data['mismatched'])],
  ['checked', count(data['checked'])],
]

function alertTitle(data: Data): string {
  const who = shortAddress(data['address'])
  const threshold = words(data['threshold'], 24)
  if (data['type'] === 'recovered') return `🟢 ${who} back above ${threshold}`
  return `${below1(data['healthFactor']) ? '🔴' : '🟠'} ${who} below ${threshold}`
}
const below1 = (healthFactor: unknown): boolean => (integerOf(healthFactor) ?? 10n ** 18n) < 10n ** 18n

function alertRows(entry: JournalEntry, naming: Naming): readonly Row[] {
  const { data, market } = entry
  return [
    ['health', health(data['healthFactor'])],
    ['debt', usd(data['debtBase'])],
    ['collateral', usd(data['collateralBase'])],
    ['liq. price', liquidationPrice(data['liquidationPrice'], market, naming)],
    ['distance', data['distancePct'] === null ? 'no fall does it' : percent(data['distancePct'])],
  ]
}

function liquidationPrice(value: unknown, market: string, naming: Naming): string {
  if (value === null) return 'none'
  if (typeof value !== 'object' || !('asset' in value) || !('price' in value)) return '?'
  const symbol = typeof value.asset === 'string' ? naming.symbol(market, value.asset) : undefined
  return `${price(value.price)} ${symbol === undefined ? shortAddress(value.asset) : words(symbol, 16)}`
}
