/** What the program says of itself: troubles, what people told it to do, a day in figures. */
import type { JournalEntry } from '../../journal.ts'
import type { Passage } from '../message.ts'
import { REFUSED_SIGN, refusalWords } from './liquidation.ts'
import type { Messages } from './messages-en.ts'
import { blockRow, codeOf, type Data, detailLine, placeOf, type Reader, type Row, sayingsOf } from './reader.ts'
import { count, ether, integerOf, usd, words } from './values.ts'

const TROUBLE_SIGNS: Readonly<Record<Exclude<keyof Messages['troubles'], 'other'>, string>> = {
  'stale-head': '⏳',
  'head-is-back': '✅',
  'market-quarantined': '🚧',
  'market-still-differs': '🚧',
  'market-trusted': '✅',
  'unknown-revision': '🛑',
  'known-revision': '✅',
  'pools-differ': '🌊',
  'pools-trusted': '✅',
  'pool-unreadable': '🌊',
  'below-finality': '🛑',
  'channel-failed': '📵',
  'channel-is-back': '✅',
  'low-balance': '⛽',
  'balance-is-back': '✅',
}
type Known = keyof typeof TROUBLE_SIGNS
const isKnown = (reason: unknown): reason is Known => typeof reason === 'string' && Object.hasOwn(TROUBLE_SIGNS, reason)

export function troublePassage(entry: JournalEntry, reader: Reader): Passage {
  const { troubles, meanings, labels } = sayingsOf(reader)
  const { reason, detail, channel, address } = entry.data
  const known = isKnown(reason)
  return {
    title: known ? `${TROUBLE_SIGNS[reason]} ${troubles[reason]}` : `🛑 ${troubles.other}`,
    place: placeOf(entry, reader),
    rows: [
      ...(known ? [] : [[labels.reason, words(reason, 40)] as const]),
      ...(typeof channel === 'string' ? [[labels.channel, words(channel, 26)] as const] : []),
      ...blockRow(entry, reader),
    ],
    lines: [...(known ? [meanings[reason]] : []), ...detailLine(detail, reader)],
    code: codeOf(address),
  }
}

const CONTROL_SIGNS: Readonly<Record<Exclude<keyof Messages['control'], 'other'>, string>> = {
  pause: '⏸',
  resume: '▶️',
  mode: '⚙️',
  reload: '🔄',
  mute: '🔕',
  unmute: '🔔',
  watch: '👁',
  unwatch: '👁',
  threshold: '📏',
}
const isSaid = (said: unknown): said is keyof typeof CONTROL_SIGNS =>
  typeof said === 'string' && Object.hasOwn(CONTROL_SIGNS, said)

export function controlTitle({ said }: Data, reader: Reader): string {
  const { control } = sayingsOf(reader)
  return isSaid(said) ? `${CONTROL_SIGNS[said]} ${control[said]}` : `🎛 ${control.other}`
}

export const speakerOf = ({ by, via }: Data, reader: Reader): string =>
  sayingsOf(reader).values.by(words(by, 20), words(via, 10))

export function controlPassage(entry: JournalEntry, reader: Reader): Passage {
  const { labels } = sayingsOf(reader)
  const { data } = entry
  return {
    title: controlTitle(data, reader),
    place: placeOf(entry, reader),
    rows: [
      ...(isSaid(data['said']) ? [] : [[labels.reason, words(data['said'], 24)] as const]),
      [labels.who, speakerOf(data, reader)],
      ...(typeof data['chat'] === 'string' ? [[labels.chat, words(data['chat'], 26)] as const] : []),
      ...blockRow(entry, reader),
    ],
    lines: detailLine(data['detail'], reader),
    code: [],
  }
}

export const SUMMARY_SIGN = '📊'
export const dayOf = ({ day }: Data): string => words(day, 10)

/** `isPart`: of several markets of one day, whose heading names the day. */
export function summaryPassage(entry: JournalEntry, reader: Reader, isPart = false): Passage {
  const say = sayingsOf(reader)
  const { data } = entry
  const refused = refusedOf(data)
  const place = placeOf(entry, reader)
  return {
    title: isPart ? place : `${SUMMARY_SIGN} ${say.titles.summary(dayOf(data))}`,
    place: isPart ? '' : place,
    rows: [
      [say.labels.liquidations, count(data['liquidations'])],
      [say.labels.profit, usd(data['profitUsd8'])],
      [say.labels.fee, ether(data['feeWei'])],
      [say.labels.lost, count(data['lost'])],
      [say.labels.refused, String(refused.reduce((sum, [, n]) => sum + n, 0))] satisfies Row,
    ],
    lines: refusedLines(refused, say),
    code: [],
  }
}

type Refused = readonly (readonly [reason: string, count: number])[]

function refusedOf({ refused }: Data): Refused {
  if (typeof refused !== 'object' || refused === null) return []
  return Object.entries(refused)
    .map(([reason, value]) => [reason, Number(integerOf(value) ?? 0n)] as const)
    .filter(([, n]) => n > 0)
}

const MOST_REASONS = 6

/** The most frequent first. */
function refusedLines(refused: Refused, say: Messages): readonly string[] {
  const sorted = refused.toSorted(([, a], [, b]) => b - a)
  const rest = sorted.slice(MOST_REASONS).reduce((sum, [, n]) => sum + n, 0)
  return [
    ...sorted
      .slice(0, MOST_REASONS)
      .map(([reason, n]) => `${REFUSED_SIGN} ${say.digest.ofReason(n, refusalWords(reason, say))}`),
    ...(rest > 0 ? [say.digest.more(rest)] : []),
  ]
}
