import type * as z from 'zod'
import { homesOf, keysAt, optionAt } from './options.ts'
import type { Path, Problem } from './problems.ts'
import { didYouMean, nearest } from './suggest.ts'

type Issue = z.core.$ZodIssue

/** What zod found, in words: what, why, fix. */
export function toProblems(issues: readonly Issue[], above: Path = []): readonly Problem[] {
  return issues.flatMap((issue) => {
    const path = [...above, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))]
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key))
    if (issue.code === 'invalid_union') return fromUnion(issue, path)
    return [one(issue, path)]
  })
}

function one(issue: Issue, path: Path): Problem {
  const why = optionAt(path)?.description || 'the option has another type'
  if (issue.code === 'custom')
    return {
      path,
      what: issue.message,
      why: String(issue.params?.['why'] ?? why),
      fix: String(issue.params?.['fix'] ?? ''),
    }
  if (issue.input === undefined && missing(issue))
    return { path, what: 'is missing', why, fix: `Add \`${path.at(-1)}\`${exampleAt(path)}.` }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String)
    return {
      path,
      what: `${show(issue.input)} is none of ${values.join(', ')}`,
      why,
      fix: didYouMean(String(issue.input), values),
    }
  }
  if (issue.code === 'invalid_type')
    return {
      path,
      what: `expected ${issue.expected}, got ${show(issue.input)}`,
      why,
      fix: `Write a value of type ${issue.expected}${exampleAt(path)}.`,
    }
  if (issue.code === 'invalid_key')
    return {
      path,
      what: 'this name cannot be used',
      why: 'names appear in metrics and URLs',
      fix: 'Use letters, digits, dot, dash and underscore only, at most 64.',
    }
  if (issue.code === 'too_small' || issue.code === 'too_big') return { path, ...size(issue), why }
  const fix = `Write a value of type ${optionAt(path)?.type ?? 'another kind'}${exampleAt(path)}.`
  return { path, what: `${show(issue.input)}: ${issue.message}`, why, fix }
}

function size(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): { what: string; fix: string } {
  const [kind, bound] = issue.code === 'too_small' ? ['least', issue.minimum] : ['most', issue.maximum]
  const unit = issue.origin === 'array' ? ' item' : issue.origin === 'string' ? ' character' : ''
  return {
    what: `${show(issue.input)} is too ${kind === 'least' ? 'small' : 'large'}`,
    fix: `Give at ${kind} ${bound}${unit}${unit !== '' && Number(bound) !== 1 ? 's' : ''}.`,
  }
}

const missing = (issue: Issue): boolean => issue.code === 'invalid_type' || issue.code === 'invalid_value'

/** The branch that was meant is the one that failed inside, not at its very type. */
function fromUnion(issue: Extract<Issue, { code: 'invalid_union' }>, path: Path): readonly Problem[] {
  const meant = issue.errors.filter((branch) => !branch.some((inner) => inner.path.length === 0 && missing(inner)))
  if (meant.length === 1) return toProblems(meant[0]!, path)
  const option = optionAt(path)
  const why = option?.description || 'the option has another type'
  if (issue.input === undefined)
    return [{ path, what: 'is missing', why, fix: `Add \`${path.at(-1)}\`${exampleAt(path)}.` }]
  const fix = `Write ${option?.type ?? 'a name or an object'}${exampleAt(path)}.`
  return [{ path, what: `${show(issue.input)} does not fit here`, why, fix }]
}

function unknownKey(path: Path, key: string): Problem {
  const known = keysAt(path)
  const near = nearest(key, known)
  const [home] = homesOf(key)
  const fix = near === undefined && home !== undefined ? `\`${key}\` belongs to \`${home}\`.` : didYouMean(key, known)
  return { path: [...path, key], what: 'unknown option', why: 'nothing would ever read it', fix }
}

function exampleAt(path: Path): string {
  const option = optionAt(path)
  const example = option?.example ?? (option?.default === undefined ? undefined : JSON.parse(option.default))
  return example === undefined ? '' : `, such as ${JSON.stringify(example)}`
}

/** A value in a message: short, and never a whole tree. */
function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'an object' : JSON.stringify(value).slice(0, 80)
}
