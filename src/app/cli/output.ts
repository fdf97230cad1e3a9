import Table from 'cli-table3'
import { SCHEMA_VERSION } from '../../core/answers.ts'
import { PlimsollError, RpcFault, UnreachableError } from '../../core/errors.ts'

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

export const table = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string => draw({ head, rows, right }, '  ')

export interface Drawn {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Columns of numbers. */
  readonly right: readonly number[]
}

/** The same with less air: what is read side by side on a narrow terminal. */
export const denseTable = (drawn: Drawn): string => draw(drawn, '')

function draw({ head, rows, right }: Drawn, middle: string): string {
  const colAligns = head.map((_, i) => (right.includes(i) ? 'right' : 'left') as 'right' | 'left')
  const chars = { ...PLAIN, middle }
  const made = new Table({ head: [...head], colAligns, style: { head: [], border: [] }, chars })
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
}

/** A complaint for people: what, why, how to fix. Anything else is a fault of ours, with its stack. */
export function complain(error: unknown, scrub: (text: string) => string): number {
  const told = error instanceof RpcFault ? refusedByNode(error) : error
  if (told instanceof PlimsollError) {
    talk(scrub(`plimsoll: ${told.what}\n  why: ${told.why}\n  fix: ${told.fix}\n  (${told.code})`))
    return told.exitCode
  }
  talk(scrub(`plimsoll: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`))
  return 1
}

/** A no that nobody on the way had an answer to: a limit of the node, or state that it does not keep. */
const refusedByNode = (fault: RpcFault): UnreachableError =>
  new UnreachableError(
    {
      code: 'RPC_REFUSED',
      what: 'every node refuses a request',
      why: fault.message,
      fix: 'Try again later, or add another node to the rpc of the chain.',
    },
    { cause: fault },
  )
