import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const CHILD = fileURLToPath(new URL('./memory-child.ts', import.meta.url))

export interface Memory {
  readonly accounts: number
  /** Ledger, addresses and sheet, all in. */
  readonly bytesAnAccount: number
  /** Median of nine full collections. */
  readonly gcMs: number
  /** From the store to a book that can screen, in a process that did it for the first time. */
  readonly coldMs: number
  /** Processor time of the same, helper threads among it. */
  readonly coldCpuMs: number
  /** The same once the code is compiled. */
  readonly warmMs: number
  readonly checkpointMs: number
}

/** In a process of its own: nothing else lies on the heap. */
export async function memory(accounts: number, seed: number): Promise<Memory> {
  const args = ['--expose-gc', '--max-old-space-size=8000', CHILD, `${accounts}`, `${seed}`]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout) as Memory
}
