import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ContractSet } from './ground.ts'
import { emptyTally, type Failure, sum, type Tally } from './tally.ts'

/** What all runs of one set of contracts amount to. */
export interface SetTotals {
  readonly tally: Tally
  readonly seeds: readonly number[]
  /** Newest last; of each only the first findings. */
  readonly failures: readonly Failure[]
  /** Seconds that the runs took. */
  readonly seconds: number
}

export interface Totals {
  readonly schemaVersion: 1
  readonly sets: Readonly<Partial<Record<ContractSet, SetTotals>>>
}

const FINDINGS_KEPT = 20
const file = (folder: string): string => join(folder, 'totals.json')

export function readTotals(folder: string): Totals {
  try {
    return JSON.parse(readFileSync(file(folder), 'utf8')) as Totals
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { schemaVersion: 1, sets: {} }
    throw error
  }
}

/** The old file stands until the new one is whole. */
export function saveTotals(folder: string, totals: Totals): void {
  mkdirSync(folder, { recursive: true })
  const next = `${file(folder)}.next`
  writeFileSync(next, `${JSON.stringify(totals, undefined, 2)}\n`)
  renameSync(next, file(folder))
}

export interface Done {
  readonly set: ContractSet
  readonly seed: number
  readonly tally: Tally
  readonly failure: Failure | undefined
  readonly seconds: number
}

export function addRun({ sets }: Totals, { set, seed, tally, failure, seconds }: Done): Totals {
  const before = sets[set] ?? { tally: emptyTally(), seeds: [], failures: [], seconds: 0 }
  const failures = failure ? [{ ...failure, findings: failure.findings.slice(0, FINDINGS_KEPT) }] : []
  const after: SetTotals = {
    tally: sum(before.tally, tally),
    seeds: [...before.seeds, seed].sort((a, b) => a - b),
    failures: [...before.failures, ...failures],
    seconds: Math.round(10 * (before.seconds + seconds)) / 10,
  }
  return { schemaVersion: 1, sets: { ...sets, [set]: after } }
}
