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

/** One step of a ladder: positions whose liquidation price lies in it. Values at the price at which each is reached. */
export interface Rung {
  /** From (less) to (more), per cent of fall; of a short ladder of rise. */
  readonly fromPct: number
  readonly toPct: number
  readonly accounts: number
  /** Row 2's three columns: all collateral; one call each; calls until health is 1 again. */
  readonly collateralUsd: number
  readonly oneCallUsd: number
  readonly sequenceUsd: number
  readonly debtUsd: number
  readonly badDebtUsd: number
  /** One account with at least a quarter of the rung's collateral: a cliff. */
  readonly cliff: { readonly address: string; readonly share: number } | null
}

/** All of it that lies at or above a fall. */
export interface LadderPoint extends Omit<Rung, 'fromPct' | 'toPct' | 'cliff'> {
  readonly fallPct: number
}

export interface LadderAnswer extends RiskHead {
  readonly group: GroupAnswer
  /** `fall`: longs of the group; `rise`: those who owe it. */
  readonly side: 'fall' | 'rise'
  /** Liquidatable already. */
  readonly now: Omit<Rung, 'fromPct' | 'toPct' | 'cliff'>
  readonly rungs: readonly Rung[]
  /** Cumulated at 1, 2, 5, 10, 15, 20, 30, 50 per cent. */
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
  /** null: nobody asked which are contracts. */
  readonly contracts: number | null
  readonly debtUsd: number
  readonly collateralUsd: number
  readonly leverage: number | null
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
}

/** How a market stands, in one answer. */
export interface RiskOverview extends RiskHead {
  readonly accounts: number
  readonly collateralUsd: number
  readonly debtUsd: number
  readonly group: GroupAnswer
  /** Row 7. Weighted by debt. */
  readonly leverage: {
    readonly aggregate: number | null
    readonly mean: number | null
    readonly p50: number | null
    readonly p90: number | null
    readonly p99: number | null
    /** Share of debt in positions with health below 1.05, 1.1, 1.25. */
    readonly below: readonly { readonly health: number; readonly share: number }[]
    /** Share of debt whose owners hold collateral of the same group: correlated, not directional. */
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
  readonly toxicity: { readonly accounts: number; readonly debtUsd: number; readonly lossUsd: number }
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
    readonly worstPeg: Measure
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

/** One pass of a cascade: everybody liquidatable at its prices, one call each, then what was seized is sold. */
export interface CascadeRound {
  readonly round: number
  /** Price of the driving group at which the calls were made, 8 decimals. */
  readonly price: string
  readonly calls: number
  readonly seizedBase: string
  readonly repaidBase: string
  readonly soldForBase: string
  readonly badDebtBase: string
  /** Seized over that of the round before; null in the first. */
  readonly branching: number | null
}

export interface CascadeAnswer extends RiskHead {
  readonly shocks: readonly { readonly asset: string; readonly factorWad: string }[]
  /** Pass-through as it was computed: 0, and `lacks` says `depth`, where no pools are followed. */
  readonly kappa: number
  readonly group: GroupAnswer
  readonly rounds: readonly CascadeRound[]
  readonly accounts: number
  readonly calls: number
  readonly seizedBase: string
  readonly repaidBase: string
  readonly bonusBase: string
  readonly badDebtBase: string
  /** Sold for less than its debt: what liquidators would lose if they acted all the same. */
  readonly lossBase: string
  readonly finalPrice: string
  /** Total fall / exogenous fall. */
  readonly multiplier: number | null
  /** Mean of the rounds' branching ratios weighted by volume. */
  readonly branching: number | null
  /** `refused`: whoever is left, the market lets nobody call. */
  readonly stopped: 'settled' | 'refused' | 'pools-drained' | 'rounds'
  /** Still liquidatable at the end. */
  readonly left: { readonly accounts: number; readonly debtBase: string }
  /** What could not be sold for want of pools, at the oracle's prices. */
  readonly unsoldBase: string
  readonly lacks: readonly string[]
  readonly top: readonly {
    readonly address: string
    readonly seizedBase: string
    readonly repaidBase: string
    readonly badDebtBase: string
    readonly round: number
  }[]
}

/** Row 5 over a grid: fall against pass-through. */
export interface CascadeGrid extends RiskHead {
  readonly group: GroupAnswer
  readonly cells: readonly {
    readonly fallPct: number
    readonly kappa: number
    readonly multiplier: number | null
    readonly seizedBase: string
    readonly badDebtBase: string
    readonly rounds: number
  }[]
  /** By pass-through: smallest fall in per cent (to 0.1) at which the multiplier passes 2 or the pools are drained; null: none up to 90. */
  readonly critical: readonly { readonly kappa: number; readonly fallPct: number | null }[]
  /** `depth`: no pools are followed, so that there are only cells of κ = 0. */
  readonly lacks: readonly string[]
}

/** Two groups moving together; rows by the first, columns by the second. */
export interface JointAnswer extends RiskHead {
  readonly groups: readonly [GroupAnswer, GroupAnswer]
  /** Changes of a price, unlike falls elsewhere: −50 is a fall by half. */
  readonly movesPct: readonly number[]
  readonly collateralUsd: readonly (readonly number[])[]
  readonly badDebtUsd: readonly (readonly number[])[]
}

/** Row 20. */
export interface CompareAnswer extends RiskHead {
  readonly shocks: readonly { readonly asset: string; readonly factorWad: string }[]
  readonly mechanisms: readonly {
    readonly rules: string
    readonly liquidatable: number
    readonly seizedBase: string
    readonly borrowersLossBase: string
    readonly liquidatorsProfitBase: string
    readonly badDebtBase: string
    readonly calls: number
  }[]
  /** Rule sets to which this market's state means something else (eMode in another form): not compared. */
  readonly incomparable: readonly string[]
  /** Known, but not here: no rules of them exist. */
  readonly absent: readonly string[]
}

/** Chains and markets side by side (row 12). */
export interface SideBySide {
  readonly markets: readonly {
    readonly market: string
    readonly chainId: number
    readonly debtUsd: number
    readonly leverage: number | null
    readonly ladder5Usd: number
    readonly ladder10Usd: number
    readonly absorption10: Measure
    readonly phase: Phase | null
    readonly netSupplyUsd: Measure
    readonly netBorrowUsd: Measure
  }[]
  readonly rotationShare: Measure
}

/** Row 21. */
export interface PlanAnswer extends RiskHead {
  readonly address: string
  readonly healthFactor: string | null
  /** At the stop price: health there, and the amounts that are needed now for the target there (`docs/planner.md`). */
  readonly stop: {
    readonly asset: string
    readonly price: string
    readonly healthFactor: string | null
    readonly targetHealth: string
    readonly options: readonly PlanOption[]
  } | null
  /** P(health < 1 within 24 h). */
  readonly probability24h: Measure
  /** Hours in which every feed of the account moved from one kept hour to the next: what the covariance is made of. */
  readonly returns: number
  /** Each feed's part in the variance of the margin, the largest first; together 1, a hedge is negative. */
  readonly contributions: readonly PlanContribution[]
  /** The probability with a tenth of the debt added as another collateral, the best first. */
  readonly additions: readonly {
    readonly asset: string
    readonly symbol: string
    readonly valueBase: string
    readonly probability24h: number
  }[]
}

/** One way, sized so that health at the stop is the target, if it is taken now. Values at present prices. */
export interface PlanOption extends PlanPortion {
  readonly kind: 'repay' | 'add' | 'sell'
  /** Of `sell`. */
  readonly repays: PlanPortion | null
  /** Once it is taken: at present prices, and at the stop. */
  readonly healthNow: string
  readonly healthAtStop: string
  /** Why it cannot be taken as it stands (`docs/rescue.md`). */
  readonly obstacle: string | null
}

interface PlanPortion {
  readonly asset: string
  readonly symbol: string
  readonly decimals: number
  readonly amount: string
  readonly valueBase: string
}

export interface PlanContribution {
  readonly root: string
  /** Of the asset that the feed itself prices, else of the first. */
  readonly symbol: string
  readonly share: number
  readonly holdings: readonly {
    readonly symbol: string
    readonly side: 'collateral' | 'debt'
    readonly share: number
  }[]
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
