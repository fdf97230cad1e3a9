import type { z } from 'zod'
import type { AnswerName } from './schemas.ts'

export interface Route {
  readonly path: string
  readonly summary: string
  /** Undefined: whatever the query says is ignored (probes and scrapers add their own). */
  readonly query: z.ZodObject | undefined
  readonly answer: { readonly media: string; readonly schema: AnswerName | undefined }
  /** Statuses besides 200, 401, 403 and 500. */
  readonly also: readonly number[]
  /** Answered without a token. */
  readonly open: boolean
}
