#!/usr/bin/env node
// Starts the command under a Node that runs TypeScript: the present one if it can, else the one in node_modules.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const runsTypeScript = major >= 24 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18)
const bundledNode = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url))

if (!existsSync(bundledNode)) {
  process.stderr.write(
    'plimsoll: its packages are not installed\n' +
      '  why: node_modules is missing or was not made by this project\n' +
      '  fix: run `node scripts/bootstrap.mjs` in the folder of the clone, then start again\n',
  )
  process.exitCode = 1
} else if (runsTypeScript) {
  endWithLauncher()
  module.enableCompileCache?.()
  await import('../src/app/cli/main.ts')
} else {
  handOver()
}

/** Runs this same file under the other Node, as if it were this process: signals, exit code, end. */
function handOver() {
  const args = [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)]
  const child = spawn(bundledNode, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGUSR2'])
    process.on(signal, () => {
      // On a terminal Ctrl-C reaches the child by itself; twice would mean "at once".
      if (signal !== 'SIGINT' || !process.stderr.isTTY) child.kill(signal)
    })
  child.on('error', (error) => {
    process.stderr.write(`plimsoll: cannot start ${bundledNode}: ${error.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(signal === null ? code : 128 + constants.signals[signal]))
}

/** When the process that handed over is killed, so are we: nobody would find us otherwise. */
function endWithLauncher() {
  if (process.channel === undefined) return
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  process.channel.unref()
}
