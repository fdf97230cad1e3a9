import { readFileSync } from 'node:fs'
import { dirname, resolve as resolvePath } from 'node:path'
import { ConfigError } from '../core/errors.ts'
import type { Config } from './config.ts'
import { crossCheck } from './cross-check.ts'
import type { Known } from './cross-check-markets.ts'
import { parseConfigText } from './document.ts'
import { fillFromEnvironment } from './environment.ts'
import type { Environment } from './interpolate.ts'
import { toProblems } from './issues.ts'
import { InvalidConfig, type Problem, showPath } from './problems.ts'
import { resolve } from './resolve.ts'
import { type Checked, schema } from './schema.ts'
import { collectSecrets } from './secrets.ts'

export interface Loaded {
  readonly config: Config
  /** What `config` was made of. */
  readonly source: Source
  /** What no log line may show. */
  readonly secrets: readonly string[]
}

/** A checked file and the folder that its paths are relative to. */
export interface Source {
  readonly file: Checked
  readonly folder: string
}

/** Reads and checks the file. Throws one ConfigError that lists everything that is wrong. */
export function loadConfig({ file, env, known = {} }: { file: string; env: Environment; known?: Known }): Loaded {
  const document = parseConfigText(read(file), env)
  if (document.value === undefined || document.value === null)
    throw new InvalidConfig(
      file,
      [...document.problems, ...(document.problems.length > 0 ? [] : [empty])],
      document.lineOf,
    )
  const root = fillFromEnvironment(document.value, env)
  const checked = schema.safeParse(root, { reportInput: true })
  const problems = unique([
    ...document.problems,
    ...toProblems(checked.error?.issues ?? []),
    ...crossCheck(root, known),
  ])
  if (problems.length > 0 || !checked.success) throw new InvalidConfig(file, problems, document.lineOf)
  const source = { file: checked.data, folder: dirname(resolvePath(file)) }
  const config = resolve(source.file, source.folder)
  return { config, source, secrets: collectSecrets(config, document.interpolated, env) }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new ConfigError(
      {
        code: 'CONFIG_UNREADABLE',
        what: `cannot read ${file}`,
        why: cause instanceof Error ? cause.message : String(cause),
        fix: 'Copy plimsoll.example.yaml to plimsoll.yaml and adapt it, or name another file with -c FILE.',
      },
      { cause },
    )
  }
}

const empty: Problem = {
  path: [],
  what: 'it is empty',
  why: 'at least one chain and one market must be named',
  fix: 'Start from plimsoll.example.yaml.',
}

/** One problem a place: what is found first (a missing variable) explains what follows from it (an empty value). */
function unique(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>()
  return problems.filter(({ path, what }) => {
    const place = showPath(path) || what
    if (seen.has(place)) return false
    seen.add(place)
    return true
  })
}
