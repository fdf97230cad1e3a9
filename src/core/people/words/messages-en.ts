import type { Translated } from './catalogue.ts'

/** Alerts in English. Parameters are values as they are shown; only where a plural needs it, a number. */
export const en = {
  place: (market: string, chain: string) => `${market} on ${chain}`,
} as const

export type Messages = Translated<typeof en>
