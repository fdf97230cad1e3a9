import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPublicClient, custom, type Hex, pad, parseAbiItem, toHex } from 'viem'
import { openRecording } from '../../src/adapters/recording/reader.ts'
import { RecordingWriter } from '../../src/adapters/recording/writer.ts'
import { getLogs } from '../../src/adapters/rpc/client.ts'
import { openStore } from '../../src/adapters/store/sqlite.ts'
import type { Facts, Log } from '../../src/core/types.ts'
import { EVENTS } from '../../src/protocols/aave-v3/abi.ts'
import { inTurn } from './clock.ts'
import { addressesProvider, addressOf, bookOf, head, RESERVES } from './market.ts'

const LOGS = 5_000
const word = (value: number): Hex => pad(toHex(value), { size: 32 })
const HASH = word(7)

/** A debt token's `Mint` to an account that the book follows, as a node tells it. */
const rawLog = (i: number) => ({
  address: `0x${(0xc000 + (i % RESERVES.length)).toString(16).padStart(40, '0')}` as const,
  topics: [EVENTS.Mint, `0x${'0'.repeat(24)}${addressOf(i).slice(2)}`, `0x${'0'.repeat(24)}${addressOf(i).slice(2)}`],
  data: `0x${word(i).slice(2)}${word(i * 2).slice(2)}${word(i * 3).slice(2)}`,
  blockNumber: '0x10',
  transactionHash: word(i),
  transactionIndex: '0x1',
  blockHash: HASH,
  logIndex: toHex(i),
  removed: false,
})

export interface Ingest {
  readonly bytesALog: number
  readonly parseUs: number
  readonly oursUs: number
  readonly viemUs: number
}

const MINT = parseAbiItem('event Mint(address indexed caller, address indexed onBehalfOf, uint256, uint256, uint256)')

/**
 * The text of an `eth_getLogs` answer taken in: by us, down to which balances of which accounts moved; by viem, down to the
 * event's arguments; and JSON.parse alone. Microseconds a log.
 */
export async function ingest(): Promise<Ingest> {
  const text = JSON.stringify({ jsonrpc: '2.0', id: 1, result: Array.from({ length: LOGS }, (_, i) => rawLog(i)) })
  const result = async (): Promise<unknown> => (JSON.parse(text) as { result: unknown }).result
  const client = createPublicClient({ transport: custom({ request: result }) })
  const book = bookOf({ accounts: LOGS, seed: 1, at1Pct: 0, at10Pct: 0 })
  const takeIn = async (): Promise<void> => {
    const logs = await getLogs({ request: result }, { addresses: [], topics: [], at: { blockHash: HASH } })
    const touched = book.ledger.speculate(2n, () =>
      book.protocol.apply({ block: head(2n), logs, reads: [] }, book.ledger),
    )
    if (touched.accounts.size !== LOGS) throw new Error(`${touched.accounts.size} accounts were touched`)
  }
  const turns = await inTurn(31, {
    parse: () => void JSON.parse(text),
    ours: takeIn,
    viem: () => client.getLogs({ blockHash: HASH, event: MINT }),
  })
  const each = (ms: number): number => (ms * 1e3) / LOGS
  return {
    bytesALog: Math.round(text.length / LOGS),
    parseUs: each(turns.parse.medianMs),
    oursUs: each(turns.ours.medianMs),
    viemUs: each(turns.viem.medianMs),
  }
}

const page = (number: bigint, logs: number): Facts => ({
  block: head(number),
  logs: Array.from({ length: logs }, (_, i): Log => {
    const { address, topics, data, transactionHash } = rawLog(Number(number) * 7 + i)
    return { address, topics: topics as Hex[], data: data as Hex, logIndex: i, transactionHash }
  }),
  reads: Array.from({ length: 15 }, (_, i) => ({ to: addressOf(i), data: word(i), result: word(i * 1_000_003) })),
})

const PAGES = 2_000
const LOGS_A_PAGE = 20

export interface Replay {
  readonly events: number
  readonly eventsASecond: number
  readonly parseASecond: number
}

/** Events (logs and answers) out of a recording, verified whole; beside JSON.parse of the same pages as plain lines. */
export async function replay(): Promise<Replay> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'))
  try {
    const path = join(folder, 'bench.plimsoll')
    const market = { name: 'bench', protocol: 'aave-v3', addressesProvider, rules: 'auto', priceReadsS: 0 }
    const meta = {
      chain: 'bench',
      chainId: 1,
      blockTimeS: 12,
      markets: [market],
      source: 'node',
      version: '0',
    } as const
    const writer = RecordingWriter.create(path, meta)
    const pages = Array.from({ length: PAGES }, (_, i) => page(BigInt(i + 2), LOGS_A_PAGE))
    for (const facts of pages) writer.append({ kind: 'page', facts, derived: 0 })
    writer.finish()
    writer.close()
    const lines = pages.map(({ logs, reads }) => JSON.stringify([logs, reads]))
    const events = PAGES * (LOGS_A_PAGE + 15)
    const turns = await inTurn(7, { ours: () => readAll(path), parse: () => lines.map((line) => JSON.parse(line)) })
    const rate = (ms: number): number => (events / ms) * 1e3
    return { events, eventsASecond: rate(turns.ours.medianMs), parseASecond: rate(turns.parse.medianMs) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function readAll(path: string): number {
  const recording = openRecording(path)
  let count = 0
  for (const entry of recording.entries()) if (entry.kind === 'page') count++
  recording.close()
  if (count !== PAGES) throw new Error(`${count} pages came back`)
  return count
}

export interface Kept {
  readonly pageMs: number
  /** As many bytes appended to a plain file and synced. */
  readonly fsyncMs: number
}

/** The transaction that keeps a page of 20 logs and 15 answers, durable at its end, beside the disk itself. */
export async function keepPage(): Promise<Kept> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'))
  const store = openStore(join(folder, 'bench.db'))
  const fd = openSync(join(folder, 'plain'), 'a')
  try {
    const pages = Array.from({ length: 300 }, (_, i) => page(BigInt(i + 2), LOGS_A_PAGE))
    const bytes = Buffer.alloc(JSON.stringify(pages[0], (_, value) => String(value)).length)
    let next = 0
    const turns = await inTurn(201, {
      page: () => store.savePage(1, pages[next++] as Facts),
      plain: () => [writeSync(fd, bytes), fsyncSync(fd)],
    })
    return { pageMs: turns.page.medianMs, fsyncMs: turns.plain.medianMs }
  } finally {
    closeSync(fd)
    store.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
