import * as z from 'zod'
import { positive, timeOfDay } from './fields.ts'
import { warnings } from './schema-risk-warnings.ts'

/** The wave of a market: measured beside the loops, in a thread of its own. */
export const risk = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe(
      'Whether the daemon measures the wave. Without it `plimsoll risk` still answers, from what was kept before.',
    ),
  // A timer counts to 2^31 ms, and fires at once for more.
  everyS: positive.max(86_400).default(60).describe('Seconds between two looks at the state of every market.'),
  binS: positive
    .default(3600)
    .describe(
      'Seconds of the chain in one bin of the history. Thresholds are made for hours: other values are for rehearsals and local chains.',
    ),
  keepDays: positive.default(400).describe('Days for which the history is kept.'),
  briefAt: timeOfDay
    .optional()
    .describe('When the daily brief is sent, in `alerts.timezone`; without it there is none.')
    .meta({ examples: ['07:30'] }),
  warnings: warnings
    .prefault({})
    .describe('When people are warned of a market as a whole (`docs/alerts.md`). Where a warning ends moves along.'),
})
