/** The real reader against the double of the Bot API, with a store in memory and delays that only count. */
import { type BotApi, type Fault, startBotApi } from '../../scripts/doubles/bot-api.ts'
import type { Naming } from '../../src/adapters/telegram/describe.ts'
import { startTelegram, type Telegram, type TelegramOptions } from '../../src/adapters/telegram/telegram.ts'
import type { JournalEntry } from '../../src/core/ports.ts'
import { ALICE, fakeJournal, fakeQueries, WETH } from './http-support.ts'

export const TOKEN = '12345:CANARY-token-of-the-bot'
export const CHAT = 77
export const USER = 7

const USDC = '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48'
export const HASH = `0x${'ab'.repeat(32)}`
const TOKENS = new Map([
  [WETH, { symbol: 'WETH', decimals: 18 }],
  [USDC, { symbol: 'USDC', decimals: 6 }],
])

export const naming: Naming = {
  chain: (chainId) => (chainId === 31337 ? 'local' : `chain ${chainId}`),
  token: (_market, asset) => TOKENS.get(asset),
  head: () => 123n,
}

export const entry = (over: Partial<JournalEntry> = {}): JournalEntry => ({
  seq: 1,
  chainId: 31337,
  market: 'local-aave',
  block: '123',
  kind: 'alert',
  data: alertData(),
  ...over,
})

export const alertData = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  type: 'threshold',
  address: ALICE,
  threshold: '1.05',
  healthFactor: '1043299999999999999',
  debtBase: '1234567890000',
  collateralBase: '1500000000000',
  distancePct: 4.14,
  liquidationPrice: { asset: WETH, price: '183020000000' },
  ...over,
})

/** As the executor's outcomes are journaled. */
export const sentData = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  borrower: ALICE,
  hash: HASH,
  collateralAsset: WETH,
  debtAsset: USDC,
  debtCovered: '1234500000',
  collateralSeized: '710000000000000000',
  netUsd8: '1250000000',
  ...over,
})
export const settledData = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  borrower: ALICE,
  hash: HASH,
  debtAsset: USDC,
  profit: '42010000',
  profitUsd8: '4200000000',
  gasUsed: '400000',
  feeWei: '290000000000000',
  winner: null,
  ...over,
})

export const addressOf = (n: number): string => `0x${String(n).padStart(40, '0')}`

/** Characters of the widest line in `<pre>`, as a phone shows it. */
export const widest = (html: string): number =>
  Math.max(
    0,
    ...[...html.matchAll(/<pre>(.*?)<\/pre>/gs)].flatMap(([, pre = '']) => {
      const text = pre.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
      return text.split('\n').map((line) => line.length)
    }),
  )

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

const open: { stop(): Promise<void> }[] = []
const doubles: BotApi[] = []
export async function stopAll(): Promise<void> {
  await Promise.all(open.splice(0).map((one) => one.stop()))
  await Promise.all(doubles.splice(0).map((one) => one.close()))
}

export async function stage(faults: readonly Fault[] = []) {
  const api = await startBotApi({ token: TOKEN, faults })
  doubles.push(api)
  const journal = fakeJournal()
  const stored = new Map<string, string>()
  const logged: string[] = []
  const waited: number[] = []
  const log = (fields: object, message: string): void => void logged.push(`${message} ${JSON.stringify(fields)}`)
  const start = (over: Partial<TelegramOptions> = {}): Telegram => {
    const telegram = startTelegram({
      token: TOKEN,
      apiRoot: api.url,
      chats: [{ chatId: CHAT, role: 'operator' }],
      journal: (after, limit) => journal.read({ after, limit }),
      lastSeq: () => journal.entries.length,
      subscribe: journal.subscribe,
      cursor: { get: (name) => stored.get(name), set: (name, value) => void stored.set(name, value) },
      queries: fakeQueries({}, journal),
      log: { info: log, warn: log, error: log },
      scrub: (text) => text.replaceAll('SECRET', '***'),
      spacingMs: 0,
      delay: async (ms) => {
        waited.push(ms)
        await new Promise((resolve) => setImmediate(resolve))
      },
      ...over,
    })
    open.push(telegram)
    return telegram
  }
  /** An alert that can be told from the others by its threshold. */
  const alert = (n: number): void => {
    journal.add('alert', alertData({ threshold: threshold(n), address: addressOf(n) }), { block: String(n) })
  }
  /** The thresholds that came, in order, whether each had a message to itself or not. */
  const told = (chatId = CHAT): string[] =>
    api.messages
      .filter((message) => message.chatId === chatId)
      .flatMap(({ text }) => [...text.matchAll(/below (1\.\d+)/g)].map(([, found = '']) => found))
  return { api, journal, stored, logged, waited, start, alert, told }
}

export const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => threshold(from + i))
const threshold = (n: number): string => `1.${String(n).padStart(2, '0')}`
