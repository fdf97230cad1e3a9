/** One position: how it stands, the ways out, and what a fall would make of it. */
import { type Address, getAddress } from 'viem'
import type { AccountRow, Advice, BlockRef } from '../../../core/answers.ts'
import type { JournalEntry } from '../../../core/journal.ts'
import { encodeAction } from '../../../core/people/buttons.ts'
import type { Button, Message } from '../../../core/people/message.ts'
import { adviceLines, waysOut } from '../../../core/people/words/advice.ts'
import { detailsText } from '../../../core/people/words/details.ts'
import { figures } from '../../../core/people/words/figures.ts'
import { messagesOf } from '../../../core/people/words/messages.ts'
import { agoOf, placeOf, type Reader } from '../../../core/people/words/reader.ts'
import { health, personName, shortAddress, words } from '../../../core/people/words/values.ts'
import { whatIfText } from '../../../core/people/words/what-if.ts'
import { type Command, type House, message, type Subject, type Talk } from '../house.ts'
import { meant } from './target.ts'
import { list } from './watches.ts'

const EVERYBODY = ['owner', 'operator', 'viewer'] as const

export const position: Command = {
  roles: EVERYBODY,
  isSlow: true,
  run(talk, house) {
    const { say, channel } = talk
    const watches = house.control.watches(channel)
    if (talk.argument === '' && watches.length > 1) return several(talk, house)
    const target = meant(talk, house, talk.argument || (watches[0]?.address ?? ''), say.usage.position)
    if (target.kind === 'bad') return [target.complaint]
    const subjects = subjectsOf(house, target.address)
    if (subjects.length > 0) return Promise.all(subjects.map((subject) => onePosition(talk, house, subject)))
    return [
      message(say.positionNone(target.name), { lines: [say.positionNoneWhy], code: [getAddress(target.address)] }),
    ]
  },
}

/** All that is watched, and how to ask for one of them. */
async function several(talk: Talk, house: House): Promise<readonly Message[]> {
  const listed = await list.run(talk, house)
  return 'kind' in listed
    ? [listed.message]
    : listed.map((one) => ({ ...one, lines: [...one.lines, talk.say.whichOne] }))
}

/** In every market that knows a debt of it. */
export const subjectsOf = ({ queries }: House, address: Address): readonly Subject[] =>
  queries
    .markets()
    .filter((market) => (queries.account(market, address)?.debtBase ?? '0') !== '0')
    .map((market) => ({ market, address }))

/** A node that does not answer hides the ways out, not the position. */
async function onePosition(talk: Talk, house: House, subject: Subject): Promise<Message> {
  const { market, address } = subject
  const advice = await adviceFor(talk, house, subject)
  const found = advice === 'failed' ? house.queries.account(market, address) : advice
  if (found === undefined) return message(talk.say.positionNone(shortAddress(getAddress(address))))
  const row: AccountRow = 'row' in found ? found.row : found
  const reader = { ...readerOf(talk, house), advice }
  return standing(talk, reader, nameFor(talk, house, address), { row, block: found.block })
}

async function adviceFor(
  { fault }: Talk,
  { advisor }: House,
  { market, address }: Subject,
): Promise<Advice | 'failed' | undefined> {
  try {
    return await advisor.advise(market, address)
  } catch (error) {
    fault(error)
    return 'failed'
  }
}

function standing(
  talk: Talk,
  reader: Reader,
  name: string,
  found: { readonly row: AccountRow; readonly block: BlockRef },
): Message {
  const { row, block } = found
  const say = messagesOf(talk.chat.language)
  const ago = agoOf(block.timestamp, reader)
  // As an alert would have it, so that the ways out are told in the same words.
  const data = { ...row, type: 'threshold' }
  const entry: JournalEntry = {
    seq: 0,
    chainId: row.chainId,
    market: row.market,
    block: block.number,
    kind: 'alert',
    data,
  }
  const url = typeof reader.advice === 'object' ? reader.advice.explorerUrl : null
  return message(`${row.liquidatable ? '🔴' : '📍'} ${name === '' ? shortAddress(row.address) : personName(name)}`, {
    place: placeOf(row, reader),
    rows: [
      [say.labels.health, health(row.healthFactor, say.values)],
      ...figures(data, row.market, reader),
      [say.labels.block, ago === undefined ? words(block.number, 12) : `${words(block.number, 12)} (${ago})`],
    ],
    lines: adviceLines(entry, reader, say),
    parts: waysOut(entry, reader),
    code: [row.address],
    footer: talk.chat.role === 'operator' ? '' : say.noAdvice,
    buttons: buttonsOf(say.buttons, row.address, url),
  })
}

/** These say themselves whom they are about: no message in the store stands behind an answer. */
function buttonsOf(
  say: { readonly details: string; readonly whatIf: string; readonly explorer: string },
  address: string,
  url: string | null,
): readonly (readonly Button[])[] {
  const action = (verb: 'details' | 'whatif'): string => encodeAction({ verb, id: 0, argument: address.toLowerCase() })
  const asks = [
    { text: say.details, action: action('details') },
    { text: say.whatIf, action: action('whatif') },
  ]
  return url === null ? [asks] : [asks, [{ text: say.explorer, url }]]
}

/** Every way out with what to sign. */
export async function details(talk: Talk, house: House, subjects: readonly Subject[]): Promise<readonly Message[]> {
  const found = await Promise.all(subjects.map((subject) => detailsOf(talk, house, subject)))
  return found.flat()
}

async function detailsOf(talk: Talk, house: House, subject: Subject): Promise<readonly Message[]> {
  const { address } = subject
  const advice = await adviceFor(talk, house, subject)
  if (typeof advice === 'object') return detailsText(advice, readerOf(talk, house), nameFor(talk, house, address))
  const why = advice === undefined ? talk.say.positionNoneWhy : messagesOf(talk.chat.language).lines.adviceFailed
  return [message(`📍 ${shortAddress(getAddress(address))}`, { lines: [why], code: [getAddress(address)] })]
}

export function whatIf(talk: Talk, house: House, subjects: readonly Subject[], fallPct: number): readonly Message[] {
  return subjects.map(({ market, address }) => {
    const fallen = house.whatIf(market, address, fallPct)
    const name = nameFor(talk, house, address)
    if (fallen !== undefined) return whatIfText({ ...fallen, name, fallPct }, readerOf(talk, house))
    return message(talk.say.positionNone(shortAddress(getAddress(address))), { lines: [talk.say.positionNoneWhy] })
  })
}

const readerOf = ({ chat, nowS }: Talk, { naming }: House): Reader => ({
  language: chat.language,
  role: chat.role,
  naming,
  nowS,
})

/** The chat's own word for it, or empty. */
const nameFor = ({ channel }: Talk, { control }: House, address: Address): string =>
  control.watches(channel).find((watch) => watch.address === address.toLowerCase())?.name ?? ''
