/** What many answers have in common. */
import { z } from 'zod'
import type { BlockRef } from '../../core/answers.ts'

export const integer = z.string().regex(/^-?\d+$/)
export const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/)
export const count = z.int().min(0)
export const schemaVersion = z.literal(1)
export const block = z.object({ number: integer, hash: z.string(), timestamp: z.int() }) satisfies z.ZodType<BlockRef>
export const quarantined = z
  .boolean()
  .optional()
  .describe("True while the market's mirror is not trusted: its numbers may be wrong; absent otherwise")
