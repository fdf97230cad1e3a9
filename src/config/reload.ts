import type { Config } from './config.ts'
import type { Source } from './load.ts'
import { resolve } from './resolve.ts'
import { type Checked, marketLimits } from './schema.ts'
import { isTree, type Tree } from './tree.ts'

/** What a running program can take over from a file that was changed. `*` is any name. */
const AT_RUN_TIME = [
  'executor.lowBalance',
  'executor.markets.*',
  'alerts.*',
  'risk.briefAt',
  'risk.warnings.*',
  'log.level',
]
/** But not these within them: contracts are checked at start, and the bot is one connection with its own cursor. */
const AT_START = ['executor.markets.*.contract', 'alerts.telegram', 'alerts.telegram.token', 'alerts.telegram.apiRoot']

export interface Merged {
  /** The present configuration with what can change taken from the new file. */
  readonly config: Config
  readonly source: Source
  /** Paths of options. */
  readonly applied: readonly string[]
  readonly needRestart: readonly string[]
}

/** Each changed option is either taken over or left as it is until the next start. */
export function mergeReload(present: Source, next: Source): Merged {
  const changed = changes(present.file, next.file)
  const applied = changed.filter(isAtRunTime)
  const file = applied.reduce<Tree>((tree, path) => put(tree, path, at(next.file, path)), present.file) as Checked
  const source = { file, folder: present.folder }
  return {
    config: resolve(file, source.folder),
    source,
    applied: applied.map(show),
    needRestart: changed.filter((path) => !isAtRunTime(path)).map(show),
  }
}

type Steps = readonly string[]

const show = (path: Steps): string => path.join('.')

/** A market that the file does not name has these. */
const DEFAULT_LIMITS = marketLimits.parse({})
const MARKET: Steps = ['executor', 'markets', '*']

/** The deepest options that differ. A section that only one of them has is one option; so is a list. */
function changes(old: unknown, fresh: unknown, path: Steps = []): readonly Steps[] {
  const [a, b] = sameLength(path, MARKET) ? [old ?? DEFAULT_LIMITS, fresh ?? DEFAULT_LIMITS] : [old, fresh]
  if (isPlain(a) && isPlain(b))
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) =>
      changes(a[key], b[key], [...path, key]),
    )
  return text(a) === text(b) ? [] : [path]
}

const isPlain = (value: unknown): value is Tree => isTree(value) && Object.getPrototypeOf(value) === Object.prototype

/** Order of keys does not matter; bigint is written as a string. */
const text = (value: unknown): string | undefined =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'bigint'
      ? `${inner}n`
      : isPlain(inner)
        ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
  )

const isAtRunTime = (path: Steps): boolean =>
  AT_RUN_TIME.some((pattern) => matches(path, pattern.split('.'))) &&
  !AT_START.some((pattern) => show(path) === pattern || sameLength(path, pattern.split('.')))

/** The option itself, or one within it. */
const matches = (path: Steps, pattern: Steps): boolean =>
  path.length >= pattern.length && pattern.every((step, i) => step === '*' || step === path[i])

const sameLength = (path: Steps, pattern: Steps): boolean => path.length === pattern.length && matches(path, pattern)

function at(tree: unknown, path: Steps): unknown {
  const found = path.reduce<unknown>((inner, step) => (isTree(inner) ? inner[step] : undefined), tree)
  const [last = ''] = path.slice(-1)
  return (
    found ?? (sameLength(path.slice(0, -1), MARKET) ? DEFAULT_LIMITS[last as keyof typeof DEFAULT_LIMITS] : undefined)
  )
}

function put(tree: Tree, [step = '', ...rest]: Steps, value: unknown, above: Steps = []): Tree {
  const path = [...above, step]
  if (rest.length > 0) {
    const inner = tree[step] ?? (sameLength(path, MARKET) ? DEFAULT_LIMITS : {})
    return { ...tree, [step]: put(isTree(inner) ? inner : {}, rest, value, path) }
  }
  const { [step]: _old, ...others } = tree
  return value === undefined ? others : { ...others, [step]: value }
}
