import type { RiskQuestion, RiskQuestions } from '../../../core/risk/questions.ts'
import type { Cell } from '../../csv.ts'
import type { Look } from './look.ts'

export type Answer<Q extends RiskQuestion> = RiskQuestions[Q][1]

/** An answer as rows: what a spreadsheet takes. */
export interface Sheet {
  readonly head: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

/** One question's answer, for people and for spreadsheets. */
export interface Screen<Q extends RiskQuestion> {
  readonly text: (answer: Answer<Q>, look: Look) => string
  /** Absent: the answer is no table. */
  readonly sheet?: (answer: Answer<Q>) => Sheet
}

/** Parts of a screen with an empty line between them; empty parts are left out. */
export const parts = (...texts: readonly string[]): string => texts.filter((text) => text !== '').join('\n\n')

/** A sheet from named cells of each row. */
export const sheetOf = <R>(
  rows: readonly R[],
  columns: readonly (readonly [name: string, cell: (row: R) => Cell])[],
): Sheet => ({
  head: columns.map(([name]) => name),
  rows: rows.map((row) => columns.map(([, cell]) => cell(row))),
})
