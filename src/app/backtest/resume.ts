import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { type Address, type Hex, isHex } from 'viem'
import type { Place } from '../../adapters/recording/reader.ts'
import type { Header, Read } from '../../core/types.ts'
import type { SpokenState } from '../spoken.ts'
import { parse, stringify } from './big-json.ts'
import type { HappenedRow, OurRow, RefusedRow } from './run.ts'

/** Everything a backtest is between two frames of its recording. */
export interface BacktestState {
  readonly place: Omit<Place, 'link'> & { readonly link: Hex }
  readonly books: readonly { readonly market: string; readonly header: Header; readonly state: string }[]
  readonly spoken: SpokenState
  readonly values: readonly (readonly [string, string])[]
  readonly stretches: readonly (readonly [string, readonly (readonly [Address, bigint])[]])[]
  readonly open: readonly (readonly [string, number])[]
  readonly remembered: readonly Read[]
  readonly happened: readonly HappenedRow[]
  readonly ours: readonly OurRow[]
  readonly refused: readonly RefusedRow[]
  readonly seen: Seen
}

/** Counts of a run so far. */
export interface Seen {
  pages: number
  derivedPages: number
  fromBlock: bigint | undefined
  fromTimestamp: bigint | undefined
  toTimestamp: bigint
}

/** A file beside the report, replaced as a whole; good only for the very same work. */
export class ResumeFile {
  readonly #path: string
  readonly #work: string

  /** `work`: everything that the result depends on. */
  constructor(path: string, work: object) {
    this.#path = path
    this.#work = createHash('sha256').update(stringify(work)).digest('hex')
  }

  /** Undefined when there is none, or it is of other work, or unfinished: then it begins anew, and loses only time. */
  read(): BacktestState | undefined {
    if (!existsSync(this.#path)) return undefined
    const text = readFileSync(this.#path, 'utf8')
    const at = text.indexOf('\n')
    const body = text.slice(at + 1)
    return text.slice(0, at) === `${this.#work} ${digest(body)}` ? (parse(body) as BacktestState) : undefined
  }

  write(state: BacktestState): void {
    const body = stringify(state)
    // Of this process alone: two runs over one recording may save at once.
    const part = `${this.#path}.${process.pid}.part`
    writeFileSync(part, `${this.#work} ${digest(body)}\n${body}`, { flush: true })
    renameSync(part, this.#path)
  }

  remove(): void {
    rmSync(this.#path, { force: true })
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

export const toHex = (bytes: Buffer): Hex => `0x${bytes.toString('hex')}`
export const fromHex = (text: Hex): Buffer => Buffer.from(isHex(text) ? text.slice(2) : text, 'hex')
