import { REFUSAL_REASONS, type RefusalReason } from '../../core/plan.ts'
import { duration } from '../cli/format.ts'
import type { BacktestReport, Size } from './report-schema.ts'
import { usd8Of } from './text.ts'

/** Words and orders that the terminal and the page share. */

export const SIZE_WORDS: Readonly<Record<Size, string>> = {
  'under-1k': 'under $1,000',
  '1k-10k': '$1,000 to 10,000',
  '10k-100k': '$10,000 to 100,000',
  '100k-1m': '$100,000 to 1 million',
  'from-1m': '$1 million and more',
}

export const refusedWords = (reason: RefusalReason): string => REFUSAL_REASONS[reason]

/** A ratio as per cent, cut: 99.99 is not yet 100. */
export const share = (ratio: number | null): string =>
  ratio === null ? '–' : `${(Math.floor(ratio * 1000) / 10).toFixed(1)} %`

export const shortHex = (hex: string): string => (hex.length > 14 ? `${hex.slice(0, 8)}…${hex.slice(-4)}` : hex)

export const blocksText = (count: number | bigint): string => (BigInt(count) === 1n ? '1 block' : `${count} blocks`)

export function leadText({ leadBlocks: { p50, p10 }, recording, liquidations }: BacktestReport): string {
  if (p50 === null || p10 === null) return liquidations === 0 ? 'nothing to lead' : 'none: nothing was flagged'
  const inTime = (blocks: number): string =>
    `${blocksText(blocks)} (${duration(Math.floor(blocks * recording.blockTimeS))})`
  return `${inTime(p50)} at the median (p50), ${inTime(p10)} at p10`
}

export const byWorst = <T>(rows: readonly T[], weight: (row: T) => bigint): readonly T[] =>
  rows.toSorted((a, b) => (weight(a) === weight(b) ? 0 : weight(a) > weight(b) ? -1 : 1))

/** The days with most missed first, then those with the largest debt. */
export const daysByWorst = (days: BacktestReport['byDay']): BacktestReport['byDay'] =>
  days.toSorted((a, b) => b.missed - a.missed || Number(usd8Of(b.debtUsd) - usd8Of(a.debtUsd)))
