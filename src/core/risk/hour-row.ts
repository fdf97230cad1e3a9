import type { Cohort } from './de-risking.ts'

/** One bin of the history of a market, as it is kept. A row that was written before is replaced. */
export interface HourRow {
  /** As the historian was told it. */
  readonly market: string
  /** Feed root of a group, in lower case; empty: the market as a whole. */
  readonly root: string
  /** floor(timestamp of the block / seconds a bin). */
  readonly hour: number
  /** JSON of a `GroupBody`, of the market a `MarketBody`. */
  readonly body: string
}

/** A group in one hour. Dollars are floats. */
export interface GroupBody {
  readonly liquidatedUsd: number
  readonly liquidations: number
  readonly oraclePriceUsd: number
  readonly oracleLowUsd: number
  readonly rounds: number
  /** Largest step between two prices in a row. */
  readonly jump: number
  /** Unix seconds of the last round there ever was; null: none was seen. */
  readonly roundAtS: number | null
  /** Longest time between two rounds that ended in this hour; 0: none ended. */
  readonly silenceS: number
  readonly ladder5Usd: number | null
  readonly ladder10Usd: number | null
  readonly depthUsd: number | null
}

/** A market in one hour. */
export interface MarketBody {
  /** Not watched from its beginning to its end, or what happened in it cannot be told from what happened before: not to be judged. */
  readonly partial: boolean
  /** Blocks whose pages came one by one; that came several as one page; that nobody saw. */
  readonly blocks: number
  readonly merged: number
  readonly lost: number
  readonly liquidatedUsd: number
  readonly liquidations: number
  readonly repaidUsd: number
  /** Half of what was turned either way: `Hour.netFlowUsd`. */
  readonly netFlowUsd: number
  readonly deficitUsd: number
  readonly coveredUsd: number
  readonly debtUsd: number
  readonly state: StateBody
  readonly extras: ExtrasBody | null
  /** By asset, only those that moved. */
  readonly assets: Readonly<Record<string, AssetHour>>
  readonly cohorts: Readonly<Record<Cohort, CohortHour>>
  /** Repaid by each, largest first, at most `MOST_LIQUIDATORS`; `liquidatorCount` of them there were. */
  readonly liquidators: readonly (readonly [address: string, usd: number])[]
  readonly liquidatorCount: number
  /** Blocks a call came late → calls; `unknown`; `again`: not the first call of that fall. */
  readonly late: Readonly<Record<string, number>>
  /** Of assets upon a feed: price over that of the group. Staking yield is its growth. */
  readonly ratios: Readonly<Record<string, number>>
}

/** What is told of everybody's positions at the end of the hour. */
export interface StateBody {
  readonly collateralUsd: number | null
  readonly leverage: number | null
  readonly top10Share: number | null
  /** Of a fall of 20 % of everything volatile, or of the heaviest group: what no liquidation repays. */
  readonly badDebt20Usd: number | null
}

/** What was asked of the node. */
export interface ExtrasBody {
  readonly utilisation: number | null
  readonly fundingAnnual: number | null
  /** Offset and slashable stake of all reserves. */
  readonly insuranceUsd: number | null
  readonly outstandingUsd: number | null
  /** By asset: optimal usage ratio, 0 to 1; offset and slashable stake in dollars; cap / ratio − 1 of a capped source. */
  readonly kinks: Readonly<Record<string, number>>
  readonly insurance: Readonly<Record<string, number>>
  readonly headrooms: Readonly<Record<string, number>>
  /** By feed root: Unix seconds of its last round. */
  readonly roundsAtS: Readonly<Record<string, number>>
  /** By symbol: dollars of all coins of that name on this chain, at one dollar each. */
  readonly stables: Readonly<Record<string, number>>
  /** By asset that serves as collateral: whole units of it on this chain. */
  readonly supplies: Readonly<Record<string, number>>
  /** By stable coin: dollars in a pool against another one, and by its oracle. */
  readonly pegs: Readonly<Record<string, readonly [twapUsd: number, oracleUsd: number]>>
}

/** Dollars at the prices of the moment. */
export interface AssetHour {
  readonly symbol: string
  readonly stable: boolean
  readonly supply: number
  readonly withdraw: number
  readonly borrow: number
  readonly repay: number
  readonly seized: number
  readonly covered: number
  readonly deficit: number
  readonly deficitCovered: number
}

export interface CohortHour {
  /** At the end of the hour. */
  readonly debtUsd: number
  readonly borrowUsd: number
  readonly repayUsd: number
  readonly seizedUsd: number
  readonly coveredUsd: number
  readonly protections: number
  readonly protectedUsd: number
  /** First digits of the accounts that were liquidated, and that protected themselves. */
  readonly caught: readonly string[]
  readonly protectors: readonly string[]
}

export const MOST_LIQUIDATORS = 64
