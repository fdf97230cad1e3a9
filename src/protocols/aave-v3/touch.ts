import type { Hex } from 'viem'
import type { Cell, Ledger } from '../../core/ledger.ts'
import type { AccountId, Facts, Log } from '../../core/types.ts'
import { EMODE_EVENTS, EVENTS, topicAddress, word } from './abi.ts'
import {
  addressIn,
  COLLATERAL,
  configurationCell,
  DEBT,
  MARKET,
  reserveCell,
  reserveIds,
  type Side,
  scaledCell,
  stableCell,
} from './cells.ts'

/** What a page's logs say must be looked at again. Events say who changed; reads at that block say what it is now. */
export interface TouchedByLogs {
  /** The market's rules changed: everything about it is read anew. */
  market: boolean
  /** A followed feed spoke. */
  prices: boolean
  readonly reserves: Set<number>
  readonly eModes: Set<number>
  /** Accounts, each with the scaled balances that moved. */
  readonly accounts: Map<AccountId, Set<Cell>>
}

/** Contracts of the market by (lower-case) address. */
export interface Directory {
  readonly pool: string
  readonly governance: ReadonlySet<string>
  readonly tokens: ReadonlyMap<string, { readonly id: number; readonly side: Side }>
  /** Stable debt tokens: reserve ids. */
  readonly stableTokens: ReadonlyMap<string, number>
  readonly assets: ReadonlyMap<string, number>
  readonly aggregators: ReadonlySet<string>
}

export function directory(ledger: Ledger, addressesProvider: string): Directory {
  const tokens = new Map<string, { id: number; side: Side }>()
  const stableTokens = new Map<string, number>()
  const assets = new Map<string, number>()
  const aggregators = new Set<string>()
  for (const id of reserveIds(ledger)) {
    assets.set(addressIn(ledger, reserveCell(id, 'asset')), id)
    tokens.set(addressIn(ledger, reserveCell(id, 'aToken')), { id, side: COLLATERAL })
    tokens.set(addressIn(ledger, reserveCell(id, 'vToken')), { id, side: DEBT })
    if (ledger.get(reserveCell(id, 'sToken')) !== 0n) stableTokens.set(addressIn(ledger, reserveCell(id, 'sToken')), id)
    if (ledger.get(reserveCell(id, 'aggregator')) !== 0n)
      aggregators.add(addressIn(ledger, reserveCell(id, 'aggregator')))
  }
  const governance = [MARKET.configurator, MARKET.oracle].map((cell) => addressIn(ledger, cell))
  const pool = addressIn(ledger, MARKET.pool)
  return { pool, governance: new Set([addressesProvider, ...governance]), tokens, stableTokens, assets, aggregators }
}

/** Only borrowers are mirrored: an account is first seen in the `Borrow` that gives it debt. */
export function touch(facts: Facts, ledger: Ledger, where: Directory): TouchedByLogs {
  const touched: TouchedByLogs = {
    market: false,
    prices: false,
    reserves: new Set(),
    eModes: new Set(),
    accounts: new Map(),
  }
  for (const log of facts.logs) {
    // Before the first answers nothing is known but the logs that name the accounts: they were asked for at the pool.
    const isHistory = !ledger.has(MARKET.pool) && log.topics[0] === EVENTS.Borrow
    if (log.address === where.pool || isHistory) touchByPool(log, ledger, where, touched)
    else if (where.governance.has(log.address)) touchByGovernance(log, touched)
    else if (where.aggregators.has(log.address)) touched.prices = true
    else touchByToken(log, ledger, where, touched)
  }
  return touched
}

function touchByPool(log: Log, ledger: Ledger, where: Directory, touched: TouchedByLogs): void {
  const [topic, first, second, third] = log.topics
  const reserve = where.assets.get(topicAddress(first))
  switch (topic) {
    case EVENTS.Borrow:
      touchAccount(ledger.account(topicAddress(second)), touched)
      return
    case EVENTS.ReserveDataUpdated:
    case EVENTS.MintedToTreasury:
      if (reserve !== undefined) touched.reserves.add(reserve)
      return
    case EVENTS.ReserveUsedAsCollateralEnabled:
    case EVENTS.ReserveUsedAsCollateralDisabled:
      return touchKnown(
        second,
        ledger,
        touched,
        reserve === undefined ? undefined : (account) => scaledCell(account, reserve, COLLATERAL),
      )
    case EVENTS.UserEModeSet:
      return touchKnown(first, ledger, touched, undefined)
    case EVENTS.DeficitCreated:
      return touchKnown(first, ledger, touched, undefined)
    case EVENTS.LiquidationCall:
      // With `receiveAToken` the collateral's indices are brought up to date without a `ReserveDataUpdated`.
      if (reserve !== undefined && word(log.data, 3) === 1n) touched.reserves.add(reserve)
      return touchKnown(third, ledger, touched, undefined)
    case EVENTS.Upgraded:
      touched.market = true
  }
}

function touchByGovernance(log: Log, touched: TouchedByLogs): void {
  touched.market = true
  const at = EMODE_EVENTS.get(log.topics[0] ?? '0x')
  if (at === 'topic') touched.eModes.add(Number(BigInt(log.topics[1] ?? '0x0')))
  else if (at === 'data') touched.eModes.add(Number(word(log.data, 0)))
}

function touchByToken(log: Log, ledger: Ledger, where: Directory, touched: TouchedByLogs): void {
  const stable = where.stableTokens.get(log.address)
  if (stable !== undefined) {
    const [topic, first, second] = log.topics
    const holder = topic === EVENTS.StableMint ? second : topic === EVENTS.StableBurn ? first : undefined
    return touchKnown(holder, ledger, touched, (account) => stableCell(account, stable, 'principal'))
  }
  const token = where.tokens.get(log.address)
  if (token === undefined) return
  for (const topic of holders(log))
    touchKnown(topic, ledger, touched, (account) => scaledCell(account, token.id, token.side))
}

/** Whose balance a token's event moves. */
function holders({ topics: [topic, first, second] }: Log): readonly (Hex | undefined)[] {
  switch (topic) {
    case EVENTS.Mint:
      return [second]
    case EVENTS.Burn:
      return [first]
    case EVENTS.BalanceTransfer:
      return [first, second]
    default:
      return []
  }
}

function touchKnown(
  topic: Hex | undefined,
  ledger: Ledger,
  touched: TouchedByLogs,
  moved: ((account: AccountId) => Cell) | undefined,
): void {
  const account = ledger.find(topicAddress(topic))
  if (account === undefined || !ledger.has(configurationCell(account))) return
  const cells = touchAccount(account, touched)
  if (moved) cells.add(moved(account))
}

function touchAccount(account: AccountId, touched: TouchedByLogs): Set<Cell> {
  const cells = touched.accounts.get(account) ?? new Set<Cell>()
  touched.accounts.set(account, cells)
  return cells
}
