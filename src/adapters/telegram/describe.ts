/** One journal entry as a message, in Telegram's HTML; undefined for what is not worth a message. */
import type { JournalEntry } from '../../core/ports.ts'
import {
  count,
  escapeHtml,
  ether,
  health,
  integerOf,
  LONGEST_SYMBOL,
  percent,
  price,
  shortAddress,
  table,
  tokens,
  usd,
  words,
} from './text.ts'

export interface Token {
  readonly symbol: string
  readonly decimals: number
}

/** What an entry does not say itself. */
export interface Naming {
  chain(chainId: number): string
  token(market: string, asset: string): Token | undefined
  /** Number of the last block seen. */
  head(chainId: number): bigint | undefined
}

/** Whether an entry is worth a message; cheap, for a backlog of thousands. */
export const isTold = ({ kind }: JournalEntry): boolean => TOLD.has(kind)
const TOLD: ReadonlySet<string> = new Set(['alert', 'sent', 'confirmed', 'lost', 'reorged', 'breaker'])

export function describe(entry: JournalEntry, naming: Naming): string | undefined {
  const { kind, data } = entry
  const message = (title: string, rows: readonly Row[], below = ''): string =>
    [
      `<b>${escapeHtml(title)}</b>`,
      escapeHtml(place(entry, naming)),
      table([...rows, ['block', blockAndAge(entry, naming)]]),
      below,
    ]
      .filter(Boolean)
      .join('\n')
  switch (kind) {
    case 'alert':
      return message(alertTitle(data), alertRows(entry, naming), code(data['address']))
    case 'sent':
      return message('📤 Liquidation sent', sentRows(entry, naming), code(data['hash']))
    case 'confirmed':
      return message('✅ Liquidated', confirmedRows(entry, naming), code(data['hash']))
    case 'lost':
      return message('❌ Liquidation lost', lostRows(data), code(data['hash']))
    case 'reorged':
      return message('↩️ Our transaction was reorged out', borrower(data), code(data['hash']))
    case 'breaker':
      return message(...breaker(data), escapeHtml(words(data['detail'], 500)))
    // What an audit finds is told as a breaker, once, however often it is found again.
    case 'audit':
    case 'rollback':
    case 'refusal':
    case 'plan':
    case 'replaced':
    case 'control':
    case 'summary':
      return undefined
    default:
      // A store written by a newer version may hold kinds that are not known here: no reason to fail.
      kind satisfies never
      return undefined
  }
}

type Data = JournalEntry['data']
type Row = readonly [string, string]

/** `aave-v3-ethereum on ethereum`. */
export const place = ({ market, chainId }: JournalEntry, naming: Naming): string =>
  [market, naming.chain(chainId)]
    .filter(Boolean)
    .map((name) => words(name))
    .join(' on ')

/** A message may come late: it says how late. */
export function blockAndAge(entry: JournalEntry, naming: Naming): string {
  const block = integerOf(entry.block)
  const head = naming.head(entry.chainId)
  const behind = block === undefined || head === undefined ? 0n : head - block
  return count(entry.block) + (behind > 0n ? ` (${behind} ago)` : '')
}

/** In full, so that a tap copies it. */
const code = (value: unknown): string => `<code>${escapeHtml(words(value))}</code>`
const borrower = (data: Data): readonly Row[] => [['borrower', shortAddress(data['borrower'])]]

const sentRows = (entry: JournalEntry, naming: Naming): readonly Row[] => [
  ...borrower(entry.data),
  ...amount('repays', entry, ['debtCovered', 'debtAsset'], naming),
  ...amount('seizes', entry, ['collateralSeized', 'collateralAsset'], naming),
  ['expected', usd(entry.data['netUsd8'])],
]
const confirmedRows = (entry: JournalEntry, naming: Naming): readonly Row[] => [
  ...borrower(entry.data),
  ['profit', usd(entry.data['profitUsd8'])],
  ...amount('kept', entry, ['profit', 'debtAsset'], naming),
  ['fee', ether(entry.data['feeWei'])],
]

/** No row for an asset that nobody can name: its digits alone say nothing. */
function amount(label: string, { market, data }: JournalEntry, [value, asset]: Row, naming: Naming): readonly Row[] {
  const address = data[asset]
  const token = typeof address === 'string' ? naming.token(market, address) : undefined
  return token?.symbol ? [[label, tokens(data[value], token)]] : []
}

const LOST: ReadonlyMap<unknown, string> = new Map([
  ['reverted', 'reverted on chain'],
  ['expired', 'expired unseen'],
])
const lostRows = (data: Data): readonly Row[] => [
  ...borrower(data),
  ['reason', LOST.get(data['reason']) ?? words(data['reason'])],
  ...rowIf('cost', (integerOf(data['feeWei']) ?? 0n) > 0n && ether(data['feeWei'])),
  ...rowIf('winner', typeof data['winner'] === 'string' && shortAddress(data['winner'])),
]
const rowIf = (label: string, value: string | false): readonly Row[] => (value === false ? [] : [[label, value]])

const BREAKERS: ReadonlyMap<unknown, string> = new Map([
  ['stale-head', '⏳ No new blocks'],
  ['head-is-back', '✅ Blocks arrive again'],
  ['market-quarantined', '🚧 Market not trusted: nothing is sent'],
  ['market-still-differs', '🚧 Still not trusted after a new reading'],
  ['market-trusted', '✅ Market trusted again'],
  ['unknown-revision', '🛑 Pool of unknown rules'],
  ['known-revision', '✅ Pool’s rules known again'],
  ['below-finality', '🛑 Reorg below what was final'],
])
function breaker({ reason }: Data): [title: string, rows: readonly Row[]] {
  const title = BREAKERS.get(reason)
  return title === undefined ? ['🛑 Sending stopped', [['reason', words(reason)]]] : [title, []]
}

/** `below 1.05`, or `recovered`. */
export const level = (data: Data): string =>
  data['type'] === 'recovered' ? 'recovered' : `below ${words(data['threshold'], 24)}`
export function levelSign(data: Data): string {
  if (data['type'] === 'recovered') return '🟢'
  return (integerOf(data['healthFactor']) ?? 10n ** 18n) < 10n ** 18n ? '🔴' : '🟠'
}

function alertTitle(data: Data): string {
  const told = data['type'] === 'recovered' ? `back above ${words(data['threshold'], 24)}` : level(data)
  return `${levelSign(data)} ${shortAddress(data['address'])} ${told}`
}

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
  const symbol = typeof value.asset === 'string' ? naming.token(market, value.asset)?.symbol : undefined
  return `${price(value.price)} ${symbol ? words(symbol, LONGEST_SYMBOL) : shortAddress(value.asset)}`
}
