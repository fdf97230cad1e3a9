/** What happened to a position, in full. */
import type { Advice } from '../../answers.ts'
import type { JournalEntry } from '../../journal.ts'
import type { Passage } from '../message.ts'
import { adviceLines } from './advice.ts'
import { figures } from './figures.ts'
import { amountRow } from './liquidation.ts'
import {
  ageOf,
  agoOf,
  blockRow,
  codeOf,
  type Data,
  detailLine,
  placeOf,
  type Reader,
  type Row,
  sayingsOf,
} from './reader.ts'
import { count, duration, health, integerOf, personName, shortAddress, usdUp, utcTime, words } from './values.ts'

export function alertPassage(entry: JournalEntry, reader: Reader): Passage {
  const { data } = entry
  if (data['type'] === 'wave') return wavePassage(entry, reader)
  const advice = typeof reader.advice === 'object' ? reader.advice : undefined
  return {
    title: alertTitle(data, reader),
    place: placeOf(entry, reader),
    rows: [...whatHappened(entry, reader), ...standing(entry, advice, reader)],
    lines: [...uncheckedLines(entry, reader), ...adviceLines(entry, reader, sayingsOf(reader))],
    code: codeOf(data['hash'], data['address']),
  }
}

/** The word that the reader or the configuration gave to an account, else its address. */
export const whoOf = (data: Data, columns?: number): string =>
  typeof data['name'] === 'string' && data['name'].trim() !== ''
    ? personName(data['name'], columns)
    : shortAddress(data['address'])

export const lineOf = (data: Data): string => words(data['threshold'], 12)

function alertTitle(data: Data, reader: Reader): string {
  const { titles, values } = sayingsOf(reader)
  const who = whoOf(data)
  const stands = health(data['healthFactor'], values)
  const isDistance = data['metric'] === 'distance'
  const sign = signOf(data)
  switch (data['type']) {
    case 'threshold':
      return `${sign} ${isDistance ? titles.within(who, lineOf(data)) : titles.below(who, lineOf(data))}`
    case 'recovered':
      return `${sign} ${isDistance ? titles.recoveredDistance(who, lineOf(data)) : titles.recovered(who, lineOf(data))}`
    case 'liquidatable':
      return `${sign} ${titles.liquidatable(who)}`
    case 'liquidated':
      return `${sign} ${titles.liquidated(who)}`
    case 'topped-up':
      return `${sign} ${titles.toppedUp(who, stands)}`
    case 'rescued':
      return `${sign} ${titles.rescued(who, stands)}`
    case 'fall':
      return `${sign} ${titles.fall(who, health(beforeOf(data)['healthFactor'], values), stands)}`
    case 'time':
      return `${sign} ${titles.time(who, duration(data['timeToLiquidationS'], values))}`
    case 'large':
      return `${sign} ${titles.large(who, usdUp(data['debtBase']))}`
    case 'unchecked':
      return `${sign} ${titles.unchecked(who)}`
    case 'checked':
      return `${sign} ${titles.checked(who)}`
    default:
      return `${sign} ${titles.alert(who)}`
  }
}

const SIGNS: ReadonlyMap<unknown, string> = new Map([
  ['recovered', '🟢'],
  ['liquidatable', '🔴'],
  ['liquidated', '💥'],
  ['topped-up', '🔼'],
  ['rescued', '🟢'],
  ['fall', '📉'],
  ['time', '⏳'],
  ['large', '🐋'],
  ['wave', '🌊'],
  ['unchecked', '🚧'],
  ['checked', '✅'],
])
const ONE = 10n ** 18n
export function signOf(data: Data): string {
  return SIGNS.get(data['type']) ?? ((integerOf(data['healthFactor']) ?? ONE) < ONE ? '🔴' : '🟠')
}

/** What the rule compared with. */
function beforeOf({ before }: Data): Data {
  return typeof before === 'object' && before !== null ? (before as Data) : {}
}

function whatHappened(entry: JournalEntry, reader: Reader): readonly Row[] {
  const { data } = entry
  const { labels, values } = sayingsOf(reader)
  if (data['type'] === 'liquidated')
    return [
      ...amountRow(labels.repaid, entry, ['debtCovered', 'debtAsset'], reader),
      ...amountRow(labels.taken, entry, ['collateralSeized', 'collateralAsset'], reader),
      ...(typeof data['liquidator'] === 'string'
        ? [[labels.liquidator, shortAddress(data['liquidator'])] as const]
        : []),
    ]
  const hasBefore = CHANGES.has(data['type']) && beforeOf(data)['healthFactor'] !== undefined
  return hasBefore ? [[labels.was, health(beforeOf(data)['healthFactor'], values)]] : []
}
const CHANGES: ReadonlySet<unknown> = new Set(['topped-up', 'rescued'])

/** Where it stands: as the rule saw it, and, where the position was looked at again since, as it is now. */
function standing(entry: JournalEntry, advice: Advice | undefined, reader: Reader): readonly Row[] {
  const { labels, values } = sayingsOf(reader)
  const { data, market } = entry
  const then = health(data['healthFactor'], values)
  if (advice === undefined) {
    if (!isKnown(data)) return blockRow(entry, reader)
    const rows: readonly Row[] = [[labels.health, then], ...figures(data, market, reader)]
    return [...(data['type'] === 'unchecked' ? marked(rows, values.unsure) : rows), ...blockRow(entry, reader)]
  }
  const { row, block, quarantined } = advice
  const mark = quarantined === true && row.source === 'mirror' ? values.unsure : (text: string): string => text
  const now = health(row.healthFactor, values)
  const ago = agoOf(block.timestamp, reader)
  return [
    [labels.health, mark(then)],
    ...(now === then ? [] : [[labels.now, mark(now)] as const]),
    ...marked(figures({ ...row }, market, reader), mark),
    [labels.block, ago === undefined ? count(block.number) : `${count(block.number)} (${ago})`],
  ]
}

const marked = (rows: readonly Row[], mark: (value: string) => string): readonly Row[] =>
  rows.map(([label, value]) => [label, mark(value)])

function uncheckedLines({ data, chainId }: JournalEntry, reader: Reader): readonly string[] {
  if (data['type'] !== 'unchecked') return []
  const { lines, unchecked } = sayingsOf(reader)
  const { reason } = data
  const when = lastChecked(data, chainId, reader)
  return [
    ...(when === undefined ? [] : [lines.uncheckedSince(when)]),
    ...(isTrouble(reason, unchecked) ? [lines.because(unchecked[reason])] : []),
    lines.unchecked,
    ...(isKnown(data) ? [lines.old] : []),
    ...(isTrouble(reason, unchecked) ? [] : detailLine(data['detail'], reader)),
  ]
}

const isTrouble = <T extends object>(reason: unknown, known: T): reason is keyof T =>
  typeof reason === 'string' && Object.hasOwn(known, reason)

/** The block where the entry names one, and when it was. */
function lastChecked(data: Data, chainId: number, reader: Reader): string | undefined {
  const { values } = sayingsOf(reader)
  const { since } = data
  const block = integerOf(beforeOf(data)['block'])
  const ago = agoOf(since, reader) ?? ageOf(block, chainId, reader)
  if (block !== undefined) return ago === undefined ? values.block(`${block}`) : values.blockAt(`${block}`, ago)
  return typeof since === 'number' && ago !== undefined ? values.timeAt(utcTime(since), ago) : undefined
}

/** Without a price nothing is known of a position, which is not the same as no debt. */
const isKnown = ({ debtBase }: Data): boolean => debtBase !== null

/** Not of one position: much becomes liquidatable at once. */
function wavePassage(entry: JournalEntry, reader: Reader): Passage {
  const { labels } = sayingsOf(reader)
  const { data } = entry
  return {
    title: waveTitle(data, reader),
    place: placeOf(entry, reader),
    rows: [
      [labels.fall, `${lineOf(data)} %`],
      [labels.affected, usdUp(data['debtBase'])],
      [labels.accounts, count(data['accounts'])],
      ...blockRow(entry, reader),
    ],
    lines: [],
    code: [],
  }
}

export const waveTitle = (data: Data, reader: Reader): string =>
  `${signOf(data)} ${sayingsOf(reader).titles.wave(`${lineOf(data)} %`, usdUp(data['debtBase']))}`
