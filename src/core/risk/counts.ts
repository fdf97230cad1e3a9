/**
 * Named sums: `seized|0x…` → base units. What a page adds to an hour is such a bag, so an hour is the sum of its pages, and a page
 * that is rolled back is one bag fewer.
 */
export type Counts = ReadonlyMap<string, bigint>

const SEPARATOR = '|'

export class Counting {
  readonly counts = new Map<string, bigint>()

  /** Adds to one sum; nothing is written for 0. */
  add(amount: bigint, kind: string, ...of: readonly string[]): void {
    if (amount === 0n) return
    const key = [kind, ...of].join(SEPARATOR)
    this.counts.set(key, (this.counts.get(key) ?? 0n) + amount)
  }
}

export function sumOfCounts(bags: Iterable<Counts>): Counts {
  const sums = new Map<string, bigint>()
  for (const bag of bags) for (const [key, amount] of bag) sums.set(key, (sums.get(key) ?? 0n) + amount)
  return sums
}

export const countOf = (counts: Counts, kind: string, ...of: readonly string[]): bigint =>
  counts.get([kind, ...of].join(SEPARATOR)) ?? 0n

/** What stands under `kind` and `of`, by the rest of its name. */
export function under(counts: Counts, kind: string, ...of: readonly string[]): ReadonlyMap<string, bigint> {
  const prefix = [kind, ...of, ''].join(SEPARATOR)
  return new Map(
    [...counts].flatMap(([key, amount]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), amount]] : [])),
  )
}

export const total = (amounts: Iterable<bigint>): bigint => {
  let sum = 0n
  for (const amount of amounts) sum += amount
  return sum
}
