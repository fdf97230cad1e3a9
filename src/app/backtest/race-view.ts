import { type Attempt, expectedEarnings, type RaceModel, raceAssumptions, type Spread } from '../../core/race.ts'
import type { BacktestReport, OurEntry } from './report-schema.ts'
import type { OurRow } from './run.ts'
import { printable, usdText } from './text.ts'

/** The race model that a report uses. */
export interface RaceView {
  /** What was fitted to what, for people. */
  readonly name: string
  readonly model: RaceModel
}

const LOST_COST = 'A lost race is counted with the whole cost of the transaction, although a revert uses less gas.'

export const assumptionsOf = ({ model }: RaceView, blockTimeS: number): readonly string[] => [
  ...raceAssumptions(model, blockTimeS),
  LOST_COST,
]

export const attemptOf = ({ netUsd8, costUsd8, latenessBlocks }: OurRow): Attempt => ({
  netUsd8,
  costIfLostUsd8: costUsd8,
  latenessBlocks,
})

/** What all plans bring together. The expectation is the sum of the plans' own, each rounded down, so that groups add up to it. */
export function earningsOf(
  { name, model }: RaceView,
  attempts: readonly Attempt[],
  { netUsd, expectedUsd, blockTimeS }: Pick<OurEntry, 'netUsd' | 'expectedUsd'> & { readonly blockTimeS: number },
): BacktestReport['earnings'] {
  const made = expectedEarnings(attempts, model, blockTimeS)
  return {
    model: printable(name),
    netUsd,
    expectedUsd,
    expectedLowUsd: usdText(made.expectedLowUsd8),
    expectedHighUsd: usdText(made.expectedHighUsd8),
    independent: spread(made.independent),
    correlated: spread(made.correlated),
  }
}

const spread = ({ deviationUsd8, lowUsd8, highUsd8 }: Spread): BacktestReport['earnings']['correlated'] => ({
  deviationUsd: usdText(deviationUsd8),
  lowUsd: usdText(lowUsd8),
  highUsd: usdText(highUsd8),
})
