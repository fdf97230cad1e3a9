import { ConfigError } from '../core/errors.ts'

export type Path = readonly (string | number)[]

/** One thing wrong with the file. */
export interface Problem {
  readonly path: Path
  readonly what: string
  readonly why: string
  readonly fix: string
}

/** `['markets', 1, 'chain']` as people write it: `markets[1].chain`. */
export const showPath = (path: Path): string =>
  path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text ? `${text}.${step}` : step),
    '',
  )

/** All that is wrong with a configuration file, at once. */
export class InvalidConfig extends ConfigError {
  readonly problems: readonly Problem[]

  constructor(file: string, found: readonly Problem[], lineOf: (path: Path) => number | undefined) {
    const placed = found.map((problem) => ({ problem, line: lineOf(problem.path) }))
    const problems = placed.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)).map(({ problem }) => problem)
    const lines = problems.map((problem) => describe(problem, lineOf(problem.path)))
    super({
      code: 'CONFIG_INVALID',
      what: `${file} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}`,
      why: `\n${lines.join('\n')}\n`,
      fix: 'Correct the file, then run `plimsoll config check`.',
    })
    this.problems = problems
    this.message = `${this.what}:${this.why}${this.fix}`
  }
}

function describe({ path, what, why, fix }: Problem, line: number | undefined): string {
  const place = [showPath(path) || 'the file', line === undefined ? '' : ` (line ${line})`].join('')
  return `  - ${place}: ${what}\n      why: ${why}\n      fix: ${fix}`
}

export const when = (wrong: boolean, problem: Problem): readonly Problem[] => (wrong ? [problem] : [])
