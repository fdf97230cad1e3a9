/** Everything behind the chat that is not Telegram: a small control that lives in the store, canned answers, an advisor. */
import { type Address, getAddress } from 'viem'
import type { House, Named } from '../../src/adapters/telegram/house.ts'
import type { Advice, Explanation, OperatorQueries, Queries } from '../../src/core/answers.ts'
import { type ControlAnswer, type ControlPort, MODES, type Mode, type Speaker } from '../../src/core/people/control.ts'
import type { Mute, Watch } from '../../src/core/people/watch.ts'
import type { Naming } from '../../src/core/people/words/reader.ts'
import type { JournalEntry, Store } from '../../src/core/ports.ts'
import { ALICE, block, fakeQueries, row, status, WETH } from './http-support.ts'

export const BOB = '0x00000000000000000000000000000000000000b0'
export const HASH = `0x${'ab'.repeat(32)}`

type Values = Pick<Store, 'value' | 'setValue'>
type Done<T> = ControlAnswer<T>
const done = <T>(changed: boolean, value: T): Done<T> => ({ kind: 'done', changed, value })

export interface Spoken {
  readonly said: string
  readonly by: Speaker
  readonly what: unknown
}

/** As the real one, less everything but what a chat can see. Its state is in the store: it survives, and is undone, with it. */
export function fakeControl(store: Values, configuredMode: Mode = 'live') {
  const read = <T>(name: string, none: T): T => JSON.parse(store.value(`fake.${name}`) ?? JSON.stringify(none)) as T
  const write = (name: string, value: unknown): void => store.setValue(`fake.${name}`, JSON.stringify(value))
  const journaled = (said: string, by: Speaker, what: unknown): void =>
    write('spoken', [...read<Spoken[]>('spoken', []), { said, by, what }])
  const all = (): Watch[] => read<Watch[]>('watches', []).map(revived)
  const keep = (watches: readonly Watch[]): void => write('watches', watches.map(flattened))
  const mutes = (): Mute[] => read<Mute[]>('mutes', [])
  const flag = (said: 'pause' | 'resume', by: Speaker): Done<undefined> => {
    const wanted = said === 'pause'
    const changed = read('paused', false) !== wanted
    write('paused', wanted)
    journaled(said, by, null)
    return done(changed, undefined)
  }
  const port: ControlPort = {
    get paused() {
      return read('paused', false)
    },
    get mode() {
      return read<Mode>('mode', 'dry-run')
    },
    configuredMode,
    pause: (by) => flag('pause', by),
    resume: (by) => flag('resume', by),
    setMode: (by, mode) => {
      if (MODES.indexOf(mode as Mode) > MODES.indexOf(configuredMode))
        return { kind: 'refused', why: 'above-configured-mode', detail: '' }
      write('mode', mode)
      journaled('mode', by, mode)
      return done(true, undefined)
    },
    reload: async (by) => {
      journaled('reload', by, null)
      return done(true, { applied: ['alerts.thresholds'], needRestart: ['http.port'] })
    },
    mute: (by, mute) => {
      write('mutes', [...mutes().filter((one) => one.scope !== mute.scope || one.chat !== mute.chat), mute])
      journaled('mute', by, mute)
      return done(true, undefined)
    },
    unmute: (by, chat, scope) => {
      write(
        'mutes',
        mutes().filter((one) => one.chat !== chat || one.scope !== scope),
      )
      journaled('unmute', by, scope)
      return done(true, undefined)
    },
    watch: (by, chat, { address, name }) => {
      const known = all().find((one) => one.chat === chat && one.address === address)
      if (known) return done(false, known)
      if (all().length >= 3) return { kind: 'refused', why: 'too-many-watches', detail: '' }
      const made: Watch = {
        id: all().length + 1,
        chat,
        address,
        name,
        thresholdsWad: null,
        distancesBps: null,
        createdS: 1,
      }
      keep([...all(), made])
      journaled('watch', by, { address, name })
      return done(true, made)
    },
    unwatch: (by, chat, address) => {
      const left = all().filter((one) => one.chat !== chat || one.address !== address)
      if (left.length === all().length) return { kind: 'refused', why: 'not-watched', detail: '' }
      keep(left)
      journaled('unwatch', by, address)
      return done(true, undefined)
    },
    setLines: (by, chat, address, lines) => {
      keep(
        all().map((one) =>
          one.chat === chat && (address ?? one.address) === one.address ? { ...one, ...lines } : one,
        ),
      )
      journaled('threshold', by, address ?? 'all')
      return done(true, undefined)
    },
    watches: (chat) => all().filter((one) => chat === undefined || one.chat === chat),
    mutes: (chat, nowS) =>
      mutes().filter((one) => one.chat === chat && (one.untilS ?? Number.POSITIVE_INFINITY) > nowS),
    onWatches: () => () => {},
  }
  return { port, spoken: (): readonly Spoken[] => read<Spoken[]>('spoken', []) }
}

/** JSON has no bigint. */
const flattened = (watch: Watch): object => ({ ...watch, thresholdsWad: watch.thresholdsWad?.map(String) ?? null })
const revived = (watch: Watch): Watch => ({ ...watch, thresholdsWad: watch.thresholdsWad?.map(BigInt) ?? null })

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

export const advice = (address: string = ALICE): Advice => ({
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

export const naming: Naming = {
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
    ladder: { thresholdsWad: [11n * 10n ** 17n, 105n * 10n ** 16n, 10n ** 18n], distancesBps: [] },
    timezone: 'UTC',
    naming,
    ...over,
  }
}
