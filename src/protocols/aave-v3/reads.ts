import type { Address } from 'viem'
import type { Ledger } from '../../core/ledger.ts'
import type { AccountId, Call, Facts } from '../../core/types.ts'
import { call, SELECTORS } from './abi.ts'
import {
  addressIn,
  COLLATERAL,
  configurationCell,
  DEBT,
  flags,
  MARKET,
  reserveAddress,
  reserveCell,
  reserveIds,
  type Side,
  scaledCell,
  stableCell,
  userEModeCell,
} from './cells.ts'
import { commonSources, prices } from './prices.ts'
import { eModeReads, shapeOf } from './reads-by-rules.ts'
import type { Rules } from './rules.ts'
import { toldReads } from './told.ts'
import { directory, type TouchedByLogs, touch } from './touch.ts'

/**
 * Up to so many new borrowers in a page have all their possible balances read at once, so that a block costs one batched
 * read; above it (the first page) flags are read first and then only what they name, which is far fewer calls.
 */
const FEW_NEW_ACCOUNTS = 16

export interface ReadPolicy {
  readonly addressesProvider: Address
  /** Seconds of chain time between readings of prices; 0: in every block. */
  readonly priceReadsS: bigint
}

/** The calls that a page still lacks, given what it has told so far (already written into `ledger`); `rules`: once known. */
export function missingReads(facts: Facts, ledger: Ledger, policy: ReadPolicy, rules: Rules | undefined): Call[] {
  const touched = touch(facts, ledger, directory(ledger, policy.addressesProvider))
  const first = !ledger.has(MARKET.pool)
  const calls = first || touched.market ? providerReads(policy.addressesProvider) : []
  if (first) return calls
  calls.push(...poolReads(ledger, touched))
  // What else to ask, and how, depends on the revision.
  if (!ledger.has(MARKET.revision)) return calls
  calls.push(...marketReads(ledger, touched, rules), ...priceReads(facts, ledger, touched, policy.priceReadsS))
  if (ledger.has(MARKET.reservesCount)) calls.push(...accountReads(ledger, touched, rules))
  if (rules === undefined) calls.push(...toldReads(facts, ledger, touched.accounts.keys()))
  return calls
}

const providerReads = (provider: Address): Call[] => [
  call(provider, SELECTORS.getPool),
  call(provider, SELECTORS.getPoolConfigurator),
  call(provider, SELECTORS.getPriceOracle),
  call(provider, SELECTORS.getPriceOracleSentinel),
]

function poolReads(ledger: Ledger, touched: TouchedByLogs): Call[] {
  const pool = addressIn(ledger, MARKET.pool)
  if (!touched.market && ledger.has(MARKET.reservesCount)) return []
  return [
    call(pool, SELECTORS.POOL_REVISION),
    call(pool, SELECTORS.FLASHLOAN_PREMIUM_TOTAL),
    call(pool, SELECTORS.getReservesCount),
  ]
}

function marketReads(ledger: Ledger, touched: TouchedByLogs, rules: Rules | undefined): Call[] {
  const pool = addressIn(ledger, MARKET.pool)
  const count = Number(ledger.get(MARKET.reservesCount))
  const calls: Call[] = []
  for (let id = 0; id < count; id++)
    if (touched.market || !ledger.has(reserveCell(id, 'asset')))
      calls.push(call(pool, SELECTORS.getReserveAddressById, BigInt(id)))
  for (const id of reserveIds(ledger)) calls.push(...reserveReads(ledger, touched, id, rules))
  return [...calls, ...eModeReads(ledger, touched, pool, rules)]
}

function reserveReads(ledger: Ledger, touched: TouchedByLogs, id: number, rules: Rules | undefined): Call[] {
  const pool = addressIn(ledger, MARKET.pool)
  const asset = reserveAddress(ledger, id, 'asset')
  const fresh = touched.market || !ledger.has(reserveCell(id, 'symbol'))
  const { virtualBalance, gracePeriod } = shapeOf(rules)
  const calls: Call[] = []
  if (fresh || touched.reserves.has(id)) {
    calls.push(call(pool, SELECTORS.getReserveData, asset))
    if (virtualBalance) calls.push(call(pool, SELECTORS.getVirtualUnderlyingBalance, asset))
  }
  // Whose balance it is only becomes known in an earlier round of the first page.
  const isUncounted = fresh || touched.reserves.has(id) || !ledger.has(reserveCell(id, 'virtualUnderlyingBalance'))
  if (!virtualBalance && isUncounted && ledger.has(reserveCell(id, 'aToken')))
    calls.push(call(asset, SELECTORS.balanceOf, reserveAddress(ledger, id, 'aToken')))
  if (fresh) {
    if (gracePeriod) calls.push(call(pool, SELECTORS.getLiquidationGracePeriod, asset))
    calls.push(call(asset, SELECTORS.symbol), call(addressIn(ledger, MARKET.oracle), SELECTORS.getSourceOfAsset, asset))
  }
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

function priceReads(facts: Facts, ledger: Ledger, touched: TouchedByLogs, everyS: bigint): Call[] {
  const age = facts.block.timestamp - ledger.get(MARKET.pricedAt)
  // Whose feed moves the price of a category is not followed: then every block may move it.
  const moves = everyS === 0n || commonSources(ledger).length > 0
  const now = moves || age >= everyS || age === 0n || touched.prices || touched.market
  const sentinel = addressIn(ledger, MARKET.sentinel)
  if (now && ledger.get(MARKET.sentinel) !== 0n)
    return [...prices(ledger), call(sentinel, SELECTORS.isLiquidationAllowed)]
  if (now) return prices(ledger)
  return reserveIds(ledger)
    .filter((id) => !ledger.has(reserveCell(id, 'price')))
    .map((id) => call(addressIn(ledger, MARKET.oracle), SELECTORS.getAssetPrice, reserveAddress(ledger, id, 'asset')))
}

function accountReads(ledger: Ledger, touched: TouchedByLogs, rules: Rules | undefined): Call[] {
  const ids = reserveIds(ledger)
  const fresh = [...touched.accounts.keys()].filter((account) => !ledger.has(configurationCell(account)))
  const everything = fresh.length <= FEW_NEW_ACCOUNTS ? new Set(fresh) : new Set<AccountId>()
  const pool = addressIn(ledger, MARKET.pool)
  const calls: Call[] = []
  for (const [account, moved] of touched.accounts) {
    const address = ledger.address(account)
    calls.push(call(pool, SELECTORS.getUserConfiguration, address), call(pool, SELECTORS.getUserEMode, address))
    for (const id of ids) {
      for (const side of [COLLATERAL, DEBT] as const)
        if (everything.has(account) || moved.has(scaledCell(account, id, side)) || isLacking(ledger, account, id, side))
          calls.push(
            call(reserveAddress(ledger, id, side === DEBT ? 'vToken' : 'aToken'), SELECTORS.scaledBalanceOf, address),
          )
      if (rules?.stableDebt && ledger.get(reserveCell(id, 'sToken')) !== 0n)
        if (
          everything.has(account) ||
          moved.has(stableCell(account, id, 'principal')) ||
          isUnstable(ledger, account, id)
        )
          calls.push(...stableReads(reserveAddress(ledger, id, 'sToken'), address))
    }
  }
  return calls
}

const stableReads = (sToken: Address, account: Address): Call[] => [
  call(sToken, SELECTORS.principalBalanceOf, account),
  call(sToken, SELECTORS.getUserStableRate, account),
  call(sToken, SELECTORS.getUserLastUpdated, account),
]

/** The borrowing flag is set, and nobody has told us yet whether it stands for stable debt too. */
const isUnstable = (ledger: Ledger, account: AccountId, id: number): boolean =>
  !ledger.has(stableCell(account, id, 'principal')) && isFlagged(ledger, account, id, DEBT)

/** A flag is set whose balance nobody has told us yet. */
const isLacking = (ledger: Ledger, account: AccountId, id: number, side: Side): boolean =>
  !ledger.has(scaledCell(account, id, side)) && isFlagged(ledger, account, id, side)

function isFlagged(ledger: Ledger, account: AccountId, id: number, side: Side): boolean {
  if (!ledger.has(userEModeCell(account))) return false
  const flag = flags(ledger.get(configurationCell(account))).find((one) => one.id === id)
  return flag !== undefined && (side === DEBT ? flag.borrowing : flag.collateral)
}
