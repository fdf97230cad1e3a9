/** Each step of our own liquidations, and why there was none. */

import type { JournalEntry } from '../../journal.ts'
import { REFUSAL_REASONS, type RefusalReason } from '../../plan.ts'
import type { Passage } from '../message.ts'
import type { Messages } from './messages-en.ts'
import { blockRow, codeOf, type Data, detailLine, placeOf, type Reader, type Row, sayingsOf } from './reader.ts'
import { ether, health, integerOf, shortAddress, tokens, usd, words } from './values.ts'

type Step = 'plan' | 'sent' | 'confirmed' | 'lost' | 'reorged'

export const STEP_SIGNS: Readonly<Record<Step, string>> = {
  plan: '📝',
  sent: '📤',
  confirmed: '✅',
  lost: '❌',
  reorged: '↩️',
}

export function stepPassage(kind: Step, entry: JournalEntry, reader: Reader): Passage {
  const { titles } = sayingsOf(reader)
  const { data } = entry
  return {
    title: `${STEP_SIGNS[kind]} ${kind === 'plan' ? titles.planned : titles[kind]}`,
    place: placeOf(entry, reader),
    rows: [...borrower(data, reader), ...rowsOf(kind, entry, reader), ...blockRow(entry, reader)],
    lines: [],
    code: codeOf(data['hash']),
  }
}

function rowsOf(kind: Step, entry: JournalEntry, reader: Reader): readonly Row[] {
  const { labels } = sayingsOf(reader)
  const { data } = entry
  switch (kind) {
    case 'plan':
    case 'sent':
      return [
        ...amountRow(labels.repays, entry, ['debtCovered', 'debtAsset'], reader),
        ...amountRow(labels.seizes, entry, ['collateralSeized', 'collateralAsset'], reader),
        [labels.expected, usd(data['netUsd8'])],
      ]
    case 'confirmed':
      return [
        [labels.profit, usd(data['profitUsd8'])],
        ...amountRow(labels.kept, entry, ['profit', 'debtAsset'], reader),
        [labels.fee, ether(data['feeWei'])],
      ]
    case 'lost':
      return [
        [labels.reason, lostReason(data['reason'], sayingsOf(reader))],
        ...rowIf(labels.cost, (integerOf(data['feeWei']) ?? 0n) > 0n && ether(data['feeWei'])),
        ...rowIf(labels.winner, typeof data['winner'] === 'string' && shortAddress(data['winner'])),
      ]
    case 'reorged':
      return []
    default:
      return kind satisfies never
  }
}

const rowIf = (label: string, value: string | false): readonly Row[] => (value === false ? [] : [[label, value]])
const borrower = (data: Data, reader: Reader): readonly Row[] => [
  [sayingsOf(reader).labels.borrower, shortAddress(data['borrower'])],
]

/** No row for an asset that nobody can name: its digits alone say nothing. */
export function amountRow(
  label: string,
  { market, data }: JournalEntry,
  [value, asset]: Row,
  { naming }: Reader,
): readonly Row[] {
  const address = data[asset]
  const token = typeof address === 'string' ? naming.token(market, address) : undefined
  return token?.symbol ? [[label, tokens(data[value], token)]] : []
}

export function lostReason(reason: unknown, { lost }: Messages): string {
  return reason === 'reverted' || reason === 'expired' || reason === 'nonce-used' ? lost[reason] : words(reason, 24)
}

const isReason = (reason: unknown): reason is RefusalReason =>
  typeof reason === 'string' && Object.hasOwn(REFUSAL_REASONS, reason)
/** In plain words; as it stands when a newer version wrote it. */
export const refusalWords = (reason: unknown, { reasons }: Messages): string =>
  isReason(reason) ? reasons[reason] : words(reason, 40)

export const REFUSED_SIGN = '⏭'

export function refusalPassage(entry: JournalEntry, reader: Reader): Passage {
  const say = sayingsOf(reader)
  const { data } = entry
  return {
    title: `${REFUSED_SIGN} ${say.titles.refusedFor(refusalWords(data['reason'], say))}`,
    place: placeOf(entry, reader),
    rows: [
      ...borrower(data, reader),
      [say.labels.health, health(data['healthFactor'], say.values)],
      [say.labels.reason, words(data['reason'], 40)],
      ...blockRow(entry, reader),
    ],
    lines: detailLine(data['detail'], reader),
    code: codeOf(data['borrower']),
  }
}
