import { type Address, encodeFunctionData, type Hex, parseAbi } from 'viem'
import type { Ledger } from '../../core/ledger.ts'
import type { Liquidated, MarketView, Protocol } from '../../core/protocol.ts'
import type { Slack } from '../../core/sheet.ts'
import type { AccountId, Entry, Facts, LogFilter } from '../../core/types.ts'
import { CONFIGURATION_EVENTS, EMODE_EVENTS, EVENTS, topicAddress, word } from './abi.ts'
import { apply } from './apply.ts'
import { audit } from './audit.ts'
import {
  addressIn,
  COLLATERAL,
  configuration,
  configurationCell,
  DEBT,
  flags,
  MARKET,
  MAX_RESERVES,
  numberToText,
  reserveAddress,
  reserveCell,
  reserveIds,
  scaledCell,
  userEModeCell,
} from './cells.ts'
import { derive } from './derive.ts'
import { accountView, collateralTerms, normalizedDebt, normalizedIncome, positions, unitOf } from './health.ts'
import { inspect } from './liquidation.ts'
import { prices, shock } from './prices.ts'
import { missingReads } from './reads.ts'
import { rescue } from './rescue.ts'
import { type Rules, rulesFor } from './rules.ts'
import { directory } from './touch.ts'

export interface AaveV3Options {
  /** The market's PoolAddressesProvider: all that is needed to find the rest. */
  readonly addressesProvider: Address
  /** `auto` (by POOL_REVISION) or a rule set's id. */
  readonly rules: string
  /** Seconds of chain time between readings of prices; 0: in every block. */
  readonly priceReadsS: bigint
}

/** 16·2⁻⁵² covers the conversions, products and sums of a row; one base unit the last division. */
const SLACK: Slack = { relative: 16 * 2 ** -52, absolute: 1 }

const column = (id: number, side: 0 | 1): number => id * 2 + side

/** Aave V3: one column per reserve and side, collateral weighted by threshold. */
export function aaveV3(options: AaveV3Options): Protocol {
  const addressesProvider: Address = `0x${options.addressesProvider.slice(2).toLowerCase()}`
  const rulesOf = (ledger: Ledger): Rules | undefined => rulesFor(options.rules, ledger.get(MARKET.revision))
  const policy = { addressesProvider, priceReadsS: options.priceReadsS }
  return {
    name: 'aave-v3',
    slack: SLACK,
    audit,
    history: (ledger) => ({
      filter: { address: addressIn(ledger, MARKET.pool), topics: [EVENTS.Borrow] },
      key: (topics) => topicAddress(topics[2]),
    }),
    filters: (ledger) => filters(ledger, addressesProvider),
    reads: (facts, ledger) => missingReads(facts, ledger, policy),
    derive: (facts, ledger, calls) => {
      const rules = rulesOf(ledger)
      return rules ? derive(facts, ledger, calls, directory(ledger, addressesProvider), rules) : []
    },
    apply: (facts, ledger) => apply(facts, ledger, addressesProvider),
    columns: () => MAX_RESERVES * 2,
    rates,
    row,
    knows: (ledger, account) => ledger.has(configurationCell(account)),
    account: (ledger, account, timestamp) => {
      const rules = rulesOf(ledger)
      const held = rules && positions(ledger, account, timestamp, rules)
      return held && accountView(ledger, account, held)
    },
    inspect: (ledger, account, timestamp) => {
      const rules = rulesOf(ledger)
      return rules && inspect(ledger, account, timestamp, rules)
    },
    rescue: (ledger, account, timestamp, target) => {
      const rules = rulesOf(ledger)
      return rules ? rescue(ledger, account, timestamp, target, rules) : []
    },
    prices,
    shock,
    liquidations,
    market: (ledger) => market(ledger, rulesOf(ledger)),
    encode: (seizure, terms) =>
      encodeFunctionData({
        abi: LIQUIDATOR_ABI,
        functionName: 'liquidate',
        args: [{ ...seizure, ...terms, user: seizure.borrower }],
      }),
  }
}

/** `contracts/Liquidator.sol`. */
const LIQUIDATOR_ABI = parseAbi([
  'struct Liquidation { address collateralAsset; address debtAsset; address user; uint256 debtToCover; uint256 firstCover; bytes path; uint256 minProfit; uint256 deadline; }',
  'function liquidate(Liquidation l) returns (uint256 profit)',
])

const POOL_EVENTS: readonly Hex[] = [
  EVENTS.Borrow,
  EVENTS.ReserveDataUpdated,
  EVENTS.ReserveUsedAsCollateralEnabled,
  EVENTS.ReserveUsedAsCollateralDisabled,
  EVENTS.UserEModeSet,
  EVENTS.LiquidationCall,
  EVENTS.MintedToTreasury,
  EVENTS.DeficitCreated,
  EVENTS.Upgraded,
  EVENTS.Supply,
  EVENTS.Withdraw,
  EVENTS.Repay,
  EVENTS.FlashLoan,
]
/** One of these stands beside every `Transfer` of a token, and says more. */
const TOKEN_EVENTS: readonly Hex[] = [EVENTS.Mint, EVENTS.Burn, EVENTS.BalanceTransfer]
const GOVERNANCE_EVENTS: readonly Hex[] = [...CONFIGURATION_EVENTS, ...EMODE_EVENTS.keys()]

function filters(ledger: Ledger, addressesProvider: Address): LogFilter[] {
  const found: LogFilter[] = [
    { address: addressIn(ledger, MARKET.pool), topics: POOL_EVENTS },
    ...[addressesProvider, addressIn(ledger, MARKET.configurator), addressIn(ledger, MARKET.oracle)].map((address) => ({
      address,
      topics: GOVERNANCE_EVENTS,
    })),
  ]
  const aggregators = new Set<Address>()
  for (const id of reserveIds(ledger)) {
    found.push({ address: reserveAddress(ledger, id, 'aToken'), topics: TOKEN_EVENTS })
    found.push({ address: reserveAddress(ledger, id, 'vToken'), topics: TOKEN_EVENTS })
    const aggregator = reserveCell(id, 'aggregator')
    if (ledger.get(aggregator) !== 0n) aggregators.add(addressIn(ledger, aggregator))
  }
  for (const address of aggregators) found.push({ address, topics: [EVENTS.AnswerUpdated] })
  return found
}

/** Base units that one whole scaled unit is worth at `timestamp`. */
function rates(ledger: Ledger, timestamp: bigint, into: { rate: Float64Array; grain: Float64Array }): void {
  for (const id of reserveIds(ledger)) {
    const price = Number(ledger.get(reserveCell(id, 'price'))) || Number.NaN
    const grain = price / Number(unitOf(ledger, id)) + 1
    into.rate[column(id, COLLATERAL)] = (Number(normalizedIncome(ledger, id, timestamp)) / 1e27) * price
    into.rate[column(id, DEBT)] = (Number(normalizedDebt(ledger, id, timestamp)) / 1e27) * price
    into.grain[column(id, COLLATERAL)] = grain
    into.grain[column(id, DEBT)] = grain
  }
}

/** Whole scaled units: + collateral × threshold, − debt. An account without debt has no row. */
function row(ledger: Ledger, account: AccountId): Entry[] {
  const flagged = [...flags(ledger.get(configurationCell(account)))].filter(
    ({ id }) => ledger.get(reserveCell(id, 'asset')) !== 0n,
  )
  if (!flagged.some(({ borrowing }) => borrowing)) return []
  const eMode = Number(ledger.get(userEModeCell(account)))
  const entries: Entry[] = []
  for (const { id, borrowing, collateral } of flagged) {
    const unit = Number(unitOf(ledger, id))
    const weigh = (side: 0 | 1): number => Number(ledger.get(scaledCell(account, id, side))) / unit
    const threshold = collateral ? Number(collateralTerms(ledger, id, eMode).lt) / 1e4 : 0
    if (threshold > 0) entries.push({ column: column(id, COLLATERAL), weight: weigh(COLLATERAL) * threshold })
    if (borrowing) entries.push({ column: column(id, DEBT), weight: -weigh(DEBT) })
  }
  return entries.filter(({ weight }) => weight !== 0)
}

function liquidations(facts: Facts, ledger: Ledger): Liquidated[] {
  const pool = addressIn(ledger, MARKET.pool)
  return facts.logs
    .filter((log) => log.address === pool && log.topics[0] === EVENTS.LiquidationCall)
    .map((log) => ({
      collateralAsset: topicAddress(log.topics[1]),
      debtAsset: topicAddress(log.topics[2]),
      borrower: topicAddress(log.topics[3]),
      debtCovered: word(log.data, 0),
      collateralSeized: word(log.data, 1),
      liquidator: topicAddress(`0x${log.data.slice(130, 194)}`),
      transactionHash: log.transactionHash,
      logIndex: log.logIndex,
    }))
}

function market(ledger: Ledger, rules: Rules | undefined): MarketView {
  const reserves = reserveIds(ledger).map((id) => {
    const data = ledger.get(reserveCell(id, 'configuration'))
    return {
      asset: reserveAddress(ledger, id, 'asset'),
      source: addressIn(ledger, reserveCell(id, 'source')),
      root: reserveAddress(ledger, id, 'root'),
      symbol: numberToText(ledger.get(reserveCell(id, 'symbol'))),
      decimals: Number(configuration.decimals(data)),
      priceUsd8: ledger.get(reserveCell(id, 'price')),
      liquidationThresholdBps: configuration.liquidationThreshold(data),
      liquidationBonusBps: configuration.liquidationBonus(data),
      frozen: configuration.frozen(data),
      paused: configuration.paused(data),
    }
  })
  return { pool: addressIn(ledger, MARKET.pool), revision: ledger.get(MARKET.revision), rules: rules?.id, reserves }
}
