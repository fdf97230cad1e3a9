/** How an answer is laid out on this terminal. */
import { styleText } from 'node:util'
import { type Drawn, denseTable } from '../output.ts'
import type { GlobalOptions } from '../session.ts'

export interface Look {
  /** Characters on a line. */
  readonly width: number
  readonly color: boolean
  /** Unix seconds: how old a block is. */
  readonly nowS: number
}

/** Of what is no terminal: fits a mail and a log. */
const PLAIN_WIDTH = 100
const LEAST_WIDTH = 60

export function lookOf({ color }: GlobalOptions, nowMs: number): Look {
  const { isTTY, columns } = process.stdout
  const width = isTTY ? Math.max(LEAST_WIDTH, columns) : PLAIN_WIDTH
  return { width, color: color && isTTY, nowS: Math.floor(nowMs / 1000) }
}

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow'
export const styled = (style: Style, text: string, { color }: Look): string =>
  color ? styleText(style, text, { validateStream: false }) : text

/** One column of a table of `R`. */
export interface Column<R> {
  readonly head: string
  readonly cell: (row: R) => string
  /** Of words, not numbers. */
  readonly left?: boolean
  /** Left out where a line has fewer characters. */
  readonly from?: number
}

export function tableOf<R>(rows: readonly R[], columns: readonly Column<R>[], { width }: Pick<Look, 'width'>): string {
  const shown = columns.filter(({ from }) => from === undefined || width >= from)
  const drawn: Drawn = {
    head: shown.map(({ head }) => head),
    rows: rows.map((row) => shown.map(({ cell }) => cell(row))),
    right: shown.flatMap(({ left }, i) => (left ? [] : [i])),
  }
  return denseTable(drawn)
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}

/** Broken at spaces; lines after the first begin `indent` characters in. */
export function wrap(text: string, width: number, indent = 0): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const room = width - (lines.length === 0 ? 0 : indent)
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`)
}

/** `label   what is said of it`, one line a row, the longer ones broken under themselves. */
export function facts(rows: readonly (readonly [label: string, text: string])[], { width }: Look): string {
  const indent = Math.max(...rows.map(([label]) => label.length)) + 3
  return rows
    .filter(([, text]) => text !== '')
    .map(
      ([label, text]) =>
        ` ${label.padEnd(indent - 1)}${wrap(text, width - indent).replaceAll('\n', `\n${' '.repeat(indent)}`)}`,
    )
    .join('\n')
}

/** A share of `width` characters, at least one for what is more than nothing. */
export const bar = (share: number, width: number, mark = '#'): string =>
  mark.repeat(share > 0 ? Math.max(1, Math.round(share * width)) : 0)
