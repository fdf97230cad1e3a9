/** What a measure may need and not have. */
export const SOURCES = [
  'hours',
  'ladder',
  'leverage',
  'funding',
  'carry',
  'depth',
  'netFlow',
  'deficit',
  'utilisation',
  'top10Share',
  'coverage',
  'liquidators',
  'oracleUpdates',
  'failedCalls',
  'supply',
  'twap',
  'oracle',
  'heartbeat',
  'events',
  'yield',
] as const
export type Source = (typeof SOURCES)[number]

/** A value, or the names of what is missing to know it: never a guess. `lacks` is empty when there is a value. */
export type Measure<T = number> =
  | { readonly value: T; readonly lacks: readonly [] }
  | { readonly value: null; readonly lacks: readonly [Source, ...Source[]] }

export const known = <T>(value: T): Measure<T> => ({ value, lacks: [] })
export const lacking = (first: Source, ...more: readonly Source[]): Measure<never> => ({
  value: null,
  lacks: [first, ...more],
})

/** Without a value: what it lacks. */
export const knownOr = <T>(value: T | null, lacks: Source): Measure<T> =>
  value === null ? lacking(lacks) : known(value)

/** a/b of amounts in one unit, as a float; null where b is nothing. */
export const shareOf = (a: bigint, b: bigint): number | null => (b === 0n ? null : Number(a) / Number(b))
