import { stringify } from 'yaml'
import type { Role } from '../../core/people/events.ts'

/** What the wizard found out: all that the two files are made of. */
export interface Plan {
  readonly chains: readonly PlannedChain[]
  readonly markets: readonly string[]
  readonly telegram: PlannedTelegram | undefined
}

export interface PlannedChain {
  /** One that is known by name. */
  readonly name: string
  readonly rpc: string
  readonly ws: string | undefined
}

export interface PlannedTelegram {
  readonly token: string
  /** Undefined: Telegram's own. */
  readonly apiRoot: string | undefined
  readonly chats: readonly PlannedChat[]
}

export interface PlannedChat {
  readonly chatId: number
  readonly userIds: readonly number[]
  readonly role: Role
  readonly language: 'en' | 'zh'
}

const HEAD = `# Written by \`plimsoll init\`. Secrets are in .env beside this file. \`plimsoll doctor\` checks it;
# every option is explained in plimsoll.example.yaml and docs/configuration.md.
`

const variable = (chain: string, what: 'RPC' | 'WS'): string => `${chain.toUpperCase()}_${what}_URL`

/** `plimsoll.yaml`: whatever is secret is named, not written. */
export function renderConfig({ chains, markets, telegram }: Plan): string {
  const config = {
    chains: Object.fromEntries(
      chains.map(({ name, ws }) => [
        name,
        { rpc: [`\${${variable(name, 'RPC')}}`], ...(ws && { ws: [`\${${variable(name, 'WS')}}`] }) },
      ]),
    ),
    markets,
    executor: { mode: 'dry-run' },
    ...(telegram && {
      alerts: {
        thresholds: ['1.1', '1.05', '1.0'],
        telegram: {
          token: '${TELEGRAM_BOT_TOKEN}',
          ...(telegram.apiRoot && { apiRoot: telegram.apiRoot }),
          chats: telegram.chats,
        },
      },
    }),
    store: { path: './plimsoll.db' },
  }
  return `${HEAD}${stringify(config)}`
}

/** The variables that the file names. */
export function variablesOf({ chains, telegram }: Plan): ReadonlyMap<string, string> {
  return new Map([
    ...chains.flatMap(({ name, rpc, ws }): [string, string][] => [
      [variable(name, 'RPC'), rpc],
      ...(ws === undefined ? [] : [[variable(name, 'WS'), ws] as [string, string]]),
    ]),
    ...(telegram ? [['TELEGRAM_BOT_TOKEN', telegram.token] as const] : []),
  ])
}

/** `.env` with these set; whatever else it held stays as it is. */
export function renderEnv(before: string, variables: ReadonlyMap<string, string>): string {
  const left = new Map(variables)
  const lines = before.split('\n').map((line) => {
    const name = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/.exec(line)?.[1]
    const value = name === undefined ? undefined : left.get(name)
    if (name === undefined || value === undefined) return line
    left.delete(name)
    return assign(name, value)
  })
  while (lines.at(-1) === '') lines.pop()
  return `${[...lines, ...[...left].map(([name, value]) => assign(name, value))].join('\n')}\n`
}

/** Quoted, so that a `#` in a URL does not begin a comment. A value cannot hold a line break: it was asked for on one line. */
const assign = (name: string, value: string): string =>
  value.includes("'") ? `${name}="${value}"` : `${name}='${value}'`
