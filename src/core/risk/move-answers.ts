/** What Plimsoll answers about supposed moves and about plans: the outside contract, by the rules of `answers.ts`. */
import type { GroupAnswer, RiskHead } from './answers.ts'
import type { Measure } from './measure.ts'

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
  /** Row 17: what pools burn of it, by reserve, the largest first, and what insures that reserve. */
  readonly deficits: readonly {
    readonly asset: string
    readonly symbol: string
    readonly valueBase: string
    /** Offset and slashable stake, as they were told last. */
    readonly insuranceUsd: Measure
  }[]
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
    /** `pools-drained`: the multiplier says how far the feed had come when nothing could be sold any more. */
    readonly stopped: CascadeAnswer['stopped']
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

interface PlanPortion {
  readonly asset: string
  readonly symbol: string
  readonly decimals: number
  readonly amount: string
  readonly valueBase: string
}
