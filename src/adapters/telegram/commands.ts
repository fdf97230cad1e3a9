/** Every command, in the order of /help, with the roles that may say it. */
import type { Role } from '../../core/people/events.ts'
import type { Replies } from '../../core/people/words/replies-en.ts'
import { mode, pause, reload, resume } from './answers/daemon.ts'
import { help, version } from './answers/general.ts'
import { brief, ladder, phase, risk } from './answers/market.ts'
import { liquidations, positions, status } from './answers/markets.ts'
import { alerts, mute, unmute } from './answers/mutes.ts'
import { balance, gas, logs, profit, rpc, why } from './answers/operator.ts'
import { position } from './answers/position.ts'
import { list, threshold, unwatch, watch } from './answers/watches.ts'
import type { Command } from './house.ts'

export type CommandName = keyof Replies['commands']

const COMMANDS: Readonly<Record<CommandName, Command>> = {
  status,
  positions,
  position,
  liquidations,
  risk,
  phase,
  ladder,
  brief,
  watch,
  unwatch,
  list,
  threshold,
  mute,
  unmute,
  alerts,
  profit,
  balance,
  gas,
  rpc,
  logs,
  why,
  pause,
  resume,
  mode,
  reload,
  version,
  help: help(namesOf),
}

const isName = (word: string): word is CommandName => Object.hasOwn(COMMANDS, word)

/** `/start` is what Telegram's own button says first. */
export function commandCalled(word: string): Command | undefined {
  const name = word === 'start' ? 'help' : word
  return isName(name) ? COMMANDS[name] : undefined
}

export function namesOf(role: Role): readonly CommandName[] {
  return Object.keys(COMMANDS)
    .filter(isName)
    .filter((name) => COMMANDS[name].roles.includes(role))
}
