import { type Address, concatHex, type Hex, pad, toHex } from 'viem'
import type { Ledger } from '../../src/core/ledger.ts'
import { UINT256_MAX, WAD } from '../../src/core/math.ts'
import type { AccountView, Protocol } from '../../src/core/protocol.ts'
import type { AccountId, Facts, Header, Log } from '../../src/core/types.ts'

/** One asset against one unit of account: collateral counts at the price, debt at 1. */
const PRICE = 0
const collateralCell = (account: AccountId) => 1 + 2 * account
const debtCell = (account: AccountId) => 2 + 2 * account

export interface Change {
  /** 0: the price is set to `collateral`. */
  readonly account: number
  readonly collateral: bigint
  readonly debt: bigint
}

export const address = (n: number): Address => pad(toHex(n), { size: 20 })
const word = (value: bigint): Hex => pad(toHex(value), { size: 32 })

export const header = (number: number, branch = 0): Header => ({
  number: BigInt(number),
  hash: word(BigInt(number * 1000 + branch)),
  parentHash: word(0n),
  timestamp: BigInt(number),
  baseFeeWei: 0n,
  logsBloom: '0x',
})

export const page = (number: number, changes: readonly Change[], branch = 0): Facts => ({
  block: header(number, branch),
  reads: [],
  logs: changes.map(
    ({ account, collateral, debt }, logIndex): Log => ({
      address: address(account),
      topics: [],
      data: concatHex([word(collateral), word(debt)]),
      logIndex,
      transactionHash: word(0n),
    }),
  ),
})

function apply({ logs }: Facts, ledger: Ledger) {
  const accounts = new Set<AccountId>()
  for (const log of logs) {
    const [collateral, debt] = [BigInt(log.data.slice(0, 66)), BigInt(`0x${log.data.slice(66)}`)]
    if (log.address === address(0)) ledger.set(PRICE, collateral)
    else {
      const account = ledger.account(log.address)
      ledger.set(collateralCell(account), collateral)
      ledger.set(debtCell(account), debt)
      accounts.add(account)
    }
  }
  return { all: false, accounts }
}

function view(ledger: Ledger, account: AccountId): AccountView {
  const totalCollateralBase = ledger.get(collateralCell(account)) * ledger.get(PRICE)
  const totalDebtBase = ledger.get(debtCell(account))
  return {
    address: ledger.address(account),
    source: 'mirror',
    block: undefined,
    eMode: 0,
    collaterals: [],
    debts: [],
    totalCollateralBase,
    totalDebtBase,
    availableBorrowsBase: 0n,
    currentLiquidationThreshold: 10_000n,
    ltv: 0n,
    healthFactor: totalDebtBase === 0n ? UINT256_MAX : (totalCollateralBase * WAD) / totalDebtBase,
  }
}

/** The smallest protocol there is: what the book does must not depend on any other. */
export const fakeProtocol: Protocol = {
  name: 'fake',
  slack: { relative: 2 ** -40, absolute: 1 },
  layout: { accountsFrom: 1, cellsPerAccount: 2 },
  isRateOnly: (cell) => cell === PRICE,
  history: () => ({ filter: { address: address(0), topics: [] }, key: () => '0x' }),
  filters: () => [],
  reads: () => [],
  derive: () => [],
  apply,
  columns: () => 2,
  rates: (ledger, _, into) => {
    into.rate.set([Number(ledger.get(PRICE)), 1])
    into.grain.fill(0)
  },
  row: (ledger, account) => [
    { column: 0, weight: Number(ledger.get(collateralCell(account))) },
    { column: 1, weight: -Number(ledger.get(debtCell(account))) },
  ],
  rowTerms: (ledger) => ({
    reserve: new Int32Array([-1, -1]),
    mover: new Int32Array([-1, -1]),
    worth: Float64Array.of(Number(ledger.get(PRICE)), 0),
    bonus: Float64Array.of(1, 0),
    closing: undefined,
  }),
  isTight: () => true,
  roots: () => new Int32Array([-1, -1]),
  interest: () => new Map(),
  account: view,
  standing: view,
  check: (ledger, account) => {
    const { healthFactor, totalCollateralBase, totalDebtBase } = view(ledger, account)
    if (healthFactor >= WAD) return undefined
    return { account, healthFactor, totalCollateralBase, totalDebtBase, gainBase: Number(totalDebtBase) }
  },
  inspect: (ledger, account) => {
    const { healthFactor, totalCollateralBase, totalDebtBase } = view(ledger, account)
    if (healthFactor >= WAD) return undefined
    const borrower = ledger.address(account)
    const seizure = {
      borrower,
      collateralAsset: address(1),
      debtAsset: address(2),
      debtToCover: totalDebtBase,
      firstCover: 0n,
      debtCovered: totalDebtBase,
      collateralSeized: 0n,
      protocolFee: 0n,
      flashPremium: 0n,
      grossBase: totalDebtBase,
      debtPriceUsd8: 1n,
      debtDecimals: 0,
    }
    const totals = { totalCollateralBase, totalDebtBase }
    return { account, borrower, healthFactor, ...totals, seizures: [seizure], forbidden: undefined }
  },
  liquidate: () => undefined,
  rescue: () => [],
  rescueReads: () => [],
  takeRescue: () => {},
  rescueCalls: () => [],
  prices: () => [],
  shock: (ledger, factors) => ledger.set(PRICE, (ledger.get(PRICE) * (factors.get(address(0)) ?? WAD)) / WAD),
  liquidations: () => [],
  deeds: () => [],
  market: () => ({ pool: address(0), revision: 0n, rules: undefined, reserves: [] }),
  knows: () => true,
  audit: {
    fresh: () => [],
    account: () => ({ to: address(0), data: '0x' }),
    compare: () => [],
    totals: () => [],
    sums: () => [],
  },
  extras: { calls: () => [], of: () => ({ reserves: [], feeds: [], funding: null, twaps: [] }) },
  encode: () => '0x',
}
