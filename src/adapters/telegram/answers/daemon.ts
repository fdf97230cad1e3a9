/** What operators order. Nothing happens before it is confirmed; only reading the configuration needs none. */
import { MODES } from '../../../core/people/control.ts'
import { words } from '../../../core/people/words/values.ts'
import { GOOD_FOR_S } from '../confirmations.ts'
import { type Command, complaint, message, type Question, type Talk } from '../house.ts'
import { refusal } from './watches.ts'

const ask = ({ say }: Talk, question: string, argument = ''): Question => ({
  kind: 'question',
  message: message(question, { lines: [say.askHow(GOOD_FOR_S)] }),
  argument,
})

export const pause: Command = {
  roles: ['operator'],
  run: (talk, { control }) => (control.paused ? [message(talk.say.pausedAlready)] : ask(talk, talk.say.askPause)),
  confirmed(talk, { control }) {
    const answer = control.pause(talk.by)
    if (answer.kind === 'refused') return [refusal(talk, answer)]
    return [message(answer.changed ? talk.say.paused : talk.say.pausedAlready)]
  },
}

export const resume: Command = {
  roles: ['operator'],
  run: (talk, { control }) => (control.paused ? ask(talk, talk.say.askResume) : [message(talk.say.resumedAlready)]),
  confirmed(talk, { control }) {
    const answer = control.resume(talk.by)
    if (answer.kind === 'refused') return [refusal(talk, answer)]
    return [message(answer.changed ? talk.say.resumed : talk.say.resumedAlready)]
  },
}

export const mode: Command = {
  roles: ['operator'],
  run(talk, { control }) {
    const { say } = talk
    const wanted = talk.argument.toLowerCase()
    if (wanted === '') return [message(say.modeIs(control.mode), { lines: [say.modeMost(control.configuredMode)] })]
    if (!MODES.some((one) => one === wanted)) {
      const { what, why, fix } = say.bad.mode
      return [complaint(what(words(talk.argument, 30)), why, fix(say.usage.mode))]
    }
    if (wanted === control.mode) return [message(say.modeIs(wanted), { lines: [say.asBefore] })]
    return ask(talk, say.askMode(control.mode, wanted), wanted)
  },
  confirmed(talk, { control }) {
    const answer = control.setMode(talk.by, talk.argument)
    if (answer.kind === 'refused') return [refusal(talk, answer)]
    return [message(talk.say.modeIs(control.mode), { lines: answer.changed ? [] : [talk.say.asBefore] })]
  },
}

export const reload: Command = {
  roles: ['operator'],
  isSlow: true,
  async run(talk, { control }) {
    const { say } = talk
    const answer = await control.reload(talk.by)
    if (answer.kind === 'refused') return [refusal(talk, answer)]
    const { applied, needRestart } = answer.value
    const lines = [
      ...(applied.length > 0 ? [`${say.applied}: ${words(applied.join(', '), 600)}`] : []),
      ...(needRestart.length > 0 ? [`${say.needRestart}: ${words(needRestart.join(', '), 600)}`] : []),
    ]
    return [message(say.reloaded, { lines: lines.length > 0 ? lines : [say.reloadedNothing] })]
  },
}
