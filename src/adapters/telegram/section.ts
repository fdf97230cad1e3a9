/** One market in a digest: what came of our liquidations, then how things stand with the accounts that alerted. */
import type { JournalEntry, JournalKind } from '../../core/ports.ts'
import { blockAndAge, level, levelSign, type Naming, place } from './describe.ts'
import { count, escapeHtml, ether, health, integerOf, shortAddress, table, usd, words } from './text.ts'

/** Thresholds are a handful by configuration, but nothing here relies on it. The same goes for reasons. */
const MOST_LEVELS = 6
const MOST_REASONS = 3

/** `entries` are of one market, by seq; `listed` accounts are named at each level. */
export function section(entries: readonly JournalEntry[], naming: Naming, listed: number): string {
  const [first] = entries
  if (first === undefined) return ''
  const alerts = entries.filter(({ kind }) => kind === 'alert')
  const others = entries.filter(({ kind }) => kind !== 'alert')
  return [
    `<b>${escapeHtml(place(first, naming))}</b>`,
    escapeHtml(blocks(entries, naming)),
    ...outcomes(others),
    ...levels(alerts, listed),
  ].join('\n')
}

/** From the lowest to the highest: after a reorg the order of the journal is another. */
function blocks(entries: readonly JournalEntry[], naming: Naming): string {
  const sorted = entries.toSorted((a, b) => compare(blockOf(a), blockOf(b)))
  const [lowest, highest] = [sorted[0]!, sorted.at(-1)!]
  return lowest.block === highest.block
    ? `block ${blockAndAge(highest, naming)}`
    : `blocks ${count(lowest.block)}–${blockAndAge(highest, naming)}`
}

/** Each transaction counts once, as what it came to last: sent and confirmed in one digest is confirmed. */
function outcomes(entries: readonly JournalEntry[]): string[] {
  const byKind = Map.groupBy(newest(entries, 'hash'), ({ kind }) => kind)
  const line = (kind: JournalKind, text: (of: readonly JournalEntry[]) => string): string[] => {
    const of = byKind.get(kind)
    return of === undefined ? [] : [escapeHtml(text(of))]
  }
  return [
    ...line('confirmed', (of) => `✅ ${of.length} liquidated, profit ${usd(sum(of, 'profitUsd8'))}`),
    ...line('sent', (of) => `📤 ${of.length} sent, expected ${usd(sum(of, 'netUsd8'))}`),
    ...line('lost', (of) => `❌ ${of.length} lost (${reasons(of)})${cost(sum(of, 'feeWei'))}`),
    ...line('reorged', (of) => `↩️ ${of.length} reorged out`),
  ]
}

const cost = (feeWei: bigint): string => (feeWei > 0n ? `, cost ${ether(feeWei)}` : '')
const reasons = (entries: readonly JournalEntry[]): string =>
  [...Map.groupBy(entries, ({ data }) => words(data['reason'], 24))]
    .slice(0, MOST_REASONS)
    .map(([reason, of]) => `${of.length} ${reason}`)
    .join(', ')

/** Each account counts once, where it stands now; the lowest threshold first. */
function levels(alerts: readonly JournalEntry[], listed: number): string[] {
  const found = [...Map.groupBy(newest(alerts, 'address'), ({ data }) => level(data)).values()]
    .toSorted((a, b) => rank(a[0]!) - rank(b[0]!))
    .map((accounts) => oneLevel(accounts, listed))
  const more = found.length - MOST_LEVELS
  return more > 0 ? [...found.slice(0, MOST_LEVELS), `… and ${more} more levels`] : found
}

function oneLevel(accounts: readonly JournalEntry[], listed: number): string {
  const lowest = accounts.toSorted((a, b) => compare(healthOf(a), healthOf(b)))[0]!
  const title = escapeHtml(`${levelSign(lowest.data)} ${accounts.length} ${level(lowest.data)}`)
  if (listed === 0 || lowest.data['type'] === 'recovered') return title
  const largest = accounts.toSorted((a, b) => compare(debtOf(b), debtOf(a))).slice(0, listed)
  const rows = largest.map(({ data }): [string, string] => [
    shortAddress(data['address']),
    `${health(data['healthFactor'])}  ${usd(data['debtBase'])}`,
  ])
  return `${title}${accounts.length > listed ? ', largest debts:' : ''}\n${table(rows)}`
}

/** The last entry of each transaction or account. */
function newest(entries: readonly JournalEntry[], name: 'hash' | 'address'): JournalEntry[] {
  const found = new Map<unknown, JournalEntry>()
  for (const entry of entries) found.set(typeof entry.data[name] === 'string' ? entry.data[name] : entry.seq, entry)
  return [...found.values()]
}

const rank = ({ data }: JournalEntry): number =>
  data['type'] === 'recovered' ? Number.MAX_VALUE : Number.parseFloat(words(data['threshold'], 24)) || 0
const healthOf = ({ data }: JournalEntry): bigint => integerOf(data['healthFactor']) ?? 10n ** 18n
const debtOf = ({ data }: JournalEntry): bigint => integerOf(data['debtBase']) ?? 0n
const blockOf = ({ block }: JournalEntry): bigint => integerOf(block) ?? 0n
const sum = (entries: readonly JournalEntry[], name: string): bigint =>
  entries.reduce((total, { data }) => total + (integerOf(data[name]) ?? 0n), 0n)
const compare = (a: bigint, b: bigint): number => (a === b ? 0 : a < b ? -1 : 1)
