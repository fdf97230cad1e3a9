import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Catcher } from './bug.ts'

const REPORTER = fileURLToPath(new URL('./verdict.cjs', import.meta.url))
/** A bug may make a test wait for ever. */
const LONGEST_MS = 10 * 60_000

/** What `verdict.cjs` tells. */
export interface Verdict {
  readonly passed: number
  readonly skipped: number
  readonly failed: readonly {
    readonly title: string
    /** A test that compared and found a difference; not a hook, an exception or a timeout. */
    readonly byAssertion: boolean
    readonly message: string
  }[]
}

/** Run one test in `folder`. A string: mocha did not come so far, and its last words. */
export async function runTest(folder: string, { file, title, inOrder }: Catcher): Promise<Verdict | string> {
  const output = join(folder, 'verdict.json')
  rmSync(output, { force: true })
  const choice = inOrder ? ['--bail'] : ['--fgrep', title]
  const reporter = ['--reporter', REPORTER, '--reporter-option', `output=${output}`]
  const words = await run(folder, [join('node_modules', 'mocha', 'bin', 'mocha.js'), file, ...choice, ...reporter])
  return existsSync(output) ? (JSON.parse(readFileSync(output, 'utf8')) as Verdict) : words
}

/** Resolves with what was said on stderr. */
function run(folder: string, args: readonly string[]): Promise<string> {
  const stdio: ['ignore', 'ignore', 'pipe'] = ['ignore', 'ignore', 'pipe']
  const child = spawn(process.execPath, args, { cwd: folder, stdio, timeout: LONGEST_MS })
  let words = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(words.trim() || `ended with ${signal ?? code}`))
  })
}
