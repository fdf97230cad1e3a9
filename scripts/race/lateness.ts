import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import type { LiquidationTiming } from '../../src/core/risk/latency.ts'

/** Liquidations of one month in one kind of pool: what the race model needs of the data set, and what is counted of it. */
export interface Month {
  /** `2023-08`, UTC. */
  readonly month: string
  readonly pool: Pool
  readonly liquidations: number
  /** With the account's health before and after (Aave-like pools only). */
  readonly withHealth: number
  /** Health below 1 at the end of the block before. */
  readonly belowOneBefore: number
  /** Blocks after the oracle update → liquidations. Those tied to no update are in none. */
  readonly lateness: Readonly<Record<string, number>>
  /** The same with only the first liquidation after each update. */
  readonly firsts: Readonly<Record<string, number>>
  /** Over all that are tied to an update. */
  readonly latenessS: number
}

/** `aave-v3`: 0x794a61358D6845594F94dc1DB02A252b5b4814aD. The others by the interface their contracts have. */
export type Pool = 'aave-v3' | 'aave-like' | 'compound-like'

export interface Lateness {
  readonly source: string
  readonly licence: string
  readonly months: readonly Month[]
}

export const FIXTURE = fileURLToPath(new URL('../../test/fixtures/race-lateness.json', import.meta.url))

const SOURCE =
  'Liquidations on Arbitrum to 2023-08-31, condensed from opportunities_arbitrum of github.com/christoftorres/Rolling-in-the-Shadows (C. Ferreira Torres, A. Mamuti, B. Weintraub, C. Nita-Rotaru, S. Shinde: Rolling in the Shadows, ACM CCS 2024)'
const AAVE_V3 = '0x794a61358D6845594F94dc1DB02A252b5b4814aD'

/** A liquidation as the data set has it. */
interface Row {
  readonly liquidation: {
    readonly timestamp: number
    readonly protocol_name: string
    readonly protocol_address: string
    readonly health_factor_start_of_block?: number | null
  }
  readonly oracle_update: {
    readonly block_number: number | null
    readonly timestamp: number | null
    readonly distance: number | null
  }
}

/** The data set (`.jsonl.gz`), or the condensed form of it (`.json`). */
export function readLateness(path: string): Lateness {
  const bytes = readFileSync(path)
  return path.endsWith('.json') ? (JSON.parse(bytes.toString()) as Lateness) : condense(gunzipSync(bytes).toString())
}

/** One line is a transaction with its liquidations. */
export function condense(lines: string): Lateness {
  const groups = new Map<string, Row[]>()
  for (const line of lines.split('\n').filter((text) => text !== '')) {
    const { opportunities } = JSON.parse(line) as { opportunities: readonly Row[] }
    for (const row of opportunities) {
      const key = `${new Date(row.liquidation.timestamp * 1000).toISOString().slice(0, 7)} ${poolOf(row)}`
      groups.set(key, [...(groups.get(key) ?? []), row])
    }
  }
  const months = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, rows]) => toMonth(key, rows))
  return { source: SOURCE, licence: 'MIT, Copyright (c) 2024 Christof Ferreira Torres', months }
}

function poolOf({ liquidation: { protocol_name, protocol_address } }: Row): Pool {
  if (protocol_address === AAVE_V3) return 'aave-v3'
  return protocol_name === 'Aave' ? 'aave-like' : 'compound-like'
}

function toMonth(key: string, rows: readonly Row[]): Month {
  const [month = '', pool] = key.split(' ') as [string, Pool]
  const health = rows.map(({ liquidation }) => liquidation.health_factor_start_of_block ?? undefined)
  const tied = rows.flatMap(({ liquidation, oracle_update: { block_number, timestamp, distance } }) =>
    distance === null || timestamp === null || block_number === null
      ? []
      : [{ update: block_number, blocks: distance, seconds: liquidation.timestamp - timestamp }],
  )
  const first = new Map<number, number>()
  for (const { update, blocks } of tied) first.set(update, Math.min(blocks, first.get(update) ?? blocks))
  return {
    month,
    pool,
    liquidations: rows.length,
    withHealth: health.filter((value) => value !== undefined).length,
    belowOneBefore: health.filter((value) => value !== undefined && value < 1).length,
    lateness: histogram(tied.map(({ blocks }) => blocks)),
    firsts: histogram([...first.values()]),
    latenessS: tied.reduce((total, { seconds }) => total + seconds, 0),
  }
}

function histogram(values: readonly number[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1
  return counts
}

/**
 * The liquidations one by one again, as far as the condensed form knows them: lateness and health belong to different rows of
 * it, and of health only the side of 1 (here 0 or 1).
 */
export function timingsOf(months: readonly Month[]): readonly LiquidationTiming[] {
  return months.flatMap(({ liquidations, withHealth, belowOneBefore, lateness }) => {
    const late = Object.entries(lateness).flatMap(([blocks, count]) =>
      Array.from({ length: count }, () => Number(blocks)),
    )
    return Array.from({ length: liquidations }, (_, i) => ({
      latenessBlocks: late[i] ?? null,
      healthBefore: i < belowOneBefore ? 0 : i < withHealth ? 1 : null,
    }))
  })
}

export const renderLateness = (lateness: Lateness): string => `${JSON.stringify(lateness, undefined, 2)}\n`
