/** One market in a digest: how things stand with the accounts that alerted, what came of our liquidations, and why of none. */
import type { JournalEntry, JournalKind } from '../../journal.ts'
import type { Passage } from '../message.ts'
import { waveTitle, whoOf } from './alert.ts'
import { type Level, levelOf, subjectOf } from './level.ts'
import { lostReason, REFUSED_SIGN, refusalWords, STEP_SIGNS } from './liquidation.ts'
import type { Messages } from './messages-en.ts'
import { blockAndAge, placeOf, type Reader, type Row, sayingsOf } from './reader.ts'
import { riskTitle } from './risk.ts'
import { count, ether, health, integerOf, usd, usdUp } from './values.ts'

/** Thresholds are a handful by configuration, but nothing here relies on it. The same goes for reasons. */
const MOST_LEVELS = 8
const MOST_REASONS = 4
const NAME_COLUMNS = 14

/** `entries` are of one market, by seq; `listed` accounts are named at each level. */
export function section(entries: readonly JournalEntry[], reader: Reader, listed: number): Passage {
  const first = entries[0]!
  const byKind = Map.groupBy(entries, ({ kind }) => kind)
  const alerts = byKind.get('alert') ?? []
  const waves = alerts.filter(({ data }) => data['type'] === 'wave')
  return {
    title: placeOf(first, reader),
    place: blocks(entries, reader),
    rows: levels(
      alerts.filter(({ data }) => data['type'] !== 'wave'),
      reader,
      listed,
    ),
    lines: [
      ...waves.slice(-1).map(({ data }) => waveTitle(data, reader)),
      ...risks(byKind.get('risk') ?? [], reader),
      ...steps(entries, reader),
      ...refusals(byKind.get('refusal') ?? [], sayingsOf(reader)),
    ],
    code: [],
  }
}

const MOST_RISKS = 8

/** Each warning counts once, as what became of it last. */
function risks(entries: readonly JournalEntry[], reader: Reader): readonly string[] {
  const last = newest(entries, ({ data: { type, group, address } }) =>
    [type, group, address].map((part) => (typeof part === 'string' ? part : '')).join(' '),
  )
  const more = last.length - MOST_RISKS
  return [
    ...(more > 0 ? [sayingsOf(reader).digest.moreBefore(more)] : []),
    ...last.slice(-MOST_RISKS).map(({ data }) => riskTitle(data, reader)),
  ]
}

/** From the lowest to the highest: after a reorg the order of the journal is another. */
function blocks(entries: readonly JournalEntry[], reader: Reader): string {
  const { digest } = sayingsOf(reader)
  const sorted = entries.toSorted((a, b) => compare(blockOf(a), blockOf(b)))
  const [lowest, highest] = [sorted[0]!, sorted.at(-1)!]
  if (blockOf(highest) === 0n) return ''
  return lowest.block === highest.block
    ? digest.block(blockAndAge(highest, reader))
    : digest.blocks(count(lowest.block), blockAndAge(highest, reader))
}

/** Each transaction counts once, as what it came to last: sent and confirmed in one digest is confirmed. */
function steps(entries: readonly JournalEntry[], reader: Reader): readonly string[] {
  const say = sayingsOf(reader)
  const ours = entries.filter(({ kind }) => kind in STEP_SIGNS)
  const byKind = Map.groupBy(
    newest(ours, ({ data, seq }) => textOr(data['hash'], `entry ${seq}`)),
    ({ kind }) => kind,
  )
  const line = (
    kind: JournalKind & keyof typeof STEP_SIGNS,
    text: (of: readonly JournalEntry[]) => string,
  ): string[] => {
    const of = byKind.get(kind)
    return of === undefined ? [] : [`${STEP_SIGNS[kind]} ${text(of)}`]
  }
  return [
    ...line('confirmed', (of) => say.digest.confirmed(of.length, usd(sum(of, 'profitUsd8')))),
    ...line('sent', (of) => say.digest.sent(of.length, usd(sum(of, 'netUsd8')))),
    ...line('plan', (of) => say.digest.planned(of.length, usd(sum(of, 'netUsd8')))),
    ...line('lost', (of) => lostText(of, say)),
    ...line('reorged', (of) => say.digest.reorged(of.length)),
  ]
}

function lostText(of: readonly JournalEntry[], say: Messages): string {
  const reasons = byReason(of, (reason) => lostReason(reason, say)).map(([reason, n]) => `${n} × ${reason}`)
  const text = say.digest.lost(of.length, reasons.slice(0, MOST_REASONS).join(', '))
  const feeWei = sum(of, 'feeWei')
  return feeWei > 0n ? say.digest.lostCost(text, ether(feeWei)) : text
}

/** Each borrower counts once, for what stood in the way last. */
function refusals(entries: readonly JournalEntry[], say: Messages): readonly string[] {
  const of = newest(entries, ({ data, seq }) => textOr(data['borrower'], `entry ${seq}`))
  if (of.length === 0) return []
  const reasons = byReason(of, (reason) => refusalWords(reason, say))
  const rest = reasons.slice(MOST_REASONS).reduce((total, [, n]) => total + n, 0)
  return [
    `${REFUSED_SIGN} ${say.digest.refused(of.length)}`,
    ...reasons.slice(0, MOST_REASONS).map(([reason, n]) => `• ${say.digest.ofReason(n, reason)}`),
    ...(rest > 0 ? [say.digest.more(rest)] : []),
  ]
}

/** The most frequent first. */
const byReason = (of: readonly JournalEntry[], text: (reason: unknown) => string): (readonly [string, number])[] =>
  [...Map.groupBy(of, ({ data }) => text(data['reason']))]
    .map(([reason, found]) => [reason, found.length] as const)
    .toSorted(([, a], [, b]) => b - a)

/** Each account counts once, where it stands now; the most pressing level first. */
function levels(alerts: readonly JournalEntry[], reader: Reader, listed: number): readonly Row[] {
  const say = sayingsOf(reader)
  const found = [...Map.groupBy(newest(alerts, subjectOf), ({ data }) => levelOf(data, say).key).values()]
    .map((accounts) => ({ accounts, level: pressing(accounts, say) }))
    .toSorted((a, b) => a.level.rank - b.level.rank)
  const more = found.length - MOST_LEVELS
  return [
    ...found.slice(0, MOST_LEVELS).flatMap(({ accounts, level }) => oneLevel(accounts, level, reader, listed)),
    ...(more > 0 ? [[say.digest.moreLevels(more), ''] as const] : []),
  ]
}

/** All have one level; its sign is that of the account with the lowest health. */
const pressing = (accounts: readonly JournalEntry[], say: Messages): Level =>
  levelOf(accounts.toSorted((a, b) => compare(healthOf(a), healthOf(b)))[0]!.data, say)

function oneLevel(accounts: readonly JournalEntry[], level: Level, reader: Reader, listed: number): readonly Row[] {
  const { values, digest } = sayingsOf(reader)
  const title = `${level.sign} ${level.text(accounts.length)}`
  // Names are what owners know their positions by: few of them are told even when all is well.
  const shown = level.named || reader.role === 'owner' ? listed : 0
  if (shown === 0) return [[title, '']]
  const largest = accounts.toSorted((a, b) => compare(debtOf(b), debtOf(a))).slice(0, shown)
  return [
    [accounts.length > shown ? digest.largest(title) : title, ''],
    ...largest.map(
      ({ data }): Row => [
        whoOf(data, NAME_COLUMNS),
        `${health(data['healthFactor'], values)}  ${usdUp(data['debtBase'])}`,
      ],
    ),
  ]
}

/** The last entry of each subject. */
const newest = (
  entries: readonly JournalEntry[],
  subject: (entry: JournalEntry) => string,
): readonly JournalEntry[] => [...new Map(entries.map((entry) => [subject(entry), entry])).values()]

const textOr = (value: unknown, other: string): string => (typeof value === 'string' ? value : other)
const healthOf = ({ data }: JournalEntry): bigint => integerOf(data['healthFactor']) ?? 10n ** 18n
const debtOf = ({ data }: JournalEntry): bigint => integerOf(data['debtBase']) ?? 0n
const blockOf = ({ block }: JournalEntry): bigint => integerOf(block) ?? 0n
const sum = (entries: readonly JournalEntry[], name: string): bigint =>
  entries.reduce((total, { data }) => total + (integerOf(data[name]) ?? 0n), 0n)
const compare = (a: bigint, b: bigint): number => (a === b ? 0 : a < b ? -1 : 1)
