import type { Path, Problem } from './problems.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface Interpolated {
  readonly text: string
  /** What came out of the environment. */
  readonly values: readonly string[]
  readonly problems: readonly Problem[]
}

const placeholder = /\$\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?\}/g

/** Replaces `${NAME}` and `${NAME:-default}`. A variable that is not set, or empty, is a problem unless it has a default. */
export function interpolate(text: string, env: Environment, path: Path): Interpolated {
  const values: string[] = []
  const problems: Problem[] = []
  const replaced = text.replace(placeholder, (_, name: string, hasDefault: string | undefined, otherwise: string) => {
    const value = env[name]
    if (value !== undefined && value !== '') {
      values.push(value)
      return value
    }
    if (hasDefault === undefined) problems.push(missing(name, path))
    return hasDefault === undefined ? '' : otherwise
  })
  if (problems.length === 0 && text.replace(placeholder, '').includes('${')) problems.push(malformed(text, path))
  return { text: replaced, values, problems }
}

const missing = (name: string, path: Path): Problem => ({
  path,
  what: `the environment variable ${name} is not set`,
  why: `the file takes this value from \${${name}}`,
  fix: `Set ${name} in .env or in the environment, or write \${${name}:-default}, or take the line out.`,
})

const malformed = (text: string, path: Path): Problem => ({
  path,
  what: `${JSON.stringify(text)} holds a "\${" that names no variable`,
  why: 'a variable is written ${NAME} or ${NAME:-default}',
  fix: 'Correct the name or add the closing brace.',
})
