/** What a press of a button does. The button says only where to look: the rest is in the store, so old messages work too. */
import type { Address } from 'viem'
import type { Action } from '../../core/people/buttons.ts'
import type { Message } from '../../core/people/message.ts'
import { muteFor, positionScope } from './answers/mutes.ts'
import { details, subjectsOf as positionsOf, whatIf } from './answers/position.ts'
import { commandCalled } from './commands.ts'
import type { Confirmations } from './confirmations.ts'
import type { House, Subject, Talk } from './house.ts'

/** What a press comes to. */
export interface Reaction {
  /** Shown above the chat for a moment. */
  readonly toast: string
  readonly messages: readonly Message[]
  /** The buttons of the message are used up. */
  readonly finished: boolean
}

const MUTE_S = 3_600
const FALL_PCT = 10

const toast = (text: string): Reaction => ({ toast: text, messages: [], finished: false })

/** A question's buttons carry its nonce. */
export const isOfQuestion = ({ verb }: Action): boolean => verb === 'confirm' || verb === 'cancel'

/** Whether answering it asks the world: such a press changes nothing. */
export const isSlowPress = ({ verb }: Action): boolean => verb === 'details'

/** Those that may take a while are promises; all that change something are not. */
export function press(
  action: Action,
  talk: Talk,
  house: House,
  confirmations: Confirmations,
): Reaction | Promise<Reaction> {
  const { say } = talk
  switch (action.verb) {
    case 'confirm':
    case 'cancel':
      return settle(action, talk, house, confirmations)
    case 'mute1h':
    case 'mutepos':
      return mute(action, talk, house)
    case 'details':
    case 'whatif': {
      const subjects = subjectsOf(action, talk, house)
      if (subjects.length === 0) return toast(say.buttonOld)
      const answer =
        action.verb === 'details' ? details(talk, house, subjects) : whatIf(talk, house, subjects, FALL_PCT)
      return answer instanceof Promise ? answer.then(told(say.done)) : told(say.done)(answer)
    }
  }
}

const told =
  (text: string) =>
  (messages: readonly Message[]): Reaction => ({ toast: text, messages, finished: false })

function settle(action: Action, talk: Talk, house: House, confirmations: Confirmations): Reaction {
  const { say, chat, by, nowS } = talk
  const taken = confirmations.take(action.argument, { chatId: chat.chatId, userId: Number(by.id) }, nowS)
  if (taken.kind === 'gone') return { toast: say.expired, messages: [], finished: true }
  if (taken.kind === 'not-yours') return toast(say.notYours)
  if (action.verb === 'cancel') return { toast: say.cancelled, messages: [], finished: true }
  const command = commandCalled(taken.asked.command)
  // The configuration may have changed since it was asked.
  if (command?.confirmed === undefined || !command.roles.includes(chat.role)) return toast(say.buttonNotHere)
  const messages = command.confirmed({ ...talk, argument: taken.asked.argument }, house)
  return { toast: messages[0]?.title ?? say.done, messages, finished: true }
}

function mute(action: Action, talk: Talk, house: House): Reaction {
  const { say, chat } = talk
  if (!commandCalled('mute')?.roles.includes(chat.role)) return toast(say.buttonNotHere)
  if (action.verb === 'mute1h') return muted(muteFor(talk, house, 'all', MUTE_S))
  const [subject] = subjectsOf(action, talk, house)
  return subject === undefined
    ? toast(say.buttonOld)
    : muted(muteFor(talk, house, positionScope(subject.address), null))
}

const muted = (message: Message): Reaction => ({ toast: message.title, messages: [message], finished: false })

/** From the store, or from the button itself where it answered a question: then every market that knows the address. */
function subjectsOf({ id, argument }: Action, { channel }: Talk, house: House): readonly Subject[] {
  if (id !== 0) {
    const subject = house.lookup(channel, id)
    return subject === undefined ? [] : [subject]
  }
  if (!/^0x[0-9a-f]{40}$/.test(argument)) return []
  return positionsOf(house, argument as Address)
}
