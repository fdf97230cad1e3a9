// Makes a bare clone ready: packages (installed by Node 24 even where the system's Node is 20), compiled
// contracts, the `plimsoll` command. Plain JavaScript without dependencies, for Node >= 20. Runs before
// `npm test`, `npm run demo` and the others; costs a few hundredths of a second when there is nothing to do.
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { contractsReady, markContracts } from './bootstrap/contracts.mjs'
import { withLock } from './bootstrap/lock.mjs'
import { markPackages, packagesReady } from './bootstrap/packages.mjs'
import { Failure, runStep } from './bootstrap/step.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const packagesOnly = process.argv.includes('--packages-only')

// Under an older Node npm leaves out Hardhat's native EVM; scripts of packages are not run, since some npm
// versions would compile what comes prebuilt. `node` is the one that needs its own.
const install = 'npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && npm rebuild node --loglevel=error'
const isNodeNew = Number(process.versions.node.split('.')[0]) >= 22

const steps = [
  {
    ready: () => packagesReady(root),
    mark: () => markPackages(root),
    title: 'installing packages with Node 24 (missing, outdated, or made by another Node)',
    usually: 'one to two minutes',
    command: isNodeNew ? ['sh', '-c', install] : ['npx', '-y', '-p', 'node@24', '-c', install],
    hint: explainInstall,
  },
  {
    ready: () => packagesOnly || contractsReady(root),
    mark: () => packagesOnly || markContracts(root),
    title: 'compiling the contracts: ours, and Aave V3 for the local chain',
    usually: 'two minutes on two cores, once',
    command: [join(root, 'node_modules/.bin/hardhat'), 'build'],
    hint: () => ({
      why: 'a contract does not compile',
      fix: 'Correct what the log above names, then start again.',
    }),
  },
]

function explainInstall(log) {
  if (/E(NOTFOUND|AI_AGAIN|TIMEDOUT|CONNREFUSED|CONNRESET|NETUNREACH)|network/.test(log))
    return {
      why: 'the package registry did not answer',
      fix: 'Connect to the network, or point npm to a mirror (`npm config set registry URL`), then start again.',
    }
  if (/EACCES|EROFS|ENOSPC/.test(log))
    return { why: 'the folder cannot be written', fix: 'Check its owner and the free space, then start again.' }
  return { why: 'npm failed', fix: 'Read the log above, remove node_modules, then start again.' }
}

/** So that `npx plimsoll` finds the command in the clone itself. */
function linkCommand() {
  const link = join(root, 'node_modules/.bin/plimsoll')
  try {
    readFileSync(link)
  } catch {
    mkdirSync(dirname(link), { recursive: true })
    rmSync(link, { force: true })
    symlinkSync('../../bin/plimsoll.js', link)
  }
}

try {
  if (steps.some((step) => !step.ready()))
    await withLock(join(root, 'tmp/bootstrap.lock'), async () => {
      for (const step of steps) {
        if (step.ready()) continue
        await runStep(root, step)
        step.mark()
      }
    })
  linkCommand()
} catch (error) {
  if (!(error instanceof Failure)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
