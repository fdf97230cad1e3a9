import Table from 'cli-table3'
import { SCHEMA_VERSION } from '../../core/answers.ts'
import { PlimsollError } from '../../core/errors.ts'

/** `stdout` is data, `stderr` is talk. */

export const printJson = (answer: object): void => {
  process.stdout.write(`${JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...answer }, null, 2)}\n`)
}

export const print = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

export const talk = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string {
  const colAligns = head.map((_, i) => (right.includes(i) ? 'right' : 'left') as 'right' | 'left')
  const made = new Table({ head: [...head], colAligns, style: { head: [], border: [] }, chars: PLAIN })
  made.push(...rows.map((row) => [...row]))
  return made.toString()
}

/** Rules above and below only: readable in a log, in a mail, without colours. */
const PLAIN = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

/** A complaint for people: what, why, how to fix. Anything else is a fault of ours, with its stack. */
export function complain(error: unknown, scrub: (text: string) => string): number {
  if (error instanceof PlimsollError) {
    talk(scrub(`plimsoll: ${error.what}\n  why: ${error.why}\n  fix: ${error.fix}\n  (${error.code})`))
    return error.exitCode
  }
  talk(scrub(`plimsoll: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`))
  return 1
}
