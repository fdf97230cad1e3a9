import type { Replies } from '../../../core/people/words/replies-en.ts'
import { words } from '../../../core/people/words/values.ts'
import { type Command, message, type Talk } from '../house.ts'

const EVERYBODY = ['owner', 'operator', 'viewer'] as const

export const version: Command = {
  roles: EVERYBODY,
  run: (_, { queries }) => [message(`Plimsoll ${words(queries.status().version, 40)}`)],
}

/** `names`: what the chat's role may say. */
export const help = (names: (role: Talk['chat']['role']) => readonly (keyof Replies['commands'])[]): Command => ({
  roles: EVERYBODY,
  run({ say, chat }) {
    const hello = { owner: say.helloOwner, operator: say.helloOperator, viewer: say.helloViewer }[chat.role]
    return [message(say.hello, { lines: [hello, ...names(chat.role).map((name) => `/${name} ${say.commands[name]}`)] })]
  },
})
