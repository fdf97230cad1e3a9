/** The people of the demo: two owners and the operator, each with a phone (a chat of the Bot API's double). */
import type { Advice, RescueCall, Status } from '../../src/core/answers.ts'
import type { BotApi } from '../doubles/bot-api.ts'
import type { Message } from '../doubles/bot-messages.ts'
import { get, journalOf } from '../stage/judge.ts'
import type { Daemon, Stage } from '../stage/stage.ts'
import { followAdvice, followedText, liquidationsOf, type Owner, ownersOf, subscribe } from './owners.ts'

const OPERATOR = 1
const FIRST_OWNER = 10
/** Chats of the demo, with the role of each. */
export const CHATS = [
  { chatId: OPERATOR, role: 'operator' },
  { chatId: FIRST_OWNER, role: 'owner' },
  { chatId: FIRST_OWNER + 1, role: 'owner' },
] as const

export const nameOfChat = (chatId: number): string =>
  chatId === OPERATOR ? 'operator' : chatId === FIRST_OWNER ? 'careful' : 'careless'

export interface Cast {
  /** What each of them did, once it is done. Throws what went wrong. */
  readonly done: Promise<void>
  /** How it ended for the owners. */
  epilogue(): Promise<readonly string[]>
  /** Whoever still waits for something waits no more. */
  stop(): void
}

interface Scene {
  readonly double: BotApi
  readonly stage: Stage
  readonly daemon: Daemon
  say(line: string): void
  readonly signal: AbortSignal
}

const PAUSED_BLOCKS = 6
const LOOK_MS = 200

export async function startCast(given: Omit<Scene, 'signal'>): Promise<Cast> {
  const stopping = new AbortController()
  const scene: Scene = { ...given, signal: stopping.signal }
  const chain = given.stage.chains.find(({ owners }) => owners !== undefined)
  if (chain === undefined) throw new Error('no chain with owners')
  const owners = ownersOf(chain, FIRST_OWNER)
  for (const owner of owners) {
    const answer = next(scene, owner.chatId, () => true)
    subscribe(given.double, owner)
    await answer
  }
  const [careful] = owners as [Owner, Owner]
  const acts = Promise.all([rescue(scene, careful), pauseAndResume(scene)]).then(() => {})
  return {
    done: acts.catch((error: unknown) => {
      if (!stopping.signal.aborted) throw error
    }),
    epilogue: async () => Promise.all(owners.map(fateOf)),
    stop: () => stopping.abort(new Error('the story is over')),
  }
}

/** Warned, he holds still, presses Details, and signs exactly what the message says. */
async function rescue(scene: Scene, owner: Owner): Promise<void> {
  const { double, daemon, say } = scene
  const warning = await next(scene, owner.chatId, ({ text }) => /below 1\.1\b/.test(text))
  const followed = await followAdvice(owner, daemon.url, async (advice) => {
    const answer = next(scene, owner.chatId, ({ text }) => text.startsWith('<b>🛟'))
    say(`presses   ${owner.name}: Details`)
    press(double, warning, owner.chatId, 'details')
    return callsIn((await answer).text, advice)
  })
  say(`RESCUED   ${followedText(owner, followed)}`)
  if (!followed.isExact) throw new Error('the promise was not kept')
}

/** The first way out of a message: each call is an address and its calldata, to be copied with a tap. */
function callsIn(html: string, { options }: Advice): readonly RescueCall[] {
  const [, ...codes] = [...html.matchAll(/<code>([^<]+)<\/code>/g)].map(([, code = '']) => code)
  const calls: { to: string; data: string }[] = []
  for (const code of codes) {
    const last = calls.at(-1)
    if (/^0x[0-9a-fA-F]{40}$/.test(code)) calls.push({ to: code, data: '' })
    else if (last !== undefined) last.data += code
  }
  const expected = options[0]?.calls ?? []
  return expected.map(({ what, to, data }, i) => {
    const call = calls[i]
    if (call?.to !== to || call.data !== data) throw new Error(`the message says something else: ${what}`)
    return { what, ...call }
  })
}

/** Both orders by chat, both confirmed; in between nothing may be signed. */
async function pauseAndResume(scene: Scene): Promise<void> {
  const { daemon, say } = scene
  await next(scene, OPERATOR, ({ text }) => text.includes('Liquidated') || text.includes('liquidated'))
  await order(scene, '/pause')
  const from = (await journalOf(daemon.url)).at(-1)?.seq ?? 0
  const began = await heads(daemon.url)
  await until(scene, async () => {
    const now = await heads(daemon.url)
    return [...began].every(([chain, block]) => (now.get(chain) ?? 0) >= block + PAUSED_BLOCKS)
  })
  const { markets } = await get<Status>(`${daemon.url}/api/status`)
  const waiting = markets.reduce((sum, { liquidatable }) => sum + liquidatable, 0)
  const signed = (await journalOf(daemon.url)).filter(({ seq, kind }) => seq > from && kind === 'sent').length
  say(`PAUSED    for ${PAUSED_BLOCKS} blocks by chat: ${signed} signed, ${waiting} liquidatable and left alone`)
  if (signed > 0) throw new Error('something was signed while paused')
  await order(scene, '/resume')
  say('RESUMED   by chat')
}

async function order(scene: Scene, command: string): Promise<void> {
  const { double } = scene
  const question = next(scene, OPERATOR, ({ replyMarkup }) => buttonOf(replyMarkup, 'confirm') !== undefined)
  scene.say(`writes    operator: ${command}`)
  double.say(OPERATOR, OPERATOR, command)
  const asked = await question
  const { paused } = await get<Status>(`${scene.daemon.url}/api/status`)
  scene.say('presses   operator: confirm')
  press(double, asked, OPERATOR, 'confirm')
  await until(scene, async () => (await get<Status>(`${scene.daemon.url}/api/status`)).paused !== paused)
}

function press(double: BotApi, { messageId, replyMarkup }: Message, chatId: number, verb: string): void {
  const data = buttonOf(replyMarkup, verb)
  if (data === undefined) throw new Error(`no button ${verb}`)
  double.updates.press({ chatId, userId: chatId, messageId, data })
}

const buttonOf = (markup: Message['replyMarkup'], verb: string): string | undefined =>
  markup?.inline_keyboard.flat().find((button) => button['callback_data']?.startsWith(`${verb}:`))?.['callback_data']

/** The next message of a chat that is looked for. */
function next({ double, signal }: Scene, chatId: number, is: (message: Message) => boolean): Promise<Message> {
  const { promise, resolve, reject } = Promise.withResolvers<Message>()
  const stop = double.onMessage((message) => {
    if (message.chatId !== chatId || !is(message)) return
    stop()
    resolve(message)
  })
  signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  return promise
}

async function until({ signal }: Scene, holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) {
    signal.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}

async function heads(url: string): Promise<ReadonlyMap<string, number>> {
  const { chains } = await get<Status>(`${url}/api/status`)
  return new Map(chains.map(({ name, head }) => [name, Number(head?.number ?? 0)]))
}

async function fateOf(owner: Owner): Promise<string> {
  const times = await liquidationsOf(owner)
  return times === 0
    ? `${owner.name} owner: never liquidated`
    : `${owner.name} owner, who did nothing: liquidated ${times} ${times === 1 ? 'time' : 'times'}`
}
