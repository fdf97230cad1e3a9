import type { CohortAnswer, CohortsAnswer } from '../../core/risk/answers.ts'
import { cohortsOf } from '../../core/risk/cohorts.ts'
import { COHORTS, type Cohort } from '../../core/risk/de-risking.ts'
import { lacking } from '../../core/risk/measure.ts'
import { collateralOf, portraitOf } from '../../core/risk/portrait.ts'
import type { AccountId } from '../../core/types.ts'
import { riskHead } from './head.ts'
import type { RiskWorld } from './world.ts'

/** What the book does not know of its cohorts: told by events. */
export interface CohortHistory {
  readonly liquidated:
    | Readonly<Record<Cohort, Pick<CohortAnswer, 'seizedUsd' | 'lossUsd' | 'liquidatedShare'>>>
    | undefined
  readonly deRisking: CohortsAnswer['deRisking'] | undefined
}

const NOT_LIQUIDATED = { seizedUsd: null, lossUsd: null, liquidatedShare: null }
const noDeRisking = (binS: number): CohortsAnswer['deRisking'] => ({
  binS,
  fallHour: null,
  cohorts: COHORTS.map((cohort) => ({ cohort, debtChange: null, protection: lacking('events') })),
})

/** `history`: undefined where nothing was recorded; then what comes from events is null. */
export function cohortsAnswer(world: RiskWorld, history?: CohortHistory): CohortsAnswer {
  const head = riskHead(world)
  const portrait = portraitOf(world.book)
  const { ledger } = world.book
  const isContract = (account: AccountId) => world.codes.isContract(ledger.address(account))
  return {
    ...head,
    cohorts: cohortsOf(portrait, collateralOf(portrait), isContract).map((state) => ({
      ...state,
      ...(history?.liquidated?.[state.cohort] ?? NOT_LIQUIDATED),
    })),
    deRisking: history?.deRisking ?? noDeRisking(world.binS),
  }
}
