import type { Address } from 'viem'
import type { Ledger } from '../../core/ledger.ts'
import type { AccountId, Call, Facts } from '../../core/types.ts'
import { call, SELECTORS } from './abi.ts'
import {
  addressIn,
  COLLATERAL,
  configurationCell,
  DEBT,
  eModeCell,
  flags,
  MARKET,
  reserveAddress,
  reserveCell,
  reserveIds,
  type Side,
  scaledCell,
  userEModeCell,
} from './cells.ts'
import { directory, type TouchedByLogs, touch } from './touch.ts'

/**
 * Up to so many new borrowers in a page have all their possible balances read at once, so that a block costs one batched
 * read; above it (the first page) flags are read first and then only what they name, which is far fewer calls.
 */
const FEW_NEW_ACCOUNTS = 16
const EMODE_CATEGORIES = 255

export interface ReadPolicy {
  readonly addressesProvider: Address
  /** Seconds of chain time between readings of prices; 0: in every block. */
  readonly priceReadsS: bigint
}

/** The calls that a page still lacks, given what it has told so far (already written into `ledger`). */
export function missingReads(facts: Facts, ledger: Ledger, policy: ReadPolicy): Call[] {
  const touched = touch(facts, ledger, directory(ledger, policy.addressesProvider))
  const first = !ledger.has(MARKET.pool)
  const calls = first || touched.market ? providerReads(policy.addressesProvider) : []
  if (first) return calls
  calls.push(...marketReads(ledger, touched), ...priceReads(facts, ledger, touched, policy.priceReadsS))
  if (ledger.has(MARKET.reservesCount)) calls.push(...accountReads(ledger, touched))
  return calls
}

const providerReads = (provider: Address): Call[] => [
  call(provider, SELECTORS.getPool),
  call(provider, SELECTORS.getPoolConfigurator),
  call(provider, SELECTORS.getPriceOracle),
  call(provider, SELECTORS.getPriceOracleSentinel),
]

function marketReads(ledger: Ledger, touched: TouchedByLogs): Call[] {
  const pool = addressIn(ledger, MARKET.pool)
  const calls: Call[] = []
  if (touched.market || !ledger.has(MARKET.reservesCount))
    calls.push(
      call(pool, SELECTORS.POOL_REVISION),
      call(pool, SELECTORS.FLASHLOAN_PREMIUM_TOTAL),
      call(pool, SELECTORS.getReservesCount),
    )
  const count = Number(ledger.get(MARKET.reservesCount))
  for (let id = 0; id < count; id++)
    if (touched.market || !ledger.has(reserveCell(id, 'asset')))
      calls.push(call(pool, SELECTORS.getReserveAddressById, BigInt(id)))
  for (const id of reserveIds(ledger)) calls.push(...reserveReads(ledger, touched, id))
  return [...calls, ...eModeReads(ledger, touched, pool)]
}

function reserveReads(ledger: Ledger, touched: TouchedByLogs, id: number): Call[] {
  const pool = addressIn(ledger, MARKET.pool)
  const asset = reserveAddress(ledger, id, 'asset')
  const fresh = touched.market || !ledger.has(reserveCell(id, 'symbol'))
  const calls: Call[] = []
  if (fresh || touched.reserves.has(id))
    calls.push(call(pool, SELECTORS.getReserveData, asset), call(pool, SELECTORS.getVirtualUnderlyingBalance, asset))
  if (fresh)
    calls.push(
      call(pool, SELECTORS.getLiquidationGracePeriod, asset),
      call(asset, SELECTORS.symbol),
      call(addressIn(ledger, MARKET.oracle), SELECTORS.getSourceOfAsset, asset),
    )
  return [...calls, ...feedReads(ledger, touched, id)]
}

/** What stands behind a price source, as far as it says: asked once the source is known, in later rounds of the page. */
function feedReads(ledger: Ledger, touched: TouchedByLogs, id: number): Call[] {
  const known = ledger.has(reserveCell(id, 'aggregator'))
  if (ledger.get(reserveCell(id, 'source')) === 0n || (known && !touched.market)) return []
  const source = addressIn(ledger, reserveCell(id, 'source'))
  const root = reserveAddress(ledger, id, 'root')
  const calls = [
    call(source, SELECTORS.BASE_TO_USD_AGGREGATOR),
    call(source, SELECTORS.PEG_TO_BASE),
    call(source, SELECTORS.ASSET_TO_USD_AGGREGATOR),
  ]
  if (ledger.has(reserveCell(id, 'root'))) calls.push(call(root, SELECTORS.aggregator))
  return calls
}

function eModeReads(ledger: Ledger, touched: TouchedByLogs, pool: Address): Call[] {
  const known = ledger.get(MARKET.eModes)
  const calls: Call[] = []
  for (let category = 1; category <= EMODE_CATEGORIES; category++) {
    const exists = ((known >> BigInt(category)) & 1n) === 1n
    const again = touched.eModes.has(category) || (touched.market && exists)
    if (known === 0n || again) calls.push(call(pool, SELECTORS.getEModeCategoryCollateralConfig, BigInt(category)))
    if (again || (exists && !ledger.has(eModeCell(category, 'ltvzeroBitmap'))))
      calls.push(
        call(pool, SELECTORS.getEModeCategoryCollateralBitmap, BigInt(category)),
        call(pool, SELECTORS.getEModeCategoryLtvzeroBitmap, BigInt(category)),
      )
  }
  return calls
}

function priceReads(facts: Facts, ledger: Ledger, touched: TouchedByLogs, everyS: bigint): Call[] {
  const oracle = addressIn(ledger, MARKET.oracle)
  const age = facts.block.timestamp - ledger.get(MARKET.pricedAt)
  const now = everyS === 0n || age >= everyS || age === 0n || touched.prices || touched.market
  const calls = reserveIds(ledger)
    .filter((id) => now || !ledger.has(reserveCell(id, 'price')))
    .map((id) => call(oracle, SELECTORS.getAssetPrice, reserveAddress(ledger, id, 'asset')))
  const sentinel = addressIn(ledger, MARKET.sentinel)
  if (now && ledger.get(MARKET.sentinel) !== 0n) calls.push(call(sentinel, SELECTORS.isLiquidationAllowed))
  return calls
}

function accountReads(ledger: Ledger, touched: TouchedByLogs): Call[] {
  const ids = reserveIds(ledger)
  const fresh = [...touched.accounts.keys()].filter((account) => !ledger.has(configurationCell(account)))
  const everything = fresh.length <= FEW_NEW_ACCOUNTS ? new Set(fresh) : new Set<AccountId>()
  const pool = addressIn(ledger, MARKET.pool)
  const calls: Call[] = []
  for (const [account, moved] of touched.accounts) {
    const address = ledger.address(account)
    calls.push(call(pool, SELECTORS.getUserConfiguration, address), call(pool, SELECTORS.getUserEMode, address))
    for (const id of ids)
      for (const side of [COLLATERAL, DEBT] as const)
        if (everything.has(account) || moved.has(scaledCell(account, id, side)) || isLacking(ledger, account, id, side))
          calls.push(
            call(reserveAddress(ledger, id, side === DEBT ? 'vToken' : 'aToken'), SELECTORS.scaledBalanceOf, address),
          )
  }
  return calls
}

/** A flag is set whose balance nobody has told us yet. */
function isLacking(ledger: Ledger, account: AccountId, id: number, side: Side): boolean {
  if (!ledger.has(userEModeCell(account)) || ledger.has(scaledCell(account, id, side))) return false
  for (const flag of flags(ledger.get(configurationCell(account))))
    if (flag.id === id) return side === DEBT ? flag.borrowing : flag.collateral
  return false
}
