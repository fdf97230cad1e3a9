import type { Source } from './measure.ts'

/** One comparison of a judgement, with its numbers. */
export interface Condition {
  readonly name: string
  readonly value: number | null
  readonly limit: number | null
  /** Null: cannot be known. */
  readonly held: boolean | null
  readonly lacks: readonly Source[]
  /** False: left out, and named, where its source is missing. */
  readonly required: boolean
}

/** All hold, but for those left out. */
export const allHeld = (conditions: readonly Condition[]): boolean =>
  conditions.every(({ held, required }) => held === true || (held === null && !required))

export const lacksOf = (conditions: readonly Condition[]): readonly Source[] => [
  ...new Set(conditions.flatMap(({ lacks }) => lacks)),
]

type Maker = (name: string, value: number | null, limit: number | null, source: Source) => Condition

/** `source` is what is missing without a value; without a limit it is hours to know the usual by. */
const comparing =
  (holds: (value: number, limit: number) => boolean): Maker =>
  (name, value, limit, source) => {
    const both = { name, value, limit, required: true }
    if (value === null) return { ...both, held: null, lacks: [source] }
    if (limit === null) return { ...both, held: null, lacks: ['hours'] }
    return { ...both, held: holds(value, limit), lacks: [] }
  }

export const above: Maker = comparing((value, limit) => value > limit)
export const below: Maker = comparing((value, limit) => value < limit)
export const atLeast: Maker = comparing((value, limit) => value >= limit)
export const ifKnown = (condition: Condition): Condition => ({ ...condition, required: false })
