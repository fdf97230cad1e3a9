import { expect } from 'chai'
import { type Address, concatHex, type Hex, pad, toHex } from 'viem'
import type { Log } from '../../../src/core/types.ts'
import { CONFIGURATION_EVENTS, EMODE_EVENTS, EVENTS, toAddress } from '../../../src/protocols/aave-v3/abi.ts'
import { COLLATERAL, DEBT, MARKET, reserveCell, scaledCell, stableCell } from '../../../src/protocols/aave-v3/cells.ts'
import { directory, touch } from '../../../src/protocols/aave-v3/touch.ts'
import { address, assetOf, bookOf, reserve } from './world.ts'

const ETHER = 10n ** 18n
const PROVIDER = address(0xf000)
const [CONFIGURATOR, ORACLE, AGGREGATOR] = [address(0xf003), address(0xf004), address(0xf005)]
const [A_TOKEN, V_TOKEN, S_TOKEN] = [0xb001n, 0xc001n, 0xe001n].map(toAddress) as [Address, Address, Address]
/** Accounts 0 and 1 are borrowers whom the chain has told of. */
const [ANN, BOB, STRANGER] = [address(1), address(2), address(99)]
const [WETH, USDC] = [assetOf(0), assetOf(1)]

/** A market of two reserves, the second with stable debt, and a feed that is followed. */
function market() {
  const held = { collaterals: [[0, ETHER]], debts: [[1, ETHER]] } as const
  const { ledger } = bookOf({ reserves: [reserve(), reserve({ sToken: 0xe001n })], accounts: [held, held] })
  ledger.begin(2n)
  ledger.set(MARKET.configurator, BigInt(CONFIGURATOR))
  ledger.set(MARKET.oracle, BigInt(ORACLE))
  ledger.set(reserveCell(0, 'aggregator'), BigInt(AGGREGATOR))
  return ledger
}

const topicOf = (value: Address | bigint): Hex => (typeof value === 'bigint' ? pad(toHex(value)) : pad(value))

interface Said {
  readonly by: Address
  readonly topics: readonly Hex[]
  readonly data?: readonly bigint[]
}

/** What one log, or several, have looked at again: in words, so that a table of them can be read. */
function seen(...said: readonly Said[]): Readonly<Record<string, unknown>> {
  const ledger = market()
  const where = directory(ledger, PROVIDER)
  const pool = toAddress(ledger.get(MARKET.pool))
  const logs = said.map(
    ({ by, topics, data = [] }, logIndex): Log => ({
      address: by === POOL ? pool : by,
      topics,
      data: concatHex(data.map(topicOf)),
      logIndex,
      transactionHash: pad('0x1'),
    }),
  )
  const block = { number: 2n, hash: pad('0x2'), parentHash: pad('0x1'), timestamp: 0n, baseFeeWei: 0n } as const
  const found = touch({ block: { ...block, logsBloom: '0x' }, logs, reads: [] }, ledger, where)
  const { market: all, prices, reserves, eModes, accounts } = found
  return {
    ...(all ? { all } : {}),
    ...(prices ? { prices } : {}),
    ...(reserves.size > 0 ? { reserves: [...reserves] } : {}),
    ...(eModes.size > 0 ? { eModes: [...eModes] } : {}),
    ...(accounts.size > 0 ? { accounts: [...accounts].map(([account, cells]) => [account, ...cells]) } : {}),
  }
}

const POOL = address(0xf001)
const pool = (event: keyof typeof EVENTS, topics: readonly (Address | bigint)[], ...data: bigint[]): Said => ({
  by: POOL,
  topics: [EVENTS[event], ...topics.map(topicOf)],
  data,
})
const token = (by: Address, event: keyof typeof EVENTS, ...topics: (Address | bigint)[]): Said => ({
  by,
  topics: [EVENTS[event], ...topics.map(topicOf)],
})

/** With everything an event may move, as the contracts of 3.6 (and of 3.0.2, for what only they have) emit it. */
const TABLE: readonly (readonly [what: string, said: Said, seen: Readonly<Record<string, unknown>>])[] = [
  ['a loan of somebody known', pool('Borrow', [USDC, ANN, 0n]), { accounts: [[0]] }],
  ['a loan of somebody new', pool('Borrow', [USDC, STRANGER, 0n]), { accounts: [[2]] }],
  ['new rates and indices', pool('ReserveDataUpdated', [USDC]), { reserves: [1] }],
  ['fees minted', pool('MintedToTreasury', [USDC]), { reserves: [1] }],
  [
    'a collateral switched on',
    pool('ReserveUsedAsCollateralEnabled', [USDC, BOB]),
    { accounts: [[1, scaledCell(1, 1, COLLATERAL)]] },
  ],
  [
    'a collateral switched off',
    pool('ReserveUsedAsCollateralDisabled', [USDC, BOB]),
    { accounts: [[1, scaledCell(1, 1, COLLATERAL)]] },
  ],
  ['an eMode entered or left', pool('UserEModeSet', [BOB], 1n), { accounts: [[1]] }],
  ['a debt written off', pool('DeficitCreated', [BOB, USDC], 7n), { accounts: [[1]] }],
  ['a liquidation', pool('LiquidationCall', [WETH, USDC, ANN], 5n, 6n, 7n, 0n), { accounts: [[0]] }],
  [
    'a liquidation paid in aTokens, which updates the collateral in silence',
    pool('LiquidationCall', [WETH, USDC, ANN], 5n, 6n, 7n, 1n),
    { reserves: [0], accounts: [[0]] },
  ],
  ['a new implementation of the pool', pool('Upgraded', [address(7)]), { all: true }],
  ['a supply minted', token(A_TOKEN, 'Mint', STRANGER, ANN), { accounts: [[0, scaledCell(0, 1, COLLATERAL)]] }],
  ['a supply burned', token(A_TOKEN, 'Burn', ANN, STRANGER), { accounts: [[0, scaledCell(0, 1, COLLATERAL)]] }],
  ['a debt minted', token(V_TOKEN, 'Mint', STRANGER, ANN), { accounts: [[0, scaledCell(0, 1, DEBT)]] }],
  ['a debt burned', token(V_TOKEN, 'Burn', ANN, STRANGER), { accounts: [[0, scaledCell(0, 1, DEBT)]] }],
  [
    'a transfer between two who are known',
    token(A_TOKEN, 'BalanceTransfer', ANN, BOB),
    { accounts: [0, 1].map((account) => [account, scaledCell(account, 1, COLLATERAL)]) },
  ],
  [
    'a transfer from a stranger',
    token(A_TOKEN, 'BalanceTransfer', STRANGER, BOB),
    { accounts: [[1, scaledCell(1, 1, COLLATERAL)]] },
  ],
  [
    'a stable debt minted',
    token(S_TOKEN, 'StableMint', STRANGER, BOB),
    { accounts: [[1, stableCell(1, 1, 'principal')]] },
  ],
  ['a stable debt burned', token(S_TOKEN, 'StableBurn', BOB), { accounts: [[1, stableCell(1, 1, 'principal')]] }],
  ['a feed that speaks', token(AGGREGATOR, 'AnswerUpdated', 1n, 2n), { prices: true }],
  ['a supply of a stranger', token(A_TOKEN, 'Mint', STRANGER, STRANGER), {}],
  ['a contract that is none of ours', token(address(77), 'Mint', ANN, ANN), {}],
]

describe('Aave V3: what a log has looked at again', () => {
  for (const [what, said, expected] of TABLE)
    it(`${what}: ${Object.keys(expected).join(' and ') || 'nothing'}`, () => expect(seen(said)).to.deep.equal(expected))

  it('is the whole market for every word of governance, whoever of the three says it', () => {
    for (const by of [PROVIDER, CONFIGURATOR, ORACLE])
      for (const event of CONFIGURATION_EVENTS) expect(seen({ by, topics: [event] })).to.deep.equal({ all: true })
  })

  it('is the eMode category that governance names besides, wherever its number stands', () => {
    for (const [event, at] of EMODE_EVENTS) {
      const said =
        at === 'topic' ? { topics: [event, topicOf(3n)] } : { topics: [event, topicOf(WETH)], data: [3n, 1n] }
      expect(seen({ by: CONFIGURATOR, ...said })).to.deep.equal({ all: true, eModes: [3] })
    }
  })

  it('adds up over a page', () => {
    const all = TABLE.filter(([, { topics }]) => topics[0] !== EVENTS.Borrow)
    const page = seen(...all.map(([, said]) => said))
    const each = all.map(([, , expected]) => expected)
    expect(page).to.include({ all: true, prices: true })
    expect(page['reserves']).to.have.members([0, 1])
    const cells = (rows: unknown) => (rows as number[][] | undefined) ?? []
    for (const account of [0, 1]) {
      const of = (rows: number[][]) => rows.filter(([id]) => id === account).flatMap(([, ...moved]) => moved)
      const wanted = new Set(each.flatMap(({ accounts }) => of(cells(accounts))))
      expect(of(cells(page['accounts']))).to.have.members([...wanted])
    }
  })
})
