/**
 * One update in, what it does and what is answered out. What changes something happens in one transaction with the note that
 * the update was taken: never twice, whenever the program dies.
 */
import { decodeAction, encodeAction } from '../../core/people/buttons.ts'
import type { Button, Message } from '../../core/people/message.ts'
import { repliesOf } from '../../core/people/words/replies.ts'
import { personName } from '../../core/people/words/values.ts'
import type { Pressed, Said } from './admit.ts'
import type { Log } from './caller.ts'
import { commandCalled } from './commands.ts'
import type { Confirmations } from './confirmations.ts'
import { type Answer, type Command, type House, isQuestion, message, type Talk, type TalkChat } from './house.ts'
import type { Offset } from './offset.ts'
import { isOfQuestion, isSlowPress, press } from './presses.ts'

export interface Reply {
  readonly chatId: number
  readonly threadId: number | undefined
  readonly message: Message
}

export interface Talking {
  readonly chats: readonly TalkChat[]
  readonly house: House
  readonly confirmations: Confirmations
  readonly offset: Offset
  /** All or nothing, on disk when it returns. */
  atomically<T>(work: () => T): T
  /** Takes it at once, sends it as soon as Telegram's limits allow. Must not throw. */
  reply(reply: Reply): void
  /** Above the chat for a moment; without it Telegram shows a clock for a while. */
  answerPress(queryId: string, text: string): void
  /** Takes the buttons away. */
  finish(chatId: number, messageId: number): void
  readonly nowS: () => number
  /** So many answers are under way that no further slow one is begun. */
  isBusy(): boolean
  /** A slow answer is given up after this. */
  readonly patienceMs: number
  readonly log: Log
  readonly clean: (text: string) => string
}

/** Resolves when a slow answer was given, too: nobody has to wait for it. */
export async function hear(said: Said | Pressed, talking: Talking): Promise<void> {
  const talk = talkOf(said, talking)
  if (talk === undefined) return
  try {
    await (said.kind === 'press' ? hearPress(said, talk, talking) : hearCommand(said, talk, talking))
  } catch (error) {
    const { log, clean, offset, atomically } = talking
    log.error(
      { command: said.kind === 'press' ? 'press' : said.command, error: clean(String(error)) },
      'telegram command failed',
    )
    atomically(() => offset.commit(said.updateId))
    if (said.kind === 'press') talking.answerPress(said.queryId, talk.say.failed)
    else answer(said, talking, [message(`⚠️ ${talk.say.failed}`)])
  }
}

function talkOf({ chatId, userId, ...said }: Said | Pressed, { chats, nowS, log, clean }: Talking): Talk | undefined {
  const chat = chats.find((one) => one.chatId === chatId)
  if (chat === undefined) return undefined
  const channel = `telegram:${chatId}`
  return {
    chat,
    channel,
    by: { via: 'telegram', id: String(userId), chat: channel },
    say: repliesOf(chat.language),
    argument: said.kind === 'command' ? said.argument : '',
    nowS: nowS(),
    fault: (error) => log.warn({ error: clean(String(error)) }, 'telegram: a part of an answer failed'),
  }
}

async function hearCommand(said: Said, talk: Talk, talking: Talking): Promise<void> {
  const command = commandCalled(said.command)
  // In a group an unknown command may be another bot's.
  if (command === undefined && !said.toUs) return
  const isRefused = command?.isSlow === true && talking.isBusy()
  const given = taken(said, talking, () => {
    const answer = isRefused ? [message(`⏳ ${talk.say.busy}`)] : answerTo(command, said, talk, talking.house)
    const asked = (one: Answer): readonly Message[] => ask(said, talk, talking, one)
    return answer instanceof Promise ? answer.then(asked) : asked(answer)
  })
  answer(said, talking, given instanceof Promise ? await inTime(given, talk, talking) : given)
}

/**
 * Does it in one transaction with the note that it was taken; a question is written down in it, too. Answered after that: an
 * answer may get lost, but none tells of what was undone. What asks the world goes on when the transaction is over.
 */
function taken<T>({ updateId }: Said | Pressed, { atomically, offset }: Talking, work: () => T): T {
  // In an object: a transaction refuses to return a promise, lest somebody believes that it covers what comes later.
  const { done } = atomically(() => {
    offset.commit(updateId)
    return { done: work() }
  })
  return done
}

function answerTo(command: Command | undefined, said: Said, talk: Talk, house: House): Answer | Promise<Answer> {
  const { say, chat } = talk
  if (command === undefined) return [message(say.unknown(personName(said.command, 32)))]
  return command.roles.includes(chat.role) ? command.run(talk, house) : [message(say.notHere(said.command))]
}

/** A question gets its buttons. */
function ask(
  said: Said | Pressed,
  { say }: Talk,
  { confirmations, nowS }: Talking,
  answer: Answer,
): readonly Message[] {
  if (!isQuestion(answer)) return answer
  const { chatId, userId, updateId } = said
  const command = said.kind === 'command' ? said.command : ''
  const nonce = confirmations.ask({ chatId, userId, command, argument: answer.argument }, nowS())
  const button = (verb: 'confirm' | 'cancel', text: string): Button => ({
    text,
    action: encodeAction({ verb, id: updateId, argument: nonce }),
  })
  return [{ ...answer.message, buttons: [[button('confirm', say.confirm), button('cancel', say.cancel)]] }]
}

function answer({ chatId, threadId }: Said | Pressed, { reply }: Talking, messages: readonly Message[]): void {
  for (const one of messages) reply({ chatId, threadId, message: one })
}

async function hearPress(said: Pressed, talk: Talk, talking: Talking): Promise<void> {
  const action = decodeAction(said.action)
  // Carried by no button of ours.
  if (action === undefined || (isOfQuestion(action) && action.argument === '')) return
  const { answerPress, finish, isBusy } = talking
  if (isSlowPress(action) && isBusy()) return answerPress(said.queryId, talk.say.busy)
  const reaction = taken(said, talking, () => press(action, talk, talking.house, talking.confirmations))
  // At once: Telegram waits for it only a few seconds.
  if (reaction instanceof Promise) {
    answerPress(said.queryId, '')
    const messages = reaction.then((came) => came.messages)
    return answer(said, talking, await inTime(messages, talk, talking))
  }
  answerPress(said.queryId, reaction.toast)
  if (reaction.finished) finish(said.chatId, said.messageId)
  answer(said, talking, reaction.messages)
}

async function inTime(
  slow: Promise<readonly Message[]>,
  { say }: Talk,
  { patienceMs }: Talking,
): Promise<readonly Message[]> {
  const { promise, resolve } = Promise.withResolvers<readonly Message[]>()
  const timer = setTimeout(() => resolve([message(`⏳ ${say.tooSlow}`)]), patienceMs).unref()
  try {
    return await Promise.race([slow, promise])
  } finally {
    clearTimeout(timer)
    // Whatever it says later, nobody is surprised.
    slow.catch(() => {})
  }
}
