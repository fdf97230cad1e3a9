/** Reads what people write, by long polling, and answers those who may ask. Strangers get no reply at all. */
import { type Api, Bot } from 'grammy'
import type { Update } from 'grammy/types'
import type { Caller, Log } from './caller.ts'
import { type Asked, COMMANDS, help, positionsText, statusText } from './commands.ts'
import { grammySignal } from './signal.ts'

export interface Chat {
  readonly chatId: number
  /** Who may ask there; undefined: everybody in the chat. */
  readonly userIds?: readonly number[] | undefined
  readonly role: string
}

export interface PollingOptions {
  readonly api: Api
  readonly token: string
  readonly chats: readonly Chat[]
  readonly queries: Asked
  readonly call: Caller
  pause(ms: number): Promise<void>
  reply(chatId: number, text: string): Promise<unknown>
  readonly clean: (text: string) => string
  readonly log: Log
  readonly pollTimeoutS: number
  /** Messages written before this, Unix seconds, are not answered: nobody waits for them any more. */
  readonly notBefore: number
  readonly signal: AbortSignal
}

const AFTER_REFUSAL_MS = 60_000

/** Resolves once the signal is aborted. */
export async function poll(options: PollingOptions): Promise<void> {
  const { api, call, signal } = options
  const gone = grammySignal(signal)
  const me = await call('getMe', () => api.getMe(gone))
  if (me.kind !== 'done') return
  // With a webhook set, Telegram refuses to be polled.
  await call('deleteWebhook', () => api.deleteWebhook(undefined, gone))
  await call('setMyCommands', () => api.setMyCommands(COMMANDS, undefined, gone), 2)
  const bot = listen(new Bot(options.token, { botInfo: me.value }), options)
  let offset = 0
  while (!signal.aborted) {
    const request = { offset, timeout: options.pollTimeoutS, allowed_updates: ['message'] as const }
    const updates = await call('getUpdates', () => api.getUpdates(request, gone))
    if (updates.kind === 'refused') await options.pause(AFTER_REFUSAL_MS)
    for (const update of updates.kind === 'done' ? updates.value : []) {
      offset = update.update_id + 1
      if (signal.aborted) return
      if ((update.message?.date ?? 0) >= options.notBefore) await handled(bot, update, options)
    }
  }
}

async function handled(bot: Bot, update: Update, { clean, log }: PollingOptions): Promise<void> {
  try {
    await bot.handleUpdate(update)
  } catch (error) {
    log.error({ error: clean(String(error)) }, 'telegram command failed')
  }
}

/** The chat and the person must both be on the list. */
function mayAsk(chats: readonly Chat[], chatId: number | undefined, userId: number | undefined): boolean {
  const chat = chats.find((one) => one.chatId === chatId)
  if (chat === undefined) return false
  return chat.userIds === undefined || (userId !== undefined && chat.userIds.includes(userId))
}

function listen(bot: Bot, { chats, queries, reply }: PollingOptions): Bot {
  bot.use(async (ctx, next) => {
    if (mayAsk(chats, ctx.chat?.id, ctx.from?.id)) await next()
  })
  bot.command(['start', 'help'], (ctx) => reply(ctx.chat.id, help()))
  bot.command('status', (ctx) => reply(ctx.chat.id, statusText(queries)))
  bot.command('positions', (ctx) => reply(ctx.chat.id, positionsText(queries, ctx.match)))
  return bot
}
