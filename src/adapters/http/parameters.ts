/** Query parameters: one schema validates them and documents them. */
import type { Context } from 'hono'
import { z } from 'zod'
import { ACCOUNT_SORTS } from '../../core/answers.ts'
import { WAD } from '../../core/math.ts'
import { HttpProblem } from './problem.ts'
import { JOURNAL_KINDS } from './schemas.ts'

export const whole = (minimum: number, maximum: number, fallback: number, description: string) =>
  z
    .string()
    .refine((text) => /^\d{1,16}$/.test(text) && Number(text) >= minimum && Number(text) <= maximum, {
      error: `it must be a whole number from ${minimum} to ${maximum}`,
    })
    .transform(Number)
    .default(fallback)
    .meta({ type: 'integer', minimum, maximum, description: `${description}; ${fallback} when left out` })

export const oneOf = <const T extends readonly string[]>(values: T, description: string) =>
  z.enum(values, { error: `it must be one of ${values.join(', ')}` }).meta({ description })

/** `1.05` to a wad: digits are moved, nothing is rounded. */
function wadOf(decimal: string): bigint {
  const [units = '0', fraction = ''] = decimal.split('.')
  return BigInt(units) * WAD + BigInt(fraction.padEnd(18, '0'))
}
const health = z
  .string()
  .regex(/^\d{1,18}(\.\d{1,18})?$/, { error: 'it must be a health factor such as 1.05, with 18 decimals at most' })
  .meta({ description: 'Only accounts whose health is below this, such as `1.05`' })

export const noParameters = z.strictObject({})
export const accountsParameters = z.strictObject({
  market: z.string().optional().meta({ description: 'Name of a market; the first one when left out' }),
  below: health.transform(wadOf).optional(),
  sort: oneOf(ACCOUNT_SORTS, 'Order of the list').default('health'),
  limit: whole(1, 1_000, 100, 'Accounts on one page'),
  cursor: z.string().max(512).optional().meta({ description: '`next` of the page before' }),
})
export const journalParameters = z.strictObject({
  after: whole(0, Number.MAX_SAFE_INTEGER, 0, 'Only entries with a greater `seq`'),
  kind: oneOf(JOURNAL_KINDS, 'Only entries of this kind').optional(),
  limit: whole(1, 1_000, 100, 'Entries on one page'),
})
export const lastEventId = whole(0, Number.MAX_SAFE_INTEGER, 0, '`id` of the last event received')

/** Every parameter is known, given once, not empty and well-formed; otherwise the problem names it. */
export function readQuery<S extends z.ZodObject>(c: Context, schema: S): z.output<S> {
  const given = c.req.queries()
  const known = Object.keys(schema.shape)
  for (const [name, values] of Object.entries(given)) {
    if (!known.includes(name)) throw unknownParameter(name, known)
    if (values.length > 1) throw badParameter(name, values.join(', '), 'it is given more than once')
    if (values[0] === '') throw badParameter(name, '', 'it is empty')
  }
  const parsed = schema.safeParse(c.req.query())
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const name = String(issue?.path[0] ?? '')
  if (c.req.query(name) === undefined) throw missingParameter(name, issue?.message ?? 'it is needed')
  throw badParameter(name, c.req.query(name) ?? '', issue?.message ?? 'it is not valid')
}

export function badParameter(name: string, value: string, why: string): HttpProblem {
  return new HttpProblem(400, {
    code: 'BAD_PARAMETER',
    what: `The parameter "${name}" cannot be "${value.slice(0, 100)}"`,
    why,
    fix: `Correct "${name}", or leave it out. /api/openapi.json describes every parameter.`,
  })
}

const missingParameter = (name: string, why: string): HttpProblem =>
  new HttpProblem(400, {
    code: 'BAD_PARAMETER',
    what: `The parameter "${name}" is missing`,
    why,
    fix: `Add "${name}". /api/openapi.json describes every parameter.`,
  })

function unknownParameter(name: string, known: readonly string[]): HttpProblem {
  return new HttpProblem(400, {
    code: 'UNKNOWN_PARAMETER',
    what: `There is no parameter "${name.slice(0, 100)}" here`,
    why: known.length === 0 ? 'this route takes no parameters' : `this route knows ${known.join(', ')}`,
    fix: 'Remove it or correct its spelling.',
  })
}
