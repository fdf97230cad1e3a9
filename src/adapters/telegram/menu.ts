/** The menu of commands that Telegram shows: per chat what its role may say, in groups for those on the list only, else nothing. */
import type { Api } from 'grammy'
import type { BotCommand, BotCommandScope } from 'grammy/types'
import { repliesOf } from '../../core/people/words/replies.ts'
import type { Caller } from './caller.ts'
import { namesOf } from './commands.ts'
import type { TalkChat } from './house.ts'
import { grammySignal } from './signal.ts'

/** A chat that never wrote to the bot has no menu: that is no reason to wait. */
const ATTEMPTS = 2

export async function showMenus(
  api: Api,
  call: Caller,
  chats: readonly TalkChat[],
  signal: AbortSignal,
): Promise<void> {
  const gone = grammySignal(signal)
  await call('deleteMyCommands', () => api.deleteMyCommands(undefined, gone), ATTEMPTS)
  for (const chat of chats) {
    const commands = menuOf(chat)
    for (const scope of scopesOf(chat))
      await call('setMyCommands', () => api.setMyCommands(commands, { scope }, gone), ATTEMPTS)
  }
}

function menuOf({ role, language }: TalkChat): BotCommand[] {
  const { commands } = repliesOf(language)
  return namesOf(role).map((command) => ({ command, description: commands[command] }))
}

const scopesOf = ({ chatId, userIds }: TalkChat): readonly BotCommandScope[] =>
  chatId > 0
    ? [{ type: 'chat', chat_id: chatId }]
    : userIds.map((userId) => ({ type: 'chat_member', chat_id: chatId, user_id: userId }))
