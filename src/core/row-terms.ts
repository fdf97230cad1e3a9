/** What rows of the sheet leave out, for statistics in floats. By rate column; base units have 8 decimals. */
export interface RowTerms {
  /** Place in `Protocol.market`'s reserves; −1 for what the chain itself said. */
  readonly reserve: Int32Array
  /** The same of whose feed moves the column: nearly always the reserve itself; −1 where no reserve's does. */
  readonly mover: Int32Array
  /** Of a collateral: base units that one unit of weight is worth, before thresholds. The rate over it is the threshold. 0 for debt. */
  readonly worth: Float64Array
  /** Of a collateral: what is seized over the debt it repays, such as 1.05. 0: it cannot be seized. */
  readonly bonus: Float64Array
  /** Undefined where the market's rules are not known: neither bonuses nor groups are then. */
  readonly closing: Closing | undefined
}

/** How much of a debt one liquidation call may repay. Values in base units. */
export interface Closing {
  /** `share` is of the debt in the chosen reserve, or of all debt of the account. */
  readonly of: 'reserve' | 'account'
  readonly share: number
  /** All of the chosen debt at or below this health. */
  readonly allAtHealth: number
  /** All of it where it, or the chosen collateral, is worth less. 0: no such rule. */
  readonly allBelowBase: number
  /** Of debt and of collateral so much must be left, or nothing. 0: no such rule. */
  readonly leftoverBase: number
}
