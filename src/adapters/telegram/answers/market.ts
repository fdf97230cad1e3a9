/** How a market stands as a whole: asked of the risk desk, which may not be there. */
import { UsageError } from '../../../core/errors.ts'
import type { JournalEntry } from '../../../core/journal.ts'
import type { Message } from '../../../core/people/message.ts'
import { compose } from '../../../core/people/words/compose.ts'
import { marketWordsOf } from '../../../core/people/words/market.ts'
import { ladderText, marketsText, overviewText, phaseAnswerText } from '../../../core/people/words/market-answers.ts'
import type { MarketWords } from '../../../core/people/words/market-en.ts'
import type { Reader } from '../../../core/people/words/reader.ts'
import { words } from '../../../core/people/words/values.ts'
import { type Command, complaint, type House, message, type RiskHouse, type Talk } from '../house.ts'

const READERS = ['operator', 'viewer'] as const
/** More would be too long a message, and too long a wait. */
const MOST_MARKETS = 12

export const risk: Command = {
  roles: READERS,
  isSlow: true,
  async run(talk, house) {
    const names = house.queries.markets()
    if (talk.argument !== '' || names.length < 2) return ofMarket(talk, house, 'risk', overviewIn)
    return ofDesk(talk, house, async ({ desk }) => {
      const asked = names.slice(0, MOST_MARKETS).map((market) => desk.ask('overview', { market }))
      // One that is not ready yet hides no other.
      const found = (await Promise.allSettled(asked)).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
      if (found.length === 0) await asked[0]
      const missing = names.filter((name) => found.every(({ market }) => market !== name))
      return marketsText(found, missing, { reader: readerOf(talk, house), example: `/risk ${names[0]}` })
    })
  },
}

const overviewIn: Answering = async ({ desk }, { market }, reader) =>
  overviewText(await desk.ask('overview', { market }), reader)

export const phase: Command = {
  roles: READERS,
  isSlow: true,
  run: (talk, house) =>
    ofMarket(talk, house, 'phase', async ({ desk }, where, reader) =>
      phaseAnswerText(await desk.ask('phase', where), reader),
    ),
}

export const ladder: Command = {
  roles: READERS,
  isSlow: true,
  run: (talk, house) =>
    ofMarket(talk, house, 'ladder', async ({ desk }, where, reader) =>
      ladderText(await desk.ask('ladder', { ...where, side: 'fall', accounts: 0 }), reader),
    ),
}

export const brief: Command = {
  roles: READERS,
  isSlow: true,
  run: (talk, house) =>
    ofMarket(talk, house, 'brief', async (risk, { market }, reader) => plainly(await risk.brief(market), reader)),
}

/** Buttons belong to what is in the outbox. */
const plainly = (entry: Omit<JournalEntry, 'seq'>, reader: Reader): Message => ({
  ...compose([{ id: 0, entry: { ...entry, seq: 0 } }], reader),
  buttons: [],
})

interface Where {
  readonly market: string
  /** As written: an asset or a feed. */
  readonly group: string | undefined
}
type Answering = (risk: RiskHouse, where: Where, reader: Reader) => Promise<Message>
type Name = 'risk' | 'phase' | 'ladder' | 'brief'

/** A market and a group in either order; the market may be left out where there is one. */
async function ofMarket(talk: Talk, house: House, command: Name, answer: Answering): Promise<readonly Message[]> {
  const names = house.queries.markets()
  const say = marketWordsOf(talk.chat.language)
  const given = talk.argument.split(/\s+/).filter(Boolean)
  const market = names.find((name) => given.some((word) => word.toLowerCase() === name.toLowerCase()))
  const [group, ...more] = given.filter((word) => word.toLowerCase() !== market?.toLowerCase())
  const bad = (word?: string): Message => badMarket(talk, { command, names, given: word })
  const mayHaveGroup = command === 'ladder' || command === 'phase'
  if (names.length === 0) return [message(say.noMarkets)]
  if (more.length > 0 || (group !== undefined && !mayHaveGroup)) return [bad(more[0] ?? group)]
  const only = market ?? (names.length === 1 ? names[0] : undefined)
  if (only === undefined) return [bad()]
  return ofDesk(talk, house, (risk) => answer(risk, { market: only, group }, readerOf(talk, house)), group)
}

/** `group`: what the desk may not know. */
async function ofDesk(
  talk: Talk,
  { risk }: House,
  answer: (risk: RiskHouse) => Promise<Message>,
  group?: string,
): Promise<readonly Message[]> {
  const say = marketWordsOf(talk.chat.language)
  if (risk === undefined) return [message(`⏳ ${say.notReady}`)]
  try {
    return [await answer(risk)]
  } catch (error) {
    if (error instanceof UsageError && error.code === 'UNKNOWN_GROUP' && group !== undefined)
      return [badGroup(talk, say, group)]
    talk.fault(error)
    return [message(`⏳ ${say.notReady}`)]
  }
}

/** `given`: what is no market; undefined: none was named, and there are several. */
function badMarket(
  { chat, say }: Talk,
  { command, names, given }: { command: Name; names: readonly string[]; given: string | undefined },
): Message {
  const { what, which, why, fix } = marketWordsOf(chat.language).badMarket
  const known = words(names.slice(0, MOST_MARKETS).join(', '), 400)
  return complaint(given === undefined ? which : what(words(given, 30)), why(known), fix(say.usage[command]))
}

function badGroup({ say: { usage } }: Talk, { badGroup: { what, why, fix } }: MarketWords, given: string): Message {
  return complaint(what(words(given, 30)), why, fix(usage.ladder))
}

const readerOf = ({ chat, nowS }: Talk, { naming }: House): Reader => ({
  language: chat.language,
  role: chat.role,
  naming,
  nowS,
})
