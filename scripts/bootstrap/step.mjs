import { spawn } from 'node:child_process'
import { join } from 'node:path'

/** Said to a person: what, why, fix. */
export class Failure extends Error {}

export const say = (line) => process.stderr.write(`bootstrap: ${line}\n`)

/** Runs one command with its output kept back: shown only when it fails. A line every 10 s says that it still runs. */
export async function runStep(root, { title, usually, command, hint }) {
  const started = Date.now()
  const seconds = () => Math.round((Date.now() - started) / 1000)
  say(`${title} (usually ${usually})`)
  const ticker = setInterval(() => say(`still at it, ${seconds()} s`), 10_000)
  try {
    const { code, log } = await run(root, command)
    if (code !== 0) {
      const { why, fix } = hint(log)
      throw new Failure(`${log.trimEnd()}\n\nbootstrap failed while ${title}\n  why: ${why}\n  fix: ${fix}`)
    }
  } finally {
    clearInterval(ticker)
  }
  say(`done in ${seconds()} s`)
}

function run(root, [program, ...args]) {
  const env = {
    ...process.env,
    PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
    HARDHAT_DISABLE_TELEMETRY_PROMPT: 'true',
  }
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let log = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += chunk))
    child.on('error', (error) => resolve({ code: 1, log: `${log}${error.message}` }))
    child.on('close', (code) => resolve({ code: code ?? 1, log }))
  })
}
