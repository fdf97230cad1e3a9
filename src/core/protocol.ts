import type { Address, Hex } from 'viem'
import type { Cell, Layout, Ledger } from './ledger.ts'
import type { Candidate, Seizure, Unhealthy } from './plan.ts'
import type { RescueObstacle, RescueStep } from './rescue.ts'
import type { Deed } from './risk/deed.ts'
import type { Extras } from './risk/extras.ts'
import type { RowTerms } from './row-terms.ts'
import type { Rates, Slack } from './sheet.ts'
import type { AccountId, Call, Entry, Facts, Header, LogFilter, Read } from './types.ts'

/** One lending market. Pure: no I/O, no clock. Members in the order the data meets them. */
export interface Protocol {
  readonly name: string
  /** Widest error of row · rates against `account`: relative, and absolute beside the grain of each entry. */
  readonly slack: Slack
  readonly layout: Layout
  /** Of a cell outside of the accounts: true when no row depends on it (prices, indices), so that its undo leaves them alone. */
  isRateOnly(cell: Cell): boolean
  /** Old logs that name every account that may hold debt; one log a `key` is enough. */
  history(ledger: Ledger): { readonly filter: LogFilter; key(topics: readonly Hex[]): Hex }
  /** Logs to follow; grows when the market does. */
  filters(ledger: Ledger): readonly LogFilter[]
  /** Calls whose answers the page still lacks, asked in rounds until none is left. The page so far is in the ledger. */
  reads(facts: Facts, ledger: Ledger): readonly Call[]
  /** Those of `calls` whose answers follow exactly from the page's logs and the ledger before it; the others are left out. For pages of one block. */
  derive(facts: Facts, ledger: Ledger, calls: readonly Call[]): readonly Read[]
  /** Write one page into the ledger; name the accounts whose rows changed, or all of them. */
  apply(facts: Facts, ledger: Ledger): Touched
  /** How many rate columns there are. */
  columns(ledger: Ledger): number
  /** Value of every rate column at `timestamp` (index × price, interest accrued). */
  rates(ledger: Ledger, timestamp: bigint, into: Rates): void
  /** One account as signed weights on rate columns. */
  row(ledger: Ledger, account: AccountId): readonly Entry[]
  /** What rows leave out: thresholds, bonuses, how much one call may close. */
  rowTerms(ledger: Ledger, timestamp: bigint): RowTerms
  /**
   * Whether rows err to both sides by the slack alone. False: they may say less health than there is (never more), as where a
   * pool floors what a row cannot know.
   */
  isTight(ledger: Ledger): boolean
  /** By rate column: number of the feed that moves it, the same for columns that move together; −1 where none is known. */
  roots(ledger: Ledger): Int32Array
  /** Interest a year on debt of each asset, in ray. */
  interest(ledger: Ledger): ReadonlyMap<Address, bigint>
  /** Whether the chain has told us of this account; a number alone may be left of a block that is gone. */
  knows(ledger: Ledger, account: AccountId): boolean
  /** One account in the contract's own integers; undefined when it cannot be known (a price is missing). */
  account(ledger: Ledger, account: AccountId, timestamp: bigint): AccountView | undefined
  /** The same without its parts, and cheaper. */
  standing(ledger: Ledger, account: AccountId, timestamp: bigint): Standing | undefined
  /** Whether the account is liquidatable, in the contract's own integers; undefined when it is not. Cheap: nothing is sized. */
  check(ledger: Ledger, account: AccountId, timestamp: bigint): Unhealthy | undefined
  /** What the market would let a liquidator do; undefined when the account is not liquidatable. */
  inspect(ledger: Ledger, account: AccountId, timestamp: bigint): Candidate | undefined
  /**
   * Write what a call of a liquidator who takes the underlying changes, as if it were mined at `timestamp`; undefined, with the
   * ledger to be thrown away, where the market would refuse it. Interest rates stay: the next moment must not be a later one.
   * Rows of the borrower change.
   */
  liquidate(ledger: Ledger, call: LiquidationAsked, timestamp: bigint): Liquidation | undefined
  /** The ways out for the borrower, confirmed in integers: those without an obstacle first, then by cost, then by value. */
  rescue(
    ledger: Ledger,
    account: AccountId,
    timestamp: bigint,
    targetHealth: bigint,
    known?: KnownForRescue,
  ): readonly Rescue[]
  /** Calls for what the mirror does not hold and a way out may depend on (room under supply caps). */
  rescueReads(ledger: Ledger, account: AccountId): readonly Call[]
  /** Write into the ledger what a way out leaves of the account, all of it at one timestamp; without `repays` only the first half of a sale. */
  takeRescue(ledger: Ledger, account: AccountId, timestamp: bigint, rescue: Rescue): void
  /** The calls of the pool that take a way out, from the owner's own address, in order. No allowances, no swap. */
  rescueCalls(ledger: Ledger, owner: Address, rescue: Rescue): readonly PoolCall[]
  /** Calls for the price of everything; `apply` takes their answers. */
  prices(ledger: Ledger): readonly Call[]
  /** Multiply the price of each asset by the factor (18 decimals, above 0) of the feed it stands on, rounded down. */
  shock(ledger: Ledger, factors: ReadonlyMap<Address, bigint>): void
  /** Liquidations by anybody, told by a page's logs. */
  liquidations(facts: Facts, ledger: Ledger): readonly Liquidated[]
  /**
   * Everything a page's logs say that somebody did, in order. `ledger`: after the page; `earlier`: prices of assets before it, for
   * what came before the first round of a feed.
   */
  deeds(facts: Facts, ledger: Ledger, earlier: ReadonlyMap<Address, bigint>): readonly Deed[]
  /** The market as people see it. */
  market(ledger: Ledger): MarketView
  /** Calls that ask the chain itself about accounts and totals, and how to compare its answers. */
  readonly audit: Audit
  /** What no followed log tells, for the history of the wave. */
  readonly extras: ExtrasOf
  /** Calldata of our Liquidator. */
  encode(seizure: Seizure, terms: Terms): Hex
}

/** What of a seizure a market is asked for. */
export type LiquidationAsked = Pick<
  Seizure,
  'borrower' | 'collateralAsset' | 'debtAsset' | 'debtToCover' | 'firstCover'
>

/** What a market did, both calls of a seizure in two summed. Smallest units. */
export interface Liquidation {
  /** To the liquidator. */
  readonly collateralSeized: bigint
  readonly protocolFee: bigint
  readonly debtCovered: bigint
  /** Debt that nothing backs any more and that was burnt; none where the rules leave it with the account. */
  readonly deficits: readonly Deficit[]
}

export interface Deficit {
  readonly asset: Address
  readonly amount: bigint
}

/** Accounts to look at again after a page. */
export type Touched = { readonly all: boolean; readonly accounts: ReadonlySet<AccountId> }

/** What a call to our Liquidator needs beside the seizure. */
export interface Terms {
  /** Swap route as Uniswap V3 encodes it; `0x` when collateral and debt are one asset. */
  readonly path: Hex
  /** In units of the debt asset. */
  readonly minProfit: bigint
  /** Unix seconds of the chain. */
  readonly deadline: bigint
}

/** One side of one reserve in an account. */
export interface Holding {
  readonly asset: Address
  readonly symbol: string
  readonly decimals: number
  /** In the asset's smallest unit, interest included. */
  readonly amount: bigint
  /** In base currency, 8 decimals. */
  readonly valueBase: bigint
  /** Base currency for one whole unit of the asset, 8 decimals. */
  readonly priceUsd8: bigint
  /** Basis points; 0 for debt. */
  readonly liquidationThresholdBps: bigint
  /** Basis points over 100 %, eMode-aware; 0 for debt. */
  readonly liquidationBonusBps: bigint
  /** Interest a year, in ray: earned on collateral, owed on debt. */
  readonly rateRay: bigint
  /** Feed that moves the price; assets that share one move together. */
  readonly root: Address
}

/** An account as the chain itself would state it; names of the totals are those of `Pool.getUserAccountData`. */
export interface AccountView {
  readonly address: Address
  /** `chain`: the pool's rules are not known here, and these are its own words at `block`, without holdings. */
  readonly source: 'mirror' | 'chain'
  readonly block: bigint | undefined
  readonly eMode: number
  readonly collaterals: readonly Holding[]
  readonly debts: readonly Holding[]
  readonly totalCollateralBase: bigint
  readonly totalDebtBase: bigint
  readonly availableBorrowsBase: bigint
  readonly currentLiquidationThreshold: bigint
  readonly ltv: bigint
  /** 18 decimals; 2^256 − 1 without debt. */
  readonly healthFactor: bigint
}

/** Of an `AccountView` what most rules ask for. */
export type Standing = Pick<AccountView, 'totalCollateralBase' | 'totalDebtBase' | 'healthFactor'>

/** What somebody has found out beyond the mirror. Whatever is missing is not checked. */
export interface KnownForRescue {
  /** Answers to `rescueReads`. */
  readonly reads?: readonly Read[]
  /** What a venue gives; a pair without one is sized as if a sale cost nothing. */
  readonly sales?: readonly Sale[]
}

/** A price of a venue: `received` for `sold`; other amounts in proportion, rounded down. */
export interface Sale {
  readonly collateralAsset: Address
  readonly debtAsset: Address
  readonly sold: bigint
  readonly received: bigint
}

/** An amount of an asset. */
export interface Portion {
  readonly asset: Address
  readonly symbol: string
  readonly decimals: number
  readonly amount: bigint
  /** Base currency, 8 decimals, rounded up. */
  readonly valueBase: bigint
}

/** One way to bring health to a target. */
export interface Rescue extends Portion {
  /** `sell`: a collateral is given up for a debt; where both are one asset, inside the pool. */
  readonly kind: 'repay' | 'add' | 'sell'
  /** Of `sell`: what is repaid with it. */
  readonly repays: Portion | undefined
  /** Base currency: what is lost beside the amounts themselves, gas left out. */
  readonly costBase: bigint
  /** The health it leaves, computed in integers at the same moment. */
  readonly healthFactor: bigint
  readonly obstacle: RescueObstacle | undefined
}

/** One call of the pool, and what it takes from the caller's wallet. */
export interface PoolCall extends Call {
  readonly what: RescueStep
  readonly takes: { readonly asset: Address; readonly amount: bigint } | undefined
}

export interface Liquidated {
  readonly borrower: Address
  readonly collateralAsset: Address
  readonly debtAsset: Address
  readonly debtCovered: bigint
  readonly collateralSeized: bigint
  readonly liquidator: Address
  readonly transactionHash: Hex
  /** Place of its event in the block. */
  readonly logIndex: number
}

export interface ReserveView {
  readonly asset: Address
  /** The contract that answers the asset's price; zero where there is none. */
  readonly source: Address
  /** The feed that moves the price: the source, or what it stands on; zero where there is none. */
  readonly root: Address
  readonly symbol: string
  readonly decimals: number
  /** 0 also where the oracle does not answer. */
  readonly priceUsd8: bigint
  readonly liquidationThresholdBps: bigint
  readonly liquidationBonusBps: bigint
  /** What lies in the reserve and can be taken out, in the asset's smallest unit. */
  readonly available: bigint
  /** Interest a year, in ray. */
  readonly supplyRateRay: bigint
  readonly borrowRateRay: bigint
  readonly frozen: boolean
  readonly paused: boolean
}

export interface MarketView {
  readonly pool: Address
  readonly revision: bigint
  /** Id of the rule set in force; undefined for a revision nobody here knows. */
  readonly rules: string | undefined
  readonly reserves: readonly ReserveView[]
}

/** One field in which the mirror and the chain differ. */
export interface Mismatch {
  readonly address: Address
  readonly field: string
  readonly ours: string
  readonly chain: string
}

export interface ReserveTotal {
  readonly asset: Address
  readonly sumScaledDebt: bigint
  readonly scaledTotalSupply: bigint
}

/** Asked in rounds at one block: `calls` until it names none, then `of`. */
export interface ExtrasOf {
  calls(ledger: Ledger, answered: readonly Read[]): readonly Call[]
  of(ledger: Ledger, reads: readonly Read[], block: Header): Extras
}

export interface Audit {
  /** Calls whose answers bring a mirror up to date that reads prices only now and then; none for one that always does. */
  fresh(ledger: Ledger, timestamp: bigint): readonly Call[]
  account(ledger: Ledger, account: AccountId): Call
  /** Fields of `view` that differ from the chain's answer; a missing view differs in everything. */
  compare(view: AccountView | undefined, address: Address, result: Hex | undefined): readonly Mismatch[]
  totals(ledger: Ledger): readonly Call[]
  sums(ledger: Ledger, results: readonly (Hex | undefined)[]): readonly ReserveTotal[]
}
