import { type Address, encodeFunctionData, type Hex, parseAbi } from 'viem'
import type { Ledger } from '../../core/ledger.ts'
import type { Liquidated, MarketView, Protocol } from '../../core/protocol.ts'
import type { Slack } from '../../core/sheet.ts'
import type { Facts, LogFilter } from '../../core/types.ts'
import { CONFIGURATION_EVENTS, EMODE_EVENTS, EVENTS, topicAddress, word } from './abi.ts'
import { apply } from './apply.ts'
import { audit } from './audit.ts'
import {
  addressIn,
  configuration,
  configurationCell,
  isRateOnly,
  LAYOUT,
  MARKET,
  NO_PRICE,
  numberToText,
  reserveAddress,
  reserveCell,
  reserveIds,
} from './cells.ts'
import { check } from './check.ts'
import { deeds } from './deeds.ts'
import { derive } from './derive.ts'
import { extrasCalls, extrasOf } from './extras.ts'
import { accountView, positions, standing, toldView } from './health.ts'
import { liquidate } from './liquidate.ts'
import { inspect } from './liquidation.ts'
import { type Moment, Moments } from './moment.ts'
import { prices, shock } from './prices.ts'
import { missingReads } from './reads.ts'
import { rescue } from './rescue.ts'
import { rescueCalls } from './rescue-calls.ts'
import { capReads } from './rescue-cap.ts'
import { takeRescue } from './rescue-take.ts'
import { columns, rates, roots, row } from './row.ts'
import { rowTerms } from './row-terms.ts'
import { type Rules, rulesFor } from './rules.ts'
import { directory } from './touch.ts'

export interface AaveV3Options {
  /** The market's PoolAddressesProvider: all that is needed to find the rest. */
  readonly addressesProvider: Address
  /** `auto` (by POOL_REVISION) or a rule set's id. */
  readonly rules: string
  /** Seconds of chain time between readings of prices; 0: in every block. */
  readonly priceReadsS: bigint
  /** Umbrella, which insures the market's reserves. */
  readonly umbrella?: Address | undefined
}

/** 16·2⁻⁵² covers the conversions, products and sums of a row; one base unit the last division. */
const SLACK: Slack = { relative: 16 * 2 ** -52, absolute: 1 }

/** Aave V3: one column per reserve and side, collateral weighted by threshold. */
export function aaveV3(options: AaveV3Options): Protocol {
  const { umbrella } = options
  const addressesProvider: Address = `0x${options.addressesProvider.slice(2).toLowerCase()}`
  const rulesOf = (ledger: Ledger): Rules | undefined => rulesFor(options.rules, ledger.get(MARKET.revision))
  const policy = { addressesProvider, priceReadsS: options.priceReadsS }
  const moments = new Moments()
  const at = (ledger: Ledger, timestamp: bigint): Moment | undefined => {
    const rules = rulesOf(ledger)
    return rules && moments.at(ledger, timestamp, rules)
  }
  return {
    name: 'aave-v3',
    slack: SLACK,
    layout: LAYOUT,
    isRateOnly,
    audit,
    history: (ledger) => ({
      filter: { address: addressIn(ledger, MARKET.pool), topics: [EVENTS.Borrow] },
      key: (topics) => topicAddress(topics[2]),
    }),
    filters: (ledger) => filters(ledger, addressesProvider),
    reads: (facts, ledger) => missingReads(facts, ledger, policy, rulesOf(ledger)),
    derive: (facts, ledger, calls) => {
      const rules = rulesOf(ledger)
      return rules ? derive(facts, ledger, calls, directory(ledger, addressesProvider), rules) : []
    },
    apply: (facts, ledger) => apply(facts, ledger, addressesProvider),
    columns: (ledger) => columns(at(ledger, 0n)),
    rates: (ledger, timestamp, into) => rates(ledger, at(ledger, timestamp), timestamp, into),
    row: (ledger, account) => row(ledger, account, at(ledger, 0n)),
    rowTerms: (ledger, timestamp) => rowTerms(ledger, at(ledger, timestamp)),
    isTight: (ledger) => {
      const rules = rulesOf(ledger)
      return rules === undefined || !(rules.floorsThreshold || rules.stableDebt)
    },
    roots: (ledger) => roots(at(ledger, 0n)),
    interest: (ledger) =>
      new Map(
        reserveIds(ledger).map((id) => [
          reserveAddress(ledger, id, 'asset'),
          ledger.get(reserveCell(id, 'currentVariableBorrowRate')),
        ]),
      ),
    knows: (ledger, account) => ledger.has(configurationCell(account)),
    account: (ledger, account, timestamp) => {
      const moment = at(ledger, timestamp)
      if (moment === undefined) return toldView(ledger, account)
      const held = positions(ledger, account, moment)
      return held && accountView(ledger, account, held, moment)
    },
    standing: (ledger, account, timestamp) => {
      const moment = at(ledger, timestamp)
      return moment === undefined ? toldView(ledger, account) : standing(ledger, account, moment)
    },
    check: (ledger, account, timestamp) => {
      const moment = at(ledger, timestamp)
      return moment && check(ledger, account, moment)
    },
    inspect: (ledger, account, timestamp) => {
      const moment = at(ledger, timestamp)
      return moment && inspect(ledger, account, moment)
    },
    liquidate: (ledger, asked, timestamp) => {
      const moment = at(ledger, timestamp)
      return moment && moments.carry(ledger, moment, () => liquidate(ledger, asked, moment))
    },
    rescue: (ledger, account, timestamp, target, known) => {
      const moment = at(ledger, timestamp)
      return moment ? rescue(ledger, account, moment, target, known) : []
    },
    rescueReads: capReads,
    takeRescue: (ledger, account, timestamp, way) => {
      const moment = at(ledger, timestamp)
      if (moment) takeRescue(ledger, account, moment, way)
    },
    rescueCalls,
    prices,
    shock,
    liquidations,
    deeds,
    market: (ledger) => market(ledger, rulesOf(ledger)),
    extras: {
      calls: (ledger, answered) => extrasCalls(ledger, answered, umbrella),
      of: (ledger, reads, block) => extrasOf(ledger, reads, { block, umbrella }),
    },
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
  EVENTS.DeficitCovered,
  EVENTS.Upgraded,
  EVENTS.Supply,
  EVENTS.Withdraw,
  EVENTS.Repay,
  EVENTS.FlashLoan,
]
/** One of these stands beside every `Transfer` of a token, and says more. */
const TOKEN_EVENTS: readonly Hex[] = [EVENTS.Mint, EVENTS.Burn, EVENTS.BalanceTransfer]
const STABLE_TOKEN_EVENTS: readonly Hex[] = [EVENTS.StableMint, EVENTS.StableBurn]
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
    if (ledger.get(reserveCell(id, 'sToken')) !== 0n)
      found.push({ address: reserveAddress(ledger, id, 'sToken'), topics: STABLE_TOKEN_EVENTS })
    const aggregator = reserveCell(id, 'aggregator')
    if (ledger.get(aggregator) !== 0n) aggregators.add(addressIn(ledger, aggregator))
  }
  for (const address of aggregators) found.push({ address, topics: [EVENTS.AnswerUpdated] })
  return found
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
    const price = ledger.get(reserveCell(id, 'price'))
    return {
      asset: reserveAddress(ledger, id, 'asset'),
      source: addressIn(ledger, reserveCell(id, 'source')),
      root: reserveAddress(ledger, id, 'root'),
      symbol: numberToText(ledger.get(reserveCell(id, 'symbol'))),
      decimals: Number(configuration.decimals(data)),
      priceUsd8: price === NO_PRICE ? 0n : price,
      liquidationThresholdBps: configuration.liquidationThreshold(data),
      liquidationBonusBps: configuration.liquidationBonus(data),
      available: ledger.get(reserveCell(id, 'virtualUnderlyingBalance')),
      supplyRateRay: ledger.get(reserveCell(id, 'currentLiquidityRate')),
      borrowRateRay: ledger.get(reserveCell(id, 'currentVariableBorrowRate')),
      frozen: configuration.frozen(data),
      paused: configuration.paused(data),
    }
  })
  return { pool: addressIn(ledger, MARKET.pool), revision: ledger.get(MARKET.revision), rules: rules?.id, reserves }
}
