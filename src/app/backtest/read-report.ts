import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { SCHEMA_VERSION } from '../../core/answers.ts'
import { UsageError } from '../../core/errors.ts'
import { type BacktestReport, reportSchema } from './report-schema.ts'

const MADE_BY = 'Give a file that `plimsoll backtest FILE --json` printed.'

/** A report from a file. With `force` one of another schema version is tried as if it were of this one. */
export function readReport(file: string, force: boolean): BacktestReport {
  const value = parse(file, read(file))
  const { schemaVersion: version, kind } = headOf(value)
  if (kind !== 'backtest') throw refused(file, 'NOT_A_REPORT', 'it is JSON, but no report of a backtest', MADE_BY)
  if (version !== SCHEMA_VERSION && !force)
    throw refused(
      file,
      'OTHER_SCHEMA_VERSION',
      `it has schemaVersion ${JSON.stringify(version) ?? 'none'}, this program knows ${SCHEMA_VERSION}`,
      'Make the report anew with this version, or try with --force.',
    )
  const checked = reportSchema.safeParse({ ...(value as object), schemaVersion: SCHEMA_VERSION })
  if (checked.success) return checked.data
  throw refused(file, 'NOT_A_REPORT', `it has not the shape of a report: ${firstIssues(checked.error)}`, MADE_BY)
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw refused(file, 'NO_SUCH_REPORT', messageOf(error), 'Check the name of the file.', error)
  }
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw refused(file, 'NOT_A_REPORT', `it is no JSON (${messageOf(error)})`, MADE_BY, error)
  }
}

const headSchema = z.object({ schemaVersion: z.unknown(), kind: z.unknown() }).partial()
const headOf = (value: unknown): z.infer<typeof headSchema> => headSchema.safeParse(value).data ?? {}

const MOST_ISSUES = 3

function firstIssues({ issues }: z.ZodError): string {
  const told = issues.slice(0, MOST_ISSUES).map(({ path, message }) => `${path.join('.')}: ${message}`)
  return `${told.join('; ')}${issues.length > MOST_ISSUES ? ` (and ${issues.length - MOST_ISSUES} more)` : ''}`
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function refused(file: string, code: string, why: string, fix: string, cause?: unknown): UsageError {
  return new UsageError({ code, what: `${file} cannot be compared`, why, fix }, { cause })
}
