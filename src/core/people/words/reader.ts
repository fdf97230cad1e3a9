import type { Advice } from '../../answers.ts'
import type { JournalEntry } from '../../journal.ts'
import type { Role } from '../events.ts'
import type { Passage } from '../message.ts'
import type { Language } from './catalogue.ts'
import { messagesOf } from './messages.ts'
import type { Messages } from './messages-en.ts'
import { count, duration, integerOf, type Token, words } from './values.ts'

/** What an entry does not say itself. Asked anew for every message: chains and heads change. */
export interface Naming {
  chain(chainId: number): string
  token(market: string, asset: string): Token | undefined
  /** The last block seen. */
  head(chainId: number): { readonly number: bigint; readonly timestamp: number } | undefined
  /** Root of the chain's block explorer, such as `https://etherscan.io`. */
  explorer(chainId: number): string | undefined
}

/** For whom a message is written. */
export interface Reader {
  readonly language: Language
  readonly role: Role
  readonly naming: Naming
  /** Unix seconds; without it ages are told in blocks only. */
  readonly nowS?: number | undefined
  /** False where nobody is listened to: buttons that must be answered are left out. */
  readonly isHeard?: boolean | undefined
  /** Of the position that the one entry is about; `failed` when it could not be worked out in time. */
  readonly advice?: Advice | 'failed' | undefined
}

export type Data = JournalEntry['data']
export const dataIn = (value: unknown): Data => (typeof value === 'object' && value !== null ? (value as Data) : {})
/** Of what may be anything; no list is longer than a message. */
export const listIn = (value: unknown): readonly Data[] =>
  (Array.isArray(value) ? value : []).slice(0, 20).map((one: unknown) => dataIn(one))

export type Row = Passage['rows'][number]

export const sayingsOf = ({ language }: Reader): Messages => messagesOf(language)

/** `aave-v3-ethereum on ethereum`; empty for what concerns the whole program. */
export function placeOf({ market, chainId }: Pick<JournalEntry, 'market' | 'chainId'>, reader: Reader): string {
  const chain = chainId > 0 ? words(reader.naming.chain(chainId), 24) : ''
  if (market === '') return chain
  return chain === '' ? words(market, 40) : sayingsOf(reader).place(words(market, 40), chain)
}

/** A message may come late: it says how late. */
export function blockAndAge({ block, chainId }: Pick<JournalEntry, 'block' | 'chainId'>, reader: Reader): string {
  const age = ageOf(integerOf(block), chainId, reader)
  return age === undefined ? count(block) : `${count(block)} (${age})`
}

/** Undefined when it is not known. In time only for the head itself: other blocks do not say when they were. */
export function ageOf(block: bigint | undefined, chainId: number, reader: Reader): string | undefined {
  const { blocksAgo } = sayingsOf(reader).values
  const head = reader.naming.head(chainId)
  if (block === undefined || head === undefined || block > head.number) return undefined
  return block < head.number ? blocksAgo(Number(head.number - block)) : agoOf(head.timestamp, reader)
}

export function agoOf(timestamp: unknown, reader: Reader): string | undefined {
  const { nowS } = reader
  if (nowS === undefined || typeof timestamp !== 'number' || !Number.isFinite(timestamp)) return undefined
  const { values } = sayingsOf(reader)
  return values.ago(duration(nowS - timestamp, values))
}

export function blockRow(entry: JournalEntry, reader: Reader): readonly Row[] {
  return integerOf(entry.block) === 0n ? [] : [[sayingsOf(reader).labels.block, blockAndAge(entry, reader)]]
}

/** Of what was written down by the program itself, in English. */
export function detailLine(value: unknown, reader: Reader): readonly string[] {
  return typeof value === 'string' && value !== '' ? [sayingsOf(reader).lines.detail(words(value, 500))] : []
}

const isAddress = (value: unknown): value is string => typeof value === 'string' && /^0x[0-9a-fA-F]{40}$/.test(value)
const isHash = (value: unknown): value is string => typeof value === 'string' && /^0x[0-9a-fA-F]{64}$/.test(value)

/** In full, so that a tap copies it; nothing for what is neither address nor hash. */
export const codeOf = (...values: readonly unknown[]): string[] =>
  values.filter((value) => isAddress(value) || isHash(value)) as string[]

/** Of a transaction, or else of an account. */
export function explorerOf(chainId: number, data: Data, { naming }: Reader): string | undefined {
  const root = naming.explorer(chainId)?.replace(/\/+$/, '')
  if (root === undefined) return undefined
  if (isHash(data['hash'])) return `${root}/tx/${data['hash']}`
  const account = data['address'] ?? data['borrower']
  return isAddress(account) ? `${root}/address/${account}` : undefined
}
