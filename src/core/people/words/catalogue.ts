/**
 * One mechanism for all that is said to people: English is written as an object of texts and functions, its type is the catalogue,
 * and another language that lacks a key or takes other parameters does not compile.
 */
export const LANGUAGES = ['en', 'zh'] as const
export type Language = (typeof LANGUAGES)[number]

/** The same keys and parameters, other words. */
export type Translated<T> = {
  readonly [K in keyof T]: T[K] extends (...values: infer V) => string
    ? (...values: V) => string
    : T[K] extends string
      ? string
      : Translated<T[K]>
}
