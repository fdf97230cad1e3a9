import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { openBot } from '../../adapters/bot.ts'
import { CHAINS } from '../../config/chains.ts'
import { ConfigError, UnreachableError, UsageError } from '../../core/errors.ts'
import { checkUrl, isHttpUrl } from '../init/node.ts'
import { type Plan, renderConfig, renderEnv, variablesOf } from '../init/plan.ts'
import type { Prompts } from '../init/prompts.ts'
import { askPlan, marketsOn } from '../init/wizard.ts'
import { talk } from './output.ts'
import { environmentBeside, type GlobalOptions, readSettings } from './session.ts'

export interface InitCommand {
  readonly yes: boolean
  readonly force: boolean
  readonly chain: readonly string[]
  readonly telegramApi?: string | undefined
}

/** `plimsoll init`: asks, writes `plimsoll.yaml` and `.env`, and says what to do next. Nothing is overwritten unasked. */
export async function init(global: GlobalOptions, command: InitCommand, signal: AbortSignal): Promise<void> {
  const env = environmentBeside(global.config)
  const files = { config: resolve(global.config), env: resolve(dirname(global.config), '.env') }
  const isTalking = !command.yes && process.stdin.isTTY === true && process.stderr.isTTY === true
  if (!isTalking) {
    refuseExisting(files.config, command)
    write(files, await planUnasked(command, env))
  } else {
    const { terminal } = await import('./prompts.ts')
    if (!command.force) await mayReplace(files.config, terminal)
    const { telegramApi: apiRoot } = command
    const botOf = (token: string) => openBot({ token, apiRoot: apiRoot ?? 'https://api.telegram.org', signal })
    write(files, await askPlan({ prompts: terminal, env, apiRoot, openBot: botOf }))
  }
  // Whatever was written must be what the program reads.
  const { config } = readSettings(global.config)
  sayNext(files, config.alerts.telegram !== undefined)
}

interface Files {
  readonly config: string
  readonly env: string
}

/** Chains by `--chain`, their URLs from the environment, every known market of them, no Telegram: who writes to a bot is for a person to confirm. */
async function planUnasked({ chain }: InitCommand, env: Readonly<Record<string, string | undefined>>): Promise<Plan> {
  const names = chain.length === 0 ? ['ethereum'] : chain
  const chains = []
  for (const name of names) {
    if (CHAINS[name] === undefined) throw unknownChain(name)
    const variable = `${name.toUpperCase()}_RPC_URL`
    const rpc = env[variable] ?? ''
    if (!isHttpUrl(rpc)) throw noUrl(name, variable)
    const problem = await checkUrl(name, rpc)
    if (problem) throw badNode(name, variable, problem)
    chains.push({ name, rpc, ws: env[`${name.toUpperCase()}_WS_URL`] || undefined })
  }
  return { chains, markets: marketsOn(names), telegram: undefined }
}

function refuseExisting(config: string, { force }: InitCommand): void {
  if (force || !existsSync(config)) return
  throw new UsageError({
    code: 'INIT_EXISTS',
    what: `${config} is there already`,
    why: 'nobody can be asked here whether it may be overwritten',
    fix: 'Run it at a terminal, name another file with -c FILE, or add --force.',
  })
}

async function mayReplace(config: string, prompts: Prompts): Promise<void> {
  if (!existsSync(config)) return
  if (await prompts.confirm({ message: `${config} is there already. Write a new one at the end?`, initial: false }))
    return
  throw new UsageError({
    code: 'INIT_EXISTS',
    what: `${config} is there already`,
    why: 'you want to keep it',
    fix: 'Name another file with -c FILE.',
  })
}

/** The other settings of an `.env` that is there stay. */
function write({ config, env }: Files, plan: Plan): void {
  const before = existsSync(env) ? readFileSync(env, 'utf8') : ''
  writePrivate(env, renderEnv(before, variablesOf(plan)))
  writePrivate(config, renderConfig(plan))
}

/** Whole or not at all, and never readable by others. */
function writePrivate(path: string, text: string): void {
  const fresh = `${path}.new`
  try {
    writeFileSync(fresh, text, { mode: 0o600, flush: true })
    chmodSync(fresh, 0o600)
    renameSync(fresh, path)
  } catch (cause) {
    throw new ConfigError(
      {
        code: 'INIT_CANNOT_WRITE',
        what: `cannot write ${path}`,
        why: cause instanceof Error ? cause.message : String(cause),
        fix: 'Give this user the right to write there, or name another file with -c FILE.',
      },
      { cause },
    )
  }
}

function sayNext({ config, env }: Files, hasTelegram: boolean): void {
  talk(`wrote ${config} and ${env} (only you can read them)`)
  talk('next:')
  talk('  plimsoll doctor         checks everything')
  if (hasTelegram) talk('  plimsoll alerts test    sends a message to every chat')
  talk('  plimsoll run            watches and warns; in mode dry-run nothing is ever signed')
}

const unknownChain = (name: string): UsageError =>
  new UsageError({
    code: 'UNKNOWN_CHAIN',
    what: `there is no known chain "${name}"`,
    why: `the known ones are ${Object.keys(CHAINS).join(', ')}`,
    fix: 'Choose one of these; another one can be added to the file afterwards.',
  })

const noUrl = (name: string, variable: string): UsageError =>
  new UsageError({
    code: 'NO_RPC_URL',
    what: `${variable} is not set to a URL`,
    why: `a node of ${name} is needed, and nobody can be asked for it here`,
    fix: `Set ${variable}, or run plimsoll init at a terminal.`,
  })

function badNode(name: string, variable: string, { wrong, fatal }: { wrong: string; fatal: boolean }): Error {
  const complaint = {
    what: `the node of ${name} in ${variable}`,
    why: wrong,
    fix: `Correct ${variable}, or start the node.`,
  }
  return fatal
    ? new ConfigError({ code: 'WRONG_CHAIN_ID', ...complaint })
    : new UnreachableError({ code: 'RPC_UNREACHABLE', ...complaint })
}
