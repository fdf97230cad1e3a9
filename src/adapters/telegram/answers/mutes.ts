/** Quiet for a while, and what a chat is told at all. */
import { type Address, getAddress } from 'viem'
import { EVENT_NAMES, EVENTS, type EventName, type Loudness } from '../../../core/people/events.ts'
import type { Message } from '../../../core/people/message.ts'
import type { Mute } from '../../../core/people/watch.ts'
import { personName, shortAddress, words } from '../../../core/people/words/values.ts'
import { durationOf, split } from '../arguments.ts'
import { type Command, complaint, type House, message, type Talk } from '../house.ts'
import { meant } from './target.ts'
import { linesText, refusal } from './watches.ts'

const DEFAULT_S = 3_600
const MOST_SHOWN = 10

export const mute: Command = {
  roles: ['owner', 'operator'],
  run(talk, house) {
    const [first, rest] = split(talk.argument)
    const given = durationOf(first)
    const what = given === undefined ? talk.argument : rest
    const scope = scopeOf(talk, house, what)
    if (scope === undefined) {
      const { bad, usage } = talk.say
      return [complaint(bad.duration.what(personName(what, 30)), bad.duration.why, bad.duration.fix(usage.mute))]
    }
    return [muteFor(talk, house, scope, given ?? DEFAULT_S)]
  },
}

/** `seconds` null: until somebody unmutes. */
export function muteFor(talk: Talk, house: House, scope: string, seconds: number | null): Message {
  const { say, by, channel, nowS } = talk
  const untilS = seconds === null ? null : nowS + seconds
  const answer = house.control.mute(by, { chat: channel, scope, untilS })
  if (answer.kind === 'refused') return refusal(talk, answer)
  return message(say.mutedFor(scopeName(talk, house, scope), untilText(talk, house, untilS)), {
    lines: [say.criticalPasses],
  })
}

export const positionScope = (address: Address): string => `position:${address.toLowerCase()}`

/** Everything, a market, or a position; undefined for what is none of them. */
function scopeOf(talk: Talk, house: House, what: string): string | undefined {
  if (what === '') return 'all'
  if (house.queries.markets().includes(what)) return `market:${what}`
  const target = meant(talk, house, what, '')
  return target.kind === 'one' ? positionScope(target.address) : undefined
}

function scopeName({ channel, say }: Talk, { control }: House, scope: string): string {
  if (scope === 'all') return say.mutedAll
  const [, address] = /^position:(0x[0-9a-f]{40})$/.exec(scope) ?? []
  if (address === undefined) return words(scope.replace(/^market:/, ''), 40)
  const watch = control.watches(channel).find((one) => one.address === address)
  return watch === undefined || watch.name === '' ? shortAddress(getAddress(address)) : personName(watch.name)
}

function untilText({ say, chat }: Talk, { timezone }: House, untilS: number | null): string {
  if (untilS === null) return say.untilUnmute
  const style = { dateStyle: 'medium', timeStyle: 'short', timeZone: timezone, hourCycle: 'h23' } as const
  return say.until(
    `${new Intl.DateTimeFormat(chat.language === 'zh' ? 'zh-CN' : 'en-GB', style).format(untilS * 1_000)}`,
  )
}

export const unmute: Command = {
  roles: ['owner', 'operator'],
  run(talk, house) {
    const { say, by, channel, nowS } = talk
    const scope = talk.argument === '' ? undefined : scopeOf(talk, house, talk.argument)
    if (talk.argument !== '' && scope === undefined) {
      const { what, why, fix } = say.bad.address
      return [complaint(what(personName(talk.argument, 44)), why, fix(say.usage.unmute))]
    }
    const muted = house.control.mutes(channel, nowS).filter((one) => scope === undefined || one.scope === scope)
    const answers = muted.map((one) => house.control.unmute(by, channel, one.scope))
    const refused = answers.find((answer) => answer.kind === 'refused')
    if (refused?.kind === 'refused') return [refusal(talk, refused)]
    return [message(muted.length > 0 ? say.unmuted : say.nothingMuted)]
  },
}

export const alerts: Command = {
  roles: ['owner', 'operator', 'viewer'],
  run(talk, house) {
    const { chat, channel, say, nowS } = talk
    const muted = house.control.mutes(channel, nowS)
    return [
      message(say.alerts, {
        rows: [
          [say.role, chat.role],
          [say.language, chat.language],
          [say.healthBelow, linesText({ ...house.ladder, distancesBps: [] })],
          ...(house.ladder.distancesBps.length > 0
            ? [[say.distanceBelow, linesText({ ...house.ladder, thresholdsWad: [] })] as const]
            : []),
          [say.quiet, quietText(talk, house)],
        ],
        lines: [
          ...(
            [
              ['loud', say.rings],
              ['silent', say.silent],
              ['off', say.never],
            ] as const
          ).flatMap(([how, label]) => eventsLine(chat, how, label)),
          ...mutedLines(talk, house, muted),
          say.criticalPasses,
        ],
      }),
    ]
  },
}

const loudnessOf = ({ role, events }: Talk['chat'], event: EventName): Loudness => events[event] ?? EVENTS[event][role]

function eventsLine(chat: Talk['chat'], how: Loudness, label: string): readonly string[] {
  const names = EVENT_NAMES.filter((event) => loudnessOf(chat, event) === how)
  return names.length === 0 ? [] : [`${label}: ${names.join(', ')}`]
}

function quietText({ chat, say }: Talk, { timezone }: House): string {
  if (chat.quiet === undefined) return say.quietNone
  const time = (minute: number): string =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
  return `${time(chat.quiet.fromMinute)}–${time(chat.quiet.toMinute)} ${words(timezone, 20)}`
}

function mutedLines(talk: Talk, house: House, muted: readonly Mute[]): readonly string[] {
  const lines = muted
    .slice(0, MOST_SHOWN)
    .map(
      ({ scope, untilS }) =>
        `🔕 ${talk.say.muted}: ${scopeName(talk, house, scope)}, ${untilText(talk, house, untilS)}`,
    )
  const left = muted.length - MOST_SHOWN
  return left > 0 ? [...lines, talk.say.more(left)] : lines
}
