/** The race model, as far as a report needs it: who comes late by so many blocks is first with which chance. */
export interface RaceView {
  /** What was fitted to what, in one line. */
  readonly model: string
  readonly assumptions: readonly string[]
  /** From 0 to 1. */
  chanceOfBeingFirst(latenessBlocks: number): number
  /** The interval of what all these plans together bring. */
  expectedEarnings(plans: readonly RacePlan[]): { readonly lowUsd8: bigint; readonly highUsd8: bigint }
}

export interface RacePlan {
  readonly netUsd8: bigint
  readonly latenessBlocks: number
}
