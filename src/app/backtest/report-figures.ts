import type { Figures, HappenedEntry, OurEntry, Size } from './report-schema.ts'
import { usd8Of, usdText } from './text.ts'

/**
 * Nearest rank: the smallest value that at least `percent` per cent of all values do not exceed. Always one of the values,
 * never a mean of two. `null` without values.
 */
export function percentileNearestRank(values: readonly number[], percent: number): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  const rank = Math.max(1, Math.ceil((percent * sorted.length) / 100))
  return sorted[rank - 1] ?? null
}

const sumUsd = (values: readonly string[]): string => usdText(values.reduce((sum, usd) => sum + usd8Of(usd), 0n))

export function figuresOf(happened: readonly HappenedEntry[], ours: readonly OurEntry[]): Figures {
  const flagged = happened.filter(({ leadBlocks }) => leadBlocks !== null).length
  return {
    liquidations: happened.length,
    flagged,
    missed: happened.length - flagged,
    debtUsd: sumUsd(happened.map(({ debtUsd }) => debtUsd)),
    planned: ours.length,
    netUsd: sumUsd(ours.map(({ netUsd }) => netUsd)),
    expectedUsd: sumUsd(ours.map(({ expectedUsd }) => expectedUsd)),
  }
}

/** The same figures for each value of `key` that occurs, and for those in `always`, in the order of the keys. */
export function groupFigures(
  happened: readonly HappenedEntry[],
  ours: readonly OurEntry[],
  key: (row: HappenedEntry | OurEntry) => string,
  always: Iterable<string> = [],
): readonly (Figures & { readonly key: string })[] {
  const happenedBy = Map.groupBy(happened, key)
  const oursBy = Map.groupBy(ours, key)
  const keys = [...new Set([...always, ...happenedBy.keys(), ...oursBy.keys()])].sort()
  return keys.map((each) => ({ key: each, ...figuresOf(happenedBy.get(each) ?? [], oursBy.get(each) ?? []) }))
}

const USD8 = 10n ** 8n
const BOUNDS: readonly (readonly [below: bigint, size: Size])[] = [
  [1_000n * USD8, 'under-1k'],
  [10_000n * USD8, '1k-10k'],
  [100_000n * USD8, '10k-100k'],
  [1_000_000n * USD8, '100k-1m'],
]

/** By the debt that the call covers; a bound belongs to the larger class. */
export function sizeOf(debtUsd: string): Size {
  const debtUsd8 = usd8Of(debtUsd)
  return BOUNDS.find(([below]) => debtUsd8 < below)?.[1] ?? 'from-1m'
}
