/** kill -9, again and again, at the worst moments: everybody is told everything once. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { type BotApi, startBotApi } from '../../../scripts/doubles/bot-api.ts'
import { openStore } from '../../../src/adapters/store/sqlite.ts'
import { scratch } from '../../adapters/store-things.ts'
import { CHAT, numbers, seqsIn, TOKEN, until } from './support.ts'

const CHILD = fileURLToPath(new URL('./kill-child.ts', import.meta.url))
const SCALE = 40
const OTHER = 78
/** Entries of one life, and of the first. */
const LIFE = 25
const FIRST = 4

/** When a child is killed: as soon as Telegram has taken its nth message or edit, before it answers; or after a while. */
type Moment = { readonly at: 'send' | 'edit'; readonly nth: number } | { readonly at: 'ms'; readonly ms: number }
const MOMENTS: readonly Moment[] = [
  { at: 'send', nth: 2 },
  { at: 'send', nth: 1 },
  { at: 'ms', ms: 0 },
  { at: 'edit', nth: 1 },
  { at: 'send', nth: 3 },
  { at: 'ms', ms: 37 },
  { at: 'edit', nth: 3 },
  { at: 'ms', ms: 111 },
  { at: 'send', nth: 1 },
]

const ALL = FIRST + MOMENTS.length * LIFE

describe('app/people: kill -9', function () {
  this.timeout(120_000)
  let place: ReturnType<typeof scratch>
  let api: BotApi
  let hook: Awaited<ReturnType<typeof receiver>>
  const children: ChildProcess[] = []
  beforeEach(async () => {
    place = scratch()
    api = await startBotApi({ token: TOKEN, limitsByMs: () => performance.now() * SCALE })
    hook = await receiver()
  })
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
    await api.close()
    await hook.close()
    place.remove()
  })

  const run = (most: number): ChildProcess => {
    const args = [CHILD, place.file, api.url, hook.url, String(SCALE), String(most)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(child)
    return child
  }

  it('everything is told, nothing twice, and limits are kept', async () => {
    // A chat that knows the bot: somebody has written to it, and it has answered.
    const first = run(FIRST)
    await until(() => toldTo(CHAT).length >= 4 && toldTo(OTHER).length >= 4)
    await killed(first)
    const reached: boolean[] = []
    for (const [round, moment] of MOMENTS.entries()) {
      const child = run(FIRST + (round + 1) * LIFE)
      reached.push(await happened(child, moment))
      await killed(child)
    }
    const last = run(ALL)
    await drained(last)
    await killed(last)
    // How many lives came to their moment depends on the machine; some must have, or nothing was tried.
    expect(reached.filter(Boolean)).to.have.length.at.least(3)
    const all = numbers(1, lastSeq())
    for (const chatId of [CHAT, OTHER]) expect(toldTo(chatId).toSorted((a, b) => a - b)).to.deep.equal(all)
    expect(api.messages.map(({ text }) => text).join()).not.to.include('repetition')
    // The other side drops what it has already, by the key.
    expect([...hook.taken.keys()].toSorted()).to.deep.equal(all.map((seq) => `webhook:pager:${seq}`).toSorted())
    for (const [key, seqs] of hook.taken) expect([key, ...seqs]).to.deep.equal([key, Number(key.split(':')[2])])
    expect(api.tooFast).to.equal(0)
  })

  const toldTo = (chatId: number): number[] =>
    api.messages.filter((message) => message.chatId === chatId).flatMap(({ text }) => seqsIn(text))

  const lastSeq = (): number => {
    const store = openStore(place.file, { share: 'copy' })
    const last = store.lastSeq()
    store.close()
    return last
  }

  /** Everything journaled that will be, and nothing is waiting any more. */
  async function drained(child: ChildProcess): Promise<void> {
    await ended(child)
    while (child.signalCode === null) {
      const store = openStore(place.file, { share: 'copy' })
      const channels = [`telegram:${CHAT}`, `telegram:${OTHER}`, 'webhook:pager']
      const isDone = channels.every(
        (name) =>
          store.outbox.waiting(name, { nowS: 1e15, limit: 1 }).length === 0 && store.outbox.sending(name) === undefined,
      )
      const isDispatched = store.value('outbox.cursor') === String(store.lastSeq())
      store.close()
      if (isDone && isDispatched) return
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  /** False: it never came to that, there was nothing left to say. */
  async function happened(child: ChildProcess, moment: Moment): Promise<boolean> {
    if (moment.at === 'ms') {
      await said(child, () => true)
      await new Promise((resolve) => setTimeout(resolve, moment.ms))
      return true
    }
    const { promise, resolve } = Promise.withResolvers<boolean>()
    let left = moment.nth
    const stop = api[moment.at === 'send' ? 'onMessage' : 'onEdit'](() => {
      if (--left > 0) return
      // Here, while Telegram has not answered yet.
      child.kill('SIGKILL')
      resolve(true)
    })
    void drained(child).then(() => resolve(false))
    const came = await promise
    stop()
    return came
  }
})

async function killed(child: ChildProcess): Promise<void> {
  const ended = child.exitCode !== null || child.signalCode !== null ? undefined : once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

/** Its journal got to its end. */
const ended = (child: ChildProcess): Promise<void> => said(child, (seq) => seq >= Number(child.spawnargs.at(-1)))

function said(child: ChildProcess, enough: (seq: number) => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  child.stdout?.on('data', (chunk) => {
    if (
      String(chunk)
        .trim()
        .split('\n')
        .some((line) => enough(Number(line)))
    )
      resolve()
  })
  return promise
}

/** A webhook: what was delivered under which key. */
async function receiver() {
  const taken = new Map<string, Set<number>>()
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => {
      text += String(chunk)
    })
    request.on('end', () => {
      const key = String(request.headers['plimsoll-delivery'])
      taken.set(key, (taken.get(key) ?? new Set()).add(JSON.parse(text).entry.seq))
      response.end('fine')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = (): Promise<unknown> => {
    server.closeAllConnections()
    server.close()
    return once(server, 'close')
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, taken, close }
}
