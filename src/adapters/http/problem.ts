/** What went wrong, as an answer: `{ schemaVersion, error: { code, what, why, fix } }` with a fitting status. */
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { SCHEMA_VERSION } from '../../core/answers.ts'
import { type Complaint, PlimsollError, UsageError } from '../../core/errors.ts'

export type Scrub = (text: string) => string

/** A request that gets no answer, by a rule of this interface. */
export class HttpProblem extends Error {
  readonly status: ContentfulStatusCode
  readonly complaint: Complaint
  readonly headers: Readonly<Record<string, string>>

  constructor(status: ContentfulStatusCode, complaint: Complaint, headers: Readonly<Record<string, string>> = {}) {
    super(complaint.what)
    this.name = 'HttpProblem'
    this.status = status
    this.complaint = complaint
    this.headers = headers
  }
}

/** Exit code of what is worth another try later. */
const AGAIN = 75

/** What a question can be refused for that is not for whoever asks to correct: it is not there, or cannot be told of it yet. */
const STATUS: Readonly<Record<string, ContentfulStatusCode>> = {
  UNKNOWN_ACCOUNT: 404,
  RULES_UNKNOWN: 503,
  UNKNOWN_HEALTH: 503,
}

export function toProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error
  if (error instanceof UsageError) return new HttpProblem(STATUS[error.code] ?? 400, error)
  if (error instanceof PlimsollError)
    return error.exitCode === AGAIN ? new HttpProblem(503, error, { 'retry-after': '5' }) : new HttpProblem(500, error)
  return new HttpProblem(500, {
    code: 'INTERNAL',
    what: 'The answer could not be made',
    why: error instanceof Error ? error.message : String(error),
    fix: 'The log has the details. Please report it if it happens again.',
  })
}

export function problemBody({ complaint }: HttpProblem, scrub: Scrub): object {
  const { code, what, why, fix } = complaint
  return { schemaVersion: SCHEMA_VERSION, error: { code, what: scrub(what), why: scrub(why), fix: scrub(fix) } }
}

export const answerProblem = (c: Context, problem: HttpProblem, scrub: Scrub): Response =>
  c.json(problemBody(problem, scrub), problem.status, { ...problem.headers })
