import type { Update } from 'grammy/types'
import type { Bot, BotAnswer } from '../../adapters/bot.ts'
import { UsageError } from '../../core/errors.ts'
import type { PlannedChat } from './plan.ts'
import type { Prompts } from './prompts.ts'

/** Somebody who wrote to the bot. */
interface Met {
  readonly chatId: number
  readonly userId: number
  readonly language: 'en' | 'zh'
  /** As a person recognises them. */
  readonly who: string
}

const POLL_S = 20

/** Waits until somebody writes to the bot, and asks whether that is who should be told. Returns the chat, confirmed. */
export async function meetChat(bot: Bot, username: string, prompts: Prompts): Promise<PlannedChat> {
  prompts.say(
    `Now open https://t.me/${username} and press Start (or write anything to it). For a group: add the bot to it and write /start there.`,
  )
  let offset = 0
  for (;;) {
    const updates = needed(await prompts.during('waiting for a message', bot.updates(offset, POLL_S)))
    for (const update of updates) {
      offset = update.update_id + 1
      const met = metIn(update)
      if (met === undefined) continue
      const isThem = await prompts.confirm({ message: `${met.who} wrote. Is that you?`, initial: true })
      if (!isThem) {
        prompts.say('Then we go on waiting.')
        continue
      }
      // Told that it was taken, or the daemon would answer it as a command.
      await bot.updates(offset, 0)
      const role = await prompts.choose({
        message: 'What is this chat for?',
        options: [
          {
            value: 'operator',
            label: 'running Plimsoll',
            hint: 'hears of everything, may pause, resume and change the mode',
          },
          { value: 'owner', label: 'watching my own positions', hint: 'hears of the addresses it watches' },
          { value: 'viewer', label: 'reading along', hint: 'hears of positions and liquidations, changes nothing' },
        ],
        initial: 'operator',
      })
      const { chatId, userId, language } = met
      return { chatId, userIds: [userId], role, language }
    }
  }
}

function needed<T>(answer: BotAnswer<T>): T {
  if (answer.ok) return answer.value
  throw new UsageError({
    code: 'TELEGRAM_NOT_POLLED',
    what: `the bot's messages cannot be read (${answer.code ?? 'no answer'}): ${answer.why}`,
    why:
      answer.code === 409
        ? 'another program reads them, or a webhook is set'
        : 'the chat is found by what is written to the bot',
    fix:
      answer.code === 409
        ? 'Stop the other program (a running Plimsoll too), then try again.'
        : 'Check the network, then try again.',
  })
}

function metIn({ message }: Update): Met | undefined {
  if (message?.from === undefined || message.from.is_bot) return undefined
  const { chat, from } = message
  const name = [from.first_name, from.last_name].filter(Boolean).join(' ')
  const where = chat.type === 'private' ? '' : ` in the ${chat.type} "${'title' in chat ? chat.title : ''}"`
  return {
    chatId: chat.id,
    userId: from.id,
    language: from.language_code?.startsWith('zh') ? 'zh' : 'en',
    who: oneLine(`${name}${from.username ? ` (@${from.username})` : ''}, user ${from.id}${where}`),
  }
}

/** What strangers call themselves is shown on a terminal. */
const oneLine = (text: string): string => text.replaceAll(/\p{C}/gu, '').slice(0, 200)
