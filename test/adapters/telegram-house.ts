/** Everything behind the chat that is not Telegram: the real control over a store, canned answers, an advisor. */
import { type Address, getAddress } from 'viem'
import { briefEntry, ladder, overview, phaseAnswer, YESTERDAY } from '../../scripts/alerts/market-fixtures.ts'
import type { House, Named, RiskHouse } from '../../src/adapters/telegram/house.ts'
import { Control } from '../../src/app/control.ts'
import { Journal } from '../../src/app/journal.ts'
import type { Advice, Explanation, Queries } from '../../src/core/answers.ts'
import type { JournalEntry } from '../../src/core/journal.ts'
import type { Mode } from '../../src/core/people/control.ts'
import type { ControlPort, OperatorQueries } from '../../src/core/people/ports.ts'
import type { Naming } from '../../src/core/people/words/reader.ts'
import type { Store } from '../../src/core/ports.ts'
import type { RiskQuestion, RiskQuestions } from '../../src/core/risk/questions.ts'
import { ALICE, block, fakeQueries, row, status, WETH } from './http-support.ts'

export const BOB = '0x00000000000000000000000000000000000000b0'
const HASH = `0x${'ab'.repeat(32)}`

export interface Spoken {
  readonly said: string
  readonly by: unknown
  readonly via: unknown
}

/** The real one over this store. It begins in dry-run, of whatever the configuration allows. */
export function controlOver(store: Store, nowS: () => number, configuredMode: Mode = 'live'): Control {
  if (store.value('control.mode') === undefined) store.setValue('control.mode', 'dry-run')
  const journal = new Journal(store, (error) => {
    throw error
  })
  const reloaded = { applied: ['alerts.thresholds'], needRestart: ['http.port'] }
  const read = () => ({ reloaded, apply: () => {} })
  return new Control({ store, journal, nowS, configuredMode, watchesPerChat: () => 3, read })
}

/** What the journal says that people said. */
export const spokenIn = (store: Store): readonly Spoken[] =>
  store
    .journal({ after: 0, kind: 'control', limit: 1_000 })
    .map(({ data: { said, by, via } }) => ({ said: String(said), by, via }))

const explanation = (address: string): Explanation => ({
  ...row({ address: getAddress(address) }),
  block,
  totalCollateralBase: '1500000000000',
  totalDebtBase: '1234567000000',
  availableBorrowsBase: '0',
  currentLiquidationThreshold: '8300',
  ltv: '8000',
  collaterals: [],
  debts: [],
  liquidationPrices: [],
  bestLiquidation: null,
  refusal: null,
  rescue: { targetHealth: '1250000000000000000', options: [] },
})

const advice = (address: string = ALICE): Advice => ({
  row: row({ address: getAddress(address) }),
  block,
  timestamp: block.timestamp + 12,
  targetHealth: '1250000000000000000',
  options: [
    {
      kind: 'repay',
      asset: WETH,
      symbol: 'USDC',
      decimals: 6,
      amount: '2345678901',
      valueBase: '234567890100',
      healthFactor: '1250000000000000001',
      inWallet: '5000000000',
      repays: null,
      costBase: '0',
      obstacle: null,
      calls: [{ to: WETH, data: `0x573ade81${'0'.repeat(256)}`, what: 'repay' }],
    },
  ],
  liquidation: {
    collateralAsset: WETH,
    symbol: 'WETH',
    debtBase: '617283500000',
    seizedBase: '648147675000',
    costBase: '30864175000',
  },
  explorerUrl: `https://etherscan.io/address/${address}`,
})

const ENTRY: JournalEntry = {
  seq: 9,
  chainId: 31337,
  market: 'local-aave',
  block: '120',
  kind: 'confirmed',
  data: { borrower: ALICE, profitUsd8: '4200000000', hash: HASH },
}

const operator = (): OperatorQueries => ({
  balances: async () => [
    { chain: 'local', address: ALICE, wei: '123456789000000000', symbol: 'ETH', isLow: false },
    { chain: 'cold', address: ALICE, wei: '5', symbol: 'ETH', isLow: true },
  ],
  gas: () => [{ chain: 'local', block: '123', baseFeeWei: '12345678901', priorityFeeWei: '100000000' }],
  rpc: () => [
    { chain: 'local', host: 'rpc.example.org', ok: true, lagBlocks: 0, lastError: null, requestsToday: 1_234 },
    { chain: 'cold', host: 'other.example.org', ok: false, lagBlocks: 9, lastError: 'no answer <b>', requestsToday: 7 },
  ],
  logs: (limit) => ['WARN older', 'WARN node <slow> & late'].slice(-limit),
  why: (address) =>
    address.toLowerCase() === ALICE.toLowerCase()
      ? [
          {
            market: 'local-aave',
            chainId: 31337,
            block,
            row: row({ liquidatable: true, healthFactor: '990000000000000000' }),
            heldBackBy: 'control-paused',
            last: { ...ENTRY, kind: 'refusal', data: { borrower: ALICE, reason: 'unprofitable' } },
          },
        ]
      : [],
  liquidations: (limit) =>
    [ENTRY, { ...ENTRY, block: '110', kind: 'lost' as const, data: { borrower: ALICE, reason: 'reverted' } }].slice(
      0,
      limit,
    ),
  profit: () => [
    { day: '2026-11-25', market: 'a', liquidations: 2, lost: 1, profitUsd8: '4200000000', feeWei: '1', refused: {} },
    { day: '2026-11-25', market: 'b', liquidations: 1, lost: 0, profitUsd8: '800000000', feeWei: '1', refused: {} },
    { day: '2026-11-24', market: 'a', liquidations: 0, lost: 0, profitUsd8: '0', feeWei: '0', refused: {} },
  ],
})

const naming: Naming = {
  chain: (chainId) => (chainId === 31337 ? 'local' : `chain ${chainId}`),
  token: (_market, asset) => (asset === WETH ? { symbol: 'WETH', decimals: 18 } : undefined),
  head: () => ({ number: 123n, timestamp: block.timestamp }),
  explorer: () => 'https://etherscan.io',
}

const NAMES: Readonly<Record<string, Address>> = { 'treasury.eth': getAddress(ALICE).toLowerCase() as Address }

async function ens(name: string): Promise<Named> {
  const address = NAMES[name]
  return address === undefined ? { kind: 'refused', why: 'not-found' } : { kind: 'address', name, address }
}

const AT = { market: 'local-aave', chainId: 31337, block }

/** Calm, in whatever market. `over`: by question. */
export function fakeRisk(over: Partial<Record<RiskQuestion, (about: object) => unknown>> = {}): RiskHouse {
  const answers: Partial<Record<RiskQuestion, (about: object) => unknown>> = {
    overview: (about) => overview({ ...AT, ...about }),
    phase: () => phaseAnswer(AT),
    ladder: () => ladder(AT),
    ...over,
  }
  return {
    desk: {
      async ask<Q extends RiskQuestion>(question: Q, about: RiskQuestions[Q][0]) {
        const answer = answers[question]
        if (answer === undefined) throw new Error(`no answer to ${question}`)
        return answer(about) as RiskQuestions[Q][1]
      },
    },
    brief: async (market) => ({
      ...briefEntry({ overview: overview(AT), before: { ...YESTERDAY, timestamp: block.timestamp - 86_400 } }),
      chainId: 31337,
      market,
      block: block.number,
    }),
  }
}

/** Who has debt: Alice and Bob, in `local-aave`. `queries`, `over`: what a test wants otherwise. */
export function fakeHouse(control: ControlPort, over: Partial<House> = {}, queries: Partial<Queries> = {}): House {
  const indebted = new Set([ALICE, BOB].map((address) => address.toLowerCase()))
  const has = (market: string, address: string): boolean =>
    market === 'local-aave' && indebted.has(address.toLowerCase())
  return {
    control,
    queries: fakeQueries({
      status: () => status({ paused: control.paused, mode: control.mode }),
      account: (market, address) => (has(market, address) ? explanation(address) : undefined),
      ...queries,
    }),
    operator: operator(),
    advisor: { advise: async (market, address) => (has(market, address) ? advice(address) : undefined) },
    whatIf: (market, address) =>
      has(market, address)
        ? {
            block,
            now: row({ address: getAddress(address) }),
            shocked: {
              healthFactor: '938889000000000000',
              collateralBase: '1350000000000',
              debtBase: '1234567000000',
              liquidatable: true,
              seizableBase: '648147675000',
              badDebtBase: '0',
            },
            moved: [{ asset: WETH, symbol: 'WETH', from: '200000000000', to: '180000000000' }],
          }
        : undefined,
    ens,
    lookup: (chat, id) =>
      chat !== 'telegram:666' && id === 42
        ? { market: 'local-aave', address: ALICE.toLowerCase() as Address }
        : undefined,
    risk: fakeRisk(),
    ladder: { thresholdsWad: [11n * 10n ** 17n, 105n * 10n ** 16n, 10n ** 18n], distancesBps: [] },
    timezone: 'UTC',
    naming,
    ...over,
  }
}
