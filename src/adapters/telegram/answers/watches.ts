/** What owners say: whom they want to hear of, and from which line on. */
import { type Address, getAddress } from 'viem'
import type { AccountRow } from '../../../core/answers.ts'
import type { ControlAnswer, Lines } from '../../../core/people/control.ts'
import type { Message } from '../../../core/people/message.ts'
import type { Watch } from '../../../core/people/watch.ts'
import { messagesOf } from '../../../core/people/words/messages.ts'
import { decimal, health, personName, usdUp, words } from '../../../core/people/words/values.ts'
import { leadingWatch, linesOf, split, targetOf } from '../arguments.ts'
import { type Answer, type Command, complaint, type House, message, type Talk } from '../house.ts'
import { meant, nameOf } from './target.ts'

const LONGEST_NAME = 24
const MOST_LISTED = 20

export const watch: Command = {
  roles: ['owner', 'operator'],
  isSlow: true,
  run(talk, house) {
    const [first, name] = split(talk.argument)
    if (isName(first)) return fromEns(talk, house, first, name)
    return startWatching(talk, house)
  },
  confirmed: startWatching,
}

/** `treasury.eth`: has a dot, and is no address. */
const isName = (word: string): boolean => word.includes('.') && !/^0x/i.test(word)

function startWatching(talk: Talk, house: House): readonly Message[] {
  const { channel, by, say } = talk
  const [first, rest] = split(talk.argument)
  const target = meant({ ...talk }, house, first, say.usage.watch)
  if (target.kind === 'bad') return [target.complaint]
  const name = words(rest, LONGEST_NAME + 1)
  const { bad } = say
  if (rest !== '' && rest.length > LONGEST_NAME)
    return [complaint(bad.name.what(LONGEST_NAME), bad.name.why, bad.name.fix)]
  const request = { address: target.address, name: rest === '' ? '' : name }
  const answer = house.control.watch(by, channel, request)
  if (answer.kind === 'refused') return [refusal(talk, answer)]
  const called = nameOf(answer.value)
  const title = answer.changed ? say.watching(called) : say.alreadyWatching(called)
  const rows = positionsOf(house, target.address).map((row) => [words(row.market, 20), standing(talk, row)] as const)
  const told = say.toldBelow(linesText(linesInForce(answer.value, house)))
  const lines = rows.length === 0 ? [told, say.noDebtYet] : [told]
  return [message(title, { rows, lines, code: [getAddress(target.address)] })]
}

/** Where it leads is shown in full before anything is watched. */
async function fromEns({ say }: Talk, { ens }: House, name: string, rest: string): Promise<Answer> {
  const { what, fix, ...why } = say.bad.ens
  const shown = personName(name, 40)
  if (ens === undefined) return [complaint(what(shown), why.noNode, fix)]
  const found = await ens(name)
  if (found.kind === 'refused') return [complaint(what(shown), WHY_NOT(why)[found.why], fix)]
  return {
    kind: 'question',
    message: message(say.ensQuestion(words(found.name, 40)), {
      lines: [say.ensLeads],
      code: [getAddress(found.address)],
    }),
    argument: `${found.address} ${rest === '' && found.name.length <= LONGEST_NAME ? found.name : rest}`.trim(),
  }
}

const WHY_NOT = (why: { readonly noName: string; readonly notFound: string; readonly unreachable: string }) => ({
  'no-name': why.noName,
  'not-found': why.notFound,
  unreachable: why.unreachable,
})

export const unwatch: Command = {
  roles: ['owner', 'operator'],
  run(talk, house) {
    const target = meant(talk, house, talk.argument, talk.say.usage.unwatch)
    if (target.kind === 'bad') return [target.complaint]
    const answer = house.control.unwatch(talk.by, talk.channel, target.address)
    return [answer.kind === 'refused' ? refusal(talk, answer) : message(talk.say.unwatched(target.name))]
  },
}

export const list: Command = {
  roles: ['owner', 'operator'],
  run({ channel, say, ...talk }, house) {
    const watches = house.control.watches(channel)
    if (watches.length === 0) return [message(say.listEmpty, { lines: [say.listHow] })]
    const rows = watches.slice(0, MOST_LISTED).flatMap((one) => listRows({ ...talk, channel, say }, house, one))
    const left = watches.length - MOST_LISTED
    return [message(say.list(watches.length), { rows, lines: left > 0 ? [say.more(left)] : [] })]
  },
}

function listRows(talk: Talk, house: House, watched: Watch): (readonly [string, string])[] {
  const rows = positionsOf(house, watched.address)
  const own = watched.thresholdsWad !== null || watched.distancesBps !== null
  const standings =
    rows.length === 0 ? [health(null, messagesOf(talk.chat.language).values)] : rows.map((row) => standing(talk, row))
  return [
    ...standings.map((text, i) => [i === 0 ? nameOf(watched) : '', text] as const),
    ...(own ? [['', `< ${linesText(linesInForce(watched, house))}`] as const] : []),
  ]
}

export const threshold: Command = {
  roles: ['owner', 'operator'],
  run(talk, house) {
    const { channel, by, say } = talk
    const watches = house.control.watches(channel)
    if (watches.length === 0) return [message(say.listEmpty, { lines: [say.listHow] })]
    if (talk.argument === '') return [thresholds(talk, house, watches)]
    const [of, rest] = leadingWatch(watches, talk.argument) ?? [undefined, talk.argument]
    if (of === undefined && targetOf(split(talk.argument)[0]).kind !== 'other')
      return [message(say.refused.title, { lines: [say.refused['not-watched']] })]
    if (of !== undefined && rest === '') return [thresholds(talk, house, [of])]
    const read = linesOf(rest)
    const { bad } = say
    if (read.kind === 'bad')
      return [
        complaint(
          bad.thresholds.what(personName(read.given, 30)),
          bad.thresholds.why,
          bad.thresholds.fix(say.usage.threshold),
        ),
      ]
    const answer = house.control.setLines(by, channel, of?.address, read.lines)
    if (answer.kind === 'refused') return [refusal(talk, answer)]
    const title = of === undefined ? say.thresholdsAll : say.thresholdsOf(nameOf(of))
    return [message(title, { lines: [say.toldBelow(linesText(linesInForce(read.lines, house)))] })]
  },
}

function thresholds({ say }: Talk, house: House, watches: readonly Watch[]): Message {
  const rows = watches.slice(0, MOST_LISTED).map((one) => [nameOf(one), linesText(linesInForce(one, house))] as const)
  const left = watches.length - MOST_LISTED
  return message(say.thresholdsAll, { rows, lines: [...(left > 0 ? [say.more(left)] : []), say.usage.threshold] })
}

/** Thresholds of their own, and where there are none, those of the configuration. */
const linesInForce = (
  { thresholdsWad, distancesBps }: Lines,
  { ladder }: House,
): Pick<House['ladder'], 'thresholdsWad' | 'distancesBps'> => ({
  thresholdsWad: thresholdsWad ?? ladder.thresholdsWad,
  distancesBps: distancesBps ?? ladder.distancesBps,
})

/** `1.2, 1.1, 5 %`. */
export const linesText = ({ thresholdsWad, distancesBps }: House['ladder']): string =>
  [...thresholdsWad.map(decimal), ...distancesBps.map((bps) => `${bps / 100} %`)].join(', ')

/** In every market that knows it, with debt. */
const positionsOf = ({ queries }: House, address: Address): readonly AccountRow[] =>
  queries
    .markets()
    .flatMap((market) => queries.account(market, address) ?? [])
    .filter(({ debtBase }) => debtBase !== '0')

/** `1.0432  $12,345.67`. */
export const standing = ({ chat }: Pick<Talk, 'chat'>, { healthFactor, debtBase }: AccountRow): string =>
  `${health(healthFactor, messagesOf(chat.language).values)}  ${usdUp(debtBase)}`

export function refusal({ say }: Talk, { why, detail }: ControlAnswer<unknown> & { kind: 'refused' }): Message {
  return message(`⚠️ ${say.refused.title}`, {
    lines: [say.refused[why], ...(detail === '' ? [] : [words(detail, 300)])],
  })
}
