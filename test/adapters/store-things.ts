import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Address, type Hex, pad, toHex } from 'viem'
import { StoreError } from '../../src/core/errors.ts'
import type { JournalEntry } from '../../src/core/journal.ts'
import type { Checkpoint, Intent } from '../../src/core/ports.ts'
import type { Facts, Header, Log } from '../../src/core/types.ts'

export const CHAIN = 42161

export const word = (value: bigint | number): Hex => pad(toHex(value))
export const address = (value: number): Address => pad(toHex(value), { size: 20 })

export const header = (number: bigint, branch = 0n): Header => ({
  number,
  hash: word(number * 1000n + branch),
  parentHash: word((number - 1n) * 1000n + branch),
  timestamp: 1_700_000_000n + number,
  baseFeeWei: 2n ** 64n + number,
  logsBloom: pad('0x', { size: 256 }),
})

export const log = (logIndex: number): Log => ({
  address: address(7),
  topics: [word(1), word(logIndex)],
  data: word(2n ** 255n),
  logIndex,
  transactionHash: word(logIndex + 1),
})

export const page = (number: bigint, branch = 0n): Facts => ({
  block: header(number, branch),
  logs: [log(0), log(1)],
  reads: [
    { to: address(1), data: '0x1234', result: word(number) },
    { to: address(2), data: '0x', result: undefined },
  ],
})

export const checkpoint = (block: Header, fields: Partial<Checkpoint> = {}): Checkpoint => ({
  block,
  accounts: [address(1), address(2)],
  cells: [
    [0, 0n],
    [1, 2n ** 256n - 1n],
    [2 ** 32 - 1, 1n],
  ],
  ...fields,
})

export const entry = (fields: Partial<JournalEntry> = {}): Omit<JournalEntry, 'seq'> => ({
  chainId: CHAIN,
  market: 'arbitrum-core',
  block: '12345678901234567890',
  kind: 'refusal',
  data: { reason: 'unprofitable', amounts: ['1', '2'], nested: { none: null, yes: true } },
  ...fields,
})

export const intent = (fields: Partial<Intent> = {}): Intent => ({
  chainId: CHAIN,
  from: address(9),
  nonce: 7,
  hash: word(99),
  raw: '0x02f870',
  market: 'arbitrum-core',
  borrower: address(3),
  block: 2n ** 60n,
  settledBlock: undefined,
  status: 'signed',
  deadline: 1_700_000_100n,
  debtAsset: address(4),
  debtDecimals: 18,
  debtPriceUsd8: 2n ** 128n + 1n,
  predictedProfit: -(2n ** 100n),
  ...fields,
})

/** A fresh directory for one test, and how to remove it. */
export function scratch(): { dir: string; file: string; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'plimsoll-store-'))
  return { dir, file: join(dir, 'store.db'), remove: () => rmSync(dir, { recursive: true, force: true }) }
}

/** The StoreError that `work` throws. */
export function complaint(work: () => unknown): StoreError {
  try {
    work()
  } catch (error) {
    if (error instanceof StoreError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
