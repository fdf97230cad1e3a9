/**
 * What Plimsoll answers about the wave in JSON (HTTP under `/api/risk`, `--json`): the outside contract. Integers of the chain
 * are decimal strings (`…Base`: base currency, 8 decimals; `…Wad`: 18). `…Usd`: dollars as floats, since only statistics are
 * made of them. `…Pct`: per cent, a fall is positive. What cannot be known is null, and `lacks` says which source is missing.
 * Definitions: `docs/risk.md`.
 */
import type { BlockRef, Marked } from '../answers.ts'
import type { Measure } from './measure.ts'
import type { Phase } from './phase-ways.ts'

/** Where every answer speaks of. */
export interface RiskHead extends Marked {
  readonly market: string
  readonly chainId: number
  readonly block: BlockRef
}

/** All assets priced from one feed root. */
export interface GroupAnswer {
  readonly root: string
  /** Of the asset that is priced by the root itself, else of the first one. */
  readonly symbol: string
  readonly assets: readonly { readonly asset: string; readonly symbol: string }[]
  /** Of `symbol`, 8 decimals. */
  readonly price: string
}

/** Positions of a ladder added up. Values at the price at which each is reached. */
export interface RungSums {
  readonly accounts: number
  /** Row 2's three columns: all collateral; one call each; calls until health is 1 again. */
  readonly collateralUsd: number
  readonly oneCallUsd: number
  readonly sequenceUsd: number
  readonly debtUsd: number
  readonly badDebtUsd: number
}

/** One step of a ladder: positions whose liquidation price lies in it. */
export interface Rung extends RungSums {
  /** From (less) to (more), per cent of fall; of a short ladder of rise. */
  readonly fromPct: number
  readonly toPct: number
  /** One account with at least a quarter of the rung's collateral: a cliff. */
  readonly cliff: { readonly address: string; readonly share: number } | null
}

/** All of it that lies at or above a fall. */
export interface LadderPoint extends RungSums {
  readonly fallPct: number
}

export interface LadderAnswer extends RiskHead {
  readonly group: GroupAnswer
  /** `fall`: longs of the group; `rise`: those who owe it. */
  readonly side: 'fall' | 'rise'
  /** Liquidatable already, of those whom the group moves this way: others are in no ladder of it. */
  readonly now: RungSums
  readonly rungs: readonly Rung[]
  /** `now` and every rung up to 1, 2, 5, 10, 15, 20, 30, 50 per cent. */
  readonly points: readonly LadderPoint[]
  /** Largest first, those asked for: the accounts behind it, with exact prices of liquidation. */
  readonly accounts: readonly LadderAccount[]
}

export interface LadderAccount {
  readonly address: string
  readonly collateralBase: string
  readonly debtBase: string
  readonly healthFactor: string | null
  /** Answer of the group's feed (8 decimals) at and below (rise: above) which health is below 1; null: never. Exact. */
  readonly price: string | null
  readonly distancePct: number | null
}

/** What can be sold, and whether it is enough (rows 3, 4). */
export interface AbsorptionPoint {
  readonly fallPct: number
  /** Seizable in the sequence of calls, up to this fall. */
  readonly liquidatableUsd: number
  /** Sellable until the pools' price has fallen so far. */
  readonly depthUsd: Measure
  /** liquidatable / depth; above 1: liquidators cannot leave. */
  readonly ratio: Measure
  /** Largest size that leaves a liquidator whole at the group's bonus, in dollars. */
  readonly largestUsd: Measure
}

export interface AbsorptionAnswer extends RiskHead {
  readonly group: GroupAnswer
  readonly pools: readonly { readonly pool: string; readonly pair: string; readonly feePips: number }[]
  readonly points: readonly AbsorptionPoint[]
}

/** Shares of a distribution (row 8). */
export interface Concentration {
  readonly top1: number
  readonly top5: number
  readonly top10: number
  readonly top50: number
  readonly hhi: number
  readonly gini: number
}

export interface CohortAnswer {
  readonly cohort: string
  readonly accounts: number
  /** null: not every account of the cohort was asked whether it is one yet. */
  readonly contracts: number | null
  readonly debtUsd: number
  readonly collateralUsd: number
  /** ΣC / (ΣC − ΣD); null where that is not above 0. */
  readonly leverage: number | null
  /** Of the accounts, each counted once. */
  readonly healthMedian: number | null
  /** Debt in positions with health below 1.1 over the cohort's debt. */
  readonly thinShare: number | null
  /** From the events on record: seized collateral, what it cost the owners (seized − repaid), share of the cohort's debt liquidated. */
  readonly seizedUsd: number | null
  readonly lossUsd: number | null
  readonly liquidatedShare: number | null
}

export interface CohortsAnswer extends RiskHead {
  readonly cohorts: readonly CohortAnswer[]
  /** Change of each cohort's debt over the 72 h before the last fall of at least 10 %, and protection (row 11). */
  readonly deRisking: {
    /** Seconds an hour of this answer: 3600 but for rehearsals. */
    readonly binS: number
    readonly fallHour: number | null
    readonly cohorts: readonly {
      readonly cohort: string
      readonly debtChange: number | null
      readonly protection: Measure
    }[]
  }
}

export interface ReserveStress {
  readonly asset: string
  readonly symbol: string
  readonly suppliedUsd: number | null
  readonly borrowedUsd: number | null
  /** 0 to 1. */
  readonly utilisation: number | null
  readonly kink: Measure
  /** kink − utilisation. */
  readonly distanceToKink: Measure
  readonly idleUsd: number
  readonly borrowRateAnnual: number
  readonly supplyRateAnnual: number
  /** Idle less what liquidations at −10 % would take out of it: below 0 they revert. */
  readonly idleAfter10Usd: number | null
}

/** One feed (row 18). */
export interface OracleAnswer {
  readonly root: string
  readonly symbol: string
  readonly price: string
  readonly largestJump24h: Measure
  readonly ageOfHeartbeat: Measure
  /** Of a capped feed: cap / ratio − 1; negative: it answers so much too low. */
  readonly headroom: Measure
  /** Until it is gone if it goes on as in the last week. */
  readonly headroomDays: Measure
  /** Of the supply of the group's collaterals, from hour to hour: minting out of nothing. */
  readonly largestSupplyJump24h: Measure
}

/** How a market stands, in one answer. */
export interface RiskOverview extends RiskHead {
  readonly accounts: number
  readonly collateralUsd: number
  readonly debtUsd: number
  readonly group: GroupAnswer
  /** Row 7. */
  readonly leverage: {
    /** ΣC / (ΣC − ΣD) over accounts with debt; null where that is not above 0. */
    readonly aggregate: number | null
    /** Means and quantiles weighted by debt; null: without a single account, or the owner's own money is gone at that quantile. */
    readonly mean: number | null
    readonly p50: number | null
    readonly p90: number | null
    readonly p99: number | null
    /** Share of debt in positions with health below 1.05, 1.1, 1.25. */
    readonly below: readonly { readonly health: number; readonly share: number }[]
    /** Σ over groups of min(C_g, D_g), over ΣD: debt against collateral that moves with it. The rest bets on a direction. */
    readonly correlatedShare: number
  }
  readonly concentration: { readonly debt: Concentration | null; readonly atRisk10: Concentration | null }
  readonly cliffs: readonly {
    readonly fromPct: number
    readonly toPct: number
    readonly address: string
    readonly share: number
    readonly collateralUsd: number
  }[]
  /** Row 6: debt that a liquidation makes worse; debt that is lost whatever is done. */
  readonly toxicity: {
    /** Health below 1, and a call on some collateral lowers it further. */
    readonly accounts: number
    readonly debtUsd: number
    /** Σ max(0, D − Σ Cᵢ/(1+bᵢ)) over everybody below 1. */
    readonly lossUsd: number
  }
  readonly absorption: readonly AbsorptionPoint[]
  readonly reserves: readonly ReserveStress[]
  readonly oracles: readonly OracleAnswer[]
  /** Row 17. */
  readonly coverage: {
    readonly unrealisedUsd: number
    readonly createdUsd: Measure
    readonly coveredUsd: Measure
    readonly insuranceUsd: Measure
    /** (offset + slashable stake) / deficit of a fall of 20 %. */
    readonly ratio: Measure
  }
  readonly dryPowder: {
    readonly idleStableUsd: number
    readonly supply24h: Measure
    readonly supply7d: Measure
    readonly overLadder10: Measure
    /** Of `pegs`, the one furthest from a dollar. */
    readonly worstPeg: Measure
    /** Stable coins that a pool trades for another one: half an hour's mean there, in dollars by the other's oracle; less 1; over its own oracle's answer, less 1. */
    readonly pegs: readonly {
      readonly symbol: string
      readonly twapUsd: number
      readonly fromOne: number
      readonly fromOracle: number
    }[]
  }
  readonly carry: { readonly funding: Measure; readonly carry: Measure; readonly underwaterShare: Measure }
  readonly flows: { readonly netSupplyUsd: Measure; readonly netBorrowUsd: Measure; readonly hours: number }
  readonly competition: {
    readonly liquidators: Measure
    readonly hhi: Measure
    readonly medianLatencyBlocks: Measure
    readonly failed: Measure
  }
  readonly phase: PhaseBrief
}

export interface PhaseBrief {
  /** Seconds an hour of this answer: 3600 but for rehearsals. */
  readonly binS: number
  readonly phase: Phase | null
  readonly sinceHour: number | null
  /** Why, and what would change our mind, in plain conditions. */
  readonly why: readonly ConditionAnswer[]
  readonly wouldChange: readonly { readonly to: Phase; readonly missing: readonly ConditionAnswer[] }[]
  readonly lacks: readonly string[]
}

export interface ConditionAnswer {
  readonly name: string
  readonly value: number | null
  readonly threshold: number | null
  readonly held: boolean | null
}

/** Rows 15 and 16. */
export interface PhaseAnswer extends RiskHead, PhaseBrief {
  readonly group: GroupAnswer
  readonly hours: number
  readonly changes: readonly { readonly hour: number; readonly phase: Phase }[]
  readonly reset: {
    readonly verdict: string
    readonly healthy: readonly ConditionAnswer[]
    readonly deeper: readonly ConditionAnswer[]
    readonly lacks: readonly string[]
  } | null
}

/** Chains and markets side by side (row 12). */
export interface SideBySide {
  readonly markets: readonly (RiskHead & {
    readonly debtUsd: number
    readonly leverage: number | null
    readonly ladder5Usd: number
    readonly ladder10Usd: number
    readonly absorption10: Measure
    readonly phase: Phase | null
    readonly netSupplyUsd: Measure
    readonly netBorrowUsd: Measure
    /** Change in a day of the market's stable coins on its chain, whoever holds them: minted or bridged in less burnt or bridged out. */
    readonly stableIssued24hUsd: Measure
  })[]
  /** Markets that cannot be measured now: not read yet, or the rules of their pool are not known. */
  readonly missing: readonly string[]
  readonly rotationShare: Measure
  /** Of the markets whose events are on record, by symbol, the most moved first. */
  readonly assets: readonly AssetFlow[]
}

/** Flows of an asset in the last day: supplied less withdrawn, borrowed less repaid. */
export interface AssetFlow {
  readonly symbol: string
  readonly netSupplyUsd: number
  readonly netBorrowUsd: number
  /** Of net supply over chains; null: on fewer than two, or nothing moved. */
  readonly rotationShare: number | null
  readonly chains: readonly { readonly chainId: number; readonly netSupplyUsd: number; readonly netBorrowUsd: number }[]
}

/** The wave as a story: phase by phase. */
export interface WaveAnswer extends RiskHead {
  readonly group: GroupAnswer
  /** Seconds an hour of this answer: 3600 but for rehearsals. */
  readonly binS: number
  readonly phases: readonly {
    readonly phase: Phase
    readonly fromHour: number
    readonly hours: number
    readonly fallPct: number
    /** Ladder at −10 % at its beginning. */
    readonly liquidatableUsd: number | null
    readonly liquidatedUsd: number
    readonly calls: number
    readonly depthUsd: number | null
    readonly deficitUsd: number | null
  }[]
  readonly multiplier: number | null
  readonly caught: readonly {
    readonly cohort: string
    readonly accounts: number
    readonly seizedUsd: number
    readonly lossUsd: number
  }[]
  readonly insurance: { readonly deficitUsd: number; readonly paidUsd: Measure; readonly shortfallUsd: Measure }
}
