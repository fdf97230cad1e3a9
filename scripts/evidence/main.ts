import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What a measurement is given. */
export interface Context {
  readonly seed: number
  /** Further arguments of the command line. */
  readonly args: readonly string[]
  /** A line for whoever waits. */
  readonly say: (line: string) => void
}

interface Measurement {
  run(context: Context): Promise<Record<string, unknown>>
}

const here = fileURLToPath(new URL('.', import.meta.url))
const root = join(here, '../..')
const require = createRequire(import.meta.url)
const say = (line: string) => process.stderr.write(`${line}\n`)

const names = (): readonly string[] =>
  readdirSync(here)
    .filter((file) => file.endsWith('.ts') && file !== 'main.ts')
    .map((file) => file.slice(0, -'.ts'.length))

const git = (...args: readonly string[]): string =>
  execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()

const version = (name: string): string => {
  const { version: found } = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as {
    version: string
  }
  return found
}

const isMeasurement = (module: object): module is Measurement => 'run' in module && typeof module.run === 'function'

/** Under what circumstances the figures came about. */
function circumstances(name: string, seed: number, args: readonly string[]): Record<string, unknown> {
  const { version: plimsoll } = require('../../package.json') as { version: string }
  return {
    command: ['npm run evidence --', name, `--seed ${seed}`, ...args].join(' '),
    seed,
    date: new Date().toISOString(),
    commit: git('rev-parse', 'HEAD'),
    dirty: git('status', '--porcelain', '--', '.', ':!docs', ':!README.md') !== '',
    versions: { plimsoll, node: process.versions.node, hardhat: version('hardhat'), viem: version('viem') },
    cpus: availableParallelism(),
  }
}

async function main([name, ...rest]: readonly string[]): Promise<number> {
  if (name === undefined || !names().includes(name)) {
    say(`usage: npm run evidence -- NAME [--seed N] [ARGS]\nmeasurements: ${names().join(', ') || 'none yet'}`)
    return name === undefined ? 0 : 2
  }
  const at = rest.indexOf('--seed')
  const seed = at < 0 ? 1 : Number(rest[at + 1])
  const args = at < 0 ? rest : rest.toSpliced(at, 2)
  const module: object = await import(`./${name}.ts`)
  if (!isMeasurement(module)) throw new TypeError(`scripts/evidence/${name}.ts does not export run(context)`)
  const before = circumstances(name, seed, args)
  const started = performance.now()
  const figures = await module.run({ seed, args, say })
  const path = join(root, `docs/evidence/${name}.json`)
  mkdirSync(join(root, 'docs/evidence'), { recursive: true })
  const seconds = Math.round((performance.now() - started) / 100) / 10
  writeFileSync(path, `${JSON.stringify({ ...before, seconds, figures }, toJson, 2)}\n`)
  say(`wrote docs/evidence/${name}.json`)
  return 0
}

/** Integers of the chain are decimal strings. */
const toJson = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value)

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
