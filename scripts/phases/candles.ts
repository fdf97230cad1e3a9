/**
 * Hourly candles of BTC and ETH around a wave, out of the data set: `node scripts/phases/candles.ts candles.parquet` writes
 * both fixtures. Reading them needs no data set.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { zstdDecompressSync } from 'node:zlib'
import { parquetReadObjects } from 'hyparquet'

export interface Candle {
  /** Unix seconds / 3600. */
  readonly hour: number
  readonly closeUsd: number
  readonly lowUsd: number
  readonly turnoverUsd: number
}

/** A dated wave: the candles reach far enough back for 30 days of the book and 90 of the detector before it. */
export interface Event {
  readonly name: string
  /** UTC. */
  readonly day: string
  readonly from: string
  readonly to: string
}

export type Coin = (typeof COINS)[number]

const COINS = ['BTC', 'ETH'] as const
export const OCTOBER: Event = { name: 'october', day: '2025-10-10', from: '2025-06-02', to: '2025-11-01' }
export const FEBRUARY: Event = { name: 'february', day: '2026-02-05', from: '2025-09-28', to: '2026-02-27' }

const HEAD = [
  '# Hourly candles, venue binance. From candles.parquet of github.com/0xknxwledge/group-m-finm33150-final (public domain).',
  '# turnover: volume times close, in thousands of US dollars. Made by scripts/phases/candles.ts.',
  'hour,coin,close,low,turnover',
]

const path = ({ name }: Event): string =>
  fileURLToPath(new URL(`../../test/fixtures/candles-${name}.csv`, import.meta.url))

export const hourOf = (utc: string): number => Date.parse(`${utc}Z`) / 3_600_000

export function readCandles(event: Event, coin: Coin): readonly Candle[] {
  const lines = readFileSync(path(event), 'utf8').trimEnd().split('\n').slice(HEAD.length)
  return lines.flatMap((line) => {
    const [hour, of, close, low, turnover] = line.split(',')
    if (of !== coin) return []
    return { hour: Number(hour), closeUsd: Number(close), lowUsd: Number(low), turnoverUsd: 1000 * Number(turnover) }
  })
}

/** A row of the data set that is read here. */
interface Row {
  readonly timestamp: Date
  readonly venue: string
  readonly coin: string
  readonly l: number
  readonly c: number
  readonly v: number
}

async function main([file, ...rest]: readonly string[]): Promise<number> {
  if (file === undefined || rest.length > 0) {
    process.stderr.write('usage: node scripts/phases/candles.ts candles.parquet\n')
    return 2
  }
  const bytes = readFileSync(file)
  const rows = (await parquetReadObjects({
    file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
    compressors: { ZSTD: (input) => new Uint8Array(zstdDecompressSync(input)) },
  })) as Row[]
  for (const event of [OCTOBER, FEBRUARY]) {
    const lines = rows.flatMap((row) => lineOf(row, event))
    writeFileSync(path(event), `${[...HEAD, ...lines.sort()].join('\n')}\n`)
    process.stderr.write(`wrote ${path(event)}: ${lines.length} candles\n`)
  }
  return 0
}

function lineOf({ timestamp, venue, coin, l, c, v }: Row, { from, to }: Event): readonly string[] {
  const hour = timestamp.getTime() / 3_600_000
  const wanted = venue === 'binance' && COINS.some((one) => one === coin)
  if (!wanted || hour < hourOf(`${from}T00:00`) || hour >= hourOf(`${to}T00:00`)) return []
  return [[hour, coin, c, l, Math.round((v * c) / 1000)].join(',')]
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
