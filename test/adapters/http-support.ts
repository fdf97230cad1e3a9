/** A running program that is not there: canned answers behind the real server, and a client that may lie about its Host. */
import { request } from 'node:http'
import { type HttpOptions, type HttpServer, startHttp } from '../../src/adapters/http/server.ts'
import { openStore } from '../../src/adapters/store/sqlite.ts'
import { Control, type ControlOptions } from '../../src/app/control.ts'
import { Journal } from '../../src/app/journal.ts'
import type {
  AccountRow,
  Accounts,
  AccountsQuery,
  Advice,
  Explanation,
  Queries,
  Status,
} from '../../src/core/answers.ts'
import type { JournalEntry, JournalKind } from '../../src/core/journal.ts'
import type { Sink } from '../../src/core/ports.ts'
import { fakeDesk } from '../app/risk/examples.ts'

export const ALICE = '0x00000000000000000000000000000000000A11cE'
export const WETH = '0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2'
export const block = { number: '123', hash: `0x${'ab'.repeat(32)}`, timestamp: 1_700_000_000 }

export const status = (over: Partial<Status> = {}): Status => ({
  version: '1.2.3',
  mode: 'dry-run',
  configuredMode: 'simulate',
  paused: false,
  chains: [
    {
      name: 'local',
      chainId: 31337,
      head: block,
      lagBlocks: 2,
      ready: true,
      rpc: { total: 40, perBlockP50: 2, perBlockMax: 3 },
    },
    {
      name: 'cold',
      chainId: 1,
      head: null,
      lagBlocks: 0,
      ready: false,
      rpc: { total: 0, perBlockP50: 0, perBlockMax: 0 },
    },
  ],
  markets: [
    {
      market: 'local-aave',
      chainId: 31337,
      revision: 9,
      rules: 'aave-3.6',
      accounts: 7,
      liquidatable: 1,
      quarantined: false,
      quarantineReason: null,
      proven: true,
      resyncs: 2,
      audit: { block: '120', checked: 7, mismatched: 0 },
    },
    {
      market: 'strange',
      chainId: 1,
      revision: 99,
      rules: null,
      accounts: 0,
      liquidatable: 0,
      quarantined: true,
      quarantineReason: 'pool revision 99 is not known',
      proven: false,
      resyncs: 0,
      audit: null,
    },
  ],
  ...over,
})

export const row = (over: Partial<AccountRow> = {}): AccountRow => ({
  market: 'local-aave',
  chainId: 31337,
  address: ALICE,
  eMode: 0,
  collateralBase: '1500000000000',
  debtBase: '1234567000000',
  healthFactor: '1043210000000000000',
  liquidatable: false,
  distancePct: 4.14,
  liquidationPrice: { asset: WETH, price: '183020000000' },
  timeToLiquidationS: 86_400,
  source: 'mirror',
  ...over,
})

const repayOption = {
  ...{ kind: 'repay' as const, asset: WETH, symbol: 'WETH', decimals: 18, amount: '1', valueBase: '1' },
  healthFactor: '1100000000000000000',
  repays: null,
  costBase: '0',
  obstacle: null,
}

const explanation = (): Explanation => {
  const holding = {
    asset: WETH,
    symbol: 'WETH',
    decimals: 18,
    amount: '8000000000000000000',
    valueBase: '1500000000000',
    price: '190900000000',
    liquidationThresholdBps: 8300,
    liquidationBonusBps: 10500,
  }
  const seizure = {
    collateralAsset: WETH,
    debtAsset: WETH,
    debtToCover: '1',
    firstCover: '0',
    debtCovered: '1',
    collateralSeized: '1',
    protocolFee: '0',
    grossBase: '-5',
  }
  return {
    ...row({ healthFactor: null, distancePct: null, liquidationPrice: null, timeToLiquidationS: null }),
    block,
    totalCollateralBase: '1500000000000',
    totalDebtBase: '1234567000000',
    availableBorrowsBase: '0',
    currentLiquidationThreshold: '8300',
    ltv: '8000',
    collaterals: [holding],
    debts: [holding],
    liquidationPrices: [{ asset: WETH, price: '183020000000' }],
    bestLiquidation: seizure,
    refusal: null,
    rescue: { targetHealth: '1100000000000000000', options: [repayOption] },
  }
}

const advice = (): Advice => ({
  row: row(),
  block,
  timestamp: block.timestamp + 12,
  targetHealth: '1250000000000000000',
  options: [{ ...repayOption, inWallet: '5', calls: [{ to: WETH, data: '0x01', what: 'repay' }] }],
  liquidation: { collateralAsset: WETH, symbol: 'WETH', debtBase: '100', seizedBase: '105', costBase: '5' },
  explorerUrl: `https://etherscan.io/address/${ALICE}`,
})

/** A journal in memory with its subscribers, as the program has one. */
export function fakeJournal() {
  const entries: JournalEntry[] = []
  const sinks = new Set<Sink>()
  const add = (kind: JournalKind, data: JournalEntry['data'] = {}, over: Partial<JournalEntry> = {}): JournalEntry => {
    const seq = entries.length + 1
    const entry = { seq, chainId: 31337, market: 'local-aave', block: '123', kind, data, ...over }
    entries.push(entry)
    for (const sink of sinks) sink(entry)
    return entry
  }
  const subscribe = (sink: Sink): (() => void) => {
    sinks.add(sink)
    return () => void sinks.delete(sink)
  }
  const read = (query: { after: number; kind?: string | undefined; limit: number }): readonly JournalEntry[] =>
    entries
      .filter((entry) => entry.seq > query.after && (query.kind === undefined || entry.kind === query.kind))
      .slice(0, query.limit)
  return { entries, sinks, add, subscribe, read }
}

export interface FakeQueries extends Queries {
  readonly asked: AccountsQuery[]
}

export function fakeQueries(over: Partial<Queries> = {}, journal = fakeJournal()): FakeQueries {
  const asked: AccountsQuery[] = []
  const accounts = (query: AccountsQuery): Accounts => {
    asked.push(query)
    return { market: query.market ?? 'local-aave', block, next: 'b2s=', accounts: [row()] }
  }
  return {
    asked,
    alive: () => [{ name: 'local', ok: true, detail: 'a page 1 s ago' }],
    ready: () => [{ name: 'synced', ok: true, detail: 'at block 123' }],
    status: () => status(),
    accounts,
    account: (_market, address) => (address === ALICE ? explanation() : undefined),
    markets: () => ['local-aave', 'strange'],
    journal: journal.read,
    ...over,
  }
}

/** The real one, over a store of its own. */
export function openControl(over: Partial<ControlOptions> = {}) {
  const store = openStore(':memory:')
  const journal = new Journal(store, (error) => {
    throw error
  })
  const control = new Control({
    store,
    journal,
    nowS: () => 1_000_000,
    configuredMode: 'simulate',
    watchesPerChat: () => 3,
    read: () => 'plimsoll.yaml has a problem: no chain',
    ...over,
  })
  /** `said by detail` of every entry of control. */
  const told = () =>
    store
      .journal({ after: 0, kind: 'control', limit: 100 })
      .map(({ data: { said, via, by, chat, detail } }) =>
        [said, via, by, chat, detail].filter((word) => word !== null && word !== '').join(' '),
      )
  return { control, store, journal, told }
}

export interface Harness {
  readonly server: HttpServer
  readonly journal: ReturnType<typeof fakeJournal>
  readonly queries: FakeQueries
  readonly logged: string[]
}

const running: HttpServer[] = []
export async function harness(over: Partial<HttpOptions> = {}, answers: Partial<Queries> = {}): Promise<Harness> {
  const journal = fakeJournal()
  const queries = fakeQueries(answers, journal)
  const logged: string[] = []
  const server = await startHttp({
    host: '127.0.0.1',
    port: 0,
    token: undefined,
    queries,
    control: openControl().control,
    nowS: () => 1_000_000,
    advisor: { advise: async (_market, address) => (address === ALICE ? advice() : undefined) },
    subscribe: journal.subscribe,
    risk: fakeDesk(),
    metrics: { contentType: 'text/plain; version=0.0.4', text: async () => 'plimsoll_ready 1\n' },
    log: { error: (fields, message) => void logged.push(`${message} ${JSON.stringify(fields)}`) },
    scrub: (text) => text.replaceAll('CANARY', '***'),
    version: '1.2.3',
    ...over,
  })
  running.push(server)
  return { server, journal, queries, logged }
}
export async function stopAll(): Promise<void> {
  await Promise.all(running.splice(0).map((server) => server.close()))
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  json(): Record<string, unknown>
}

/** `fetch` does not let one set Host or Origin. */
export function ask(url: string, headers: Record<string, string> = {}, method = 'GET', body = ''): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const sent = request(url, { headers, method, agent: false }, (response) => {
    let text = ''
    response.setEncoding('utf8')
    response.on('data', (chunk: string) => {
      text += chunk
    })
    response.on('end', () =>
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: () => JSON.parse(text) }),
    )
    response.on('error', reject)
  })
  sent.on('error', reject)
  sent.end(body)
  return promise
}
