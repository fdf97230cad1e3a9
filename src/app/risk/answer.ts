import type { RiskDesk } from '../../core/ports.ts'
import type { RiskQuestion, RiskQuestions } from '../../core/risk/questions.ts'
import { absorptionAnswer } from './absorption.ts'
import { cascadeAnswer } from './cascade.ts'
import { chainsAnswer } from './chains.ts'
import { cohortHistory } from './cohort-history.ts'
import { cohortsAnswer } from './cohorts.ts'
import { compareAnswer } from './compare.ts'
import { gridAnswer } from './grid.ts'
import { jointAnswer } from './joint.ts'
import { ladderAnswer } from './ladder.ts'
import { overviewAnswer } from './overview.ts'
import { phaseAnswer } from './phase.ts'
import { planAnswer } from './plan.ts'
import { waveAnswer } from './wave.ts'
import type { RiskWorld } from './world.ts'

/** Every market there is to ask about. */
export interface Worlds {
  /** Throws UsageError for a market that is not there, PlimsollError (75) for one that is not read yet. */
  of(market: string): RiskWorld
  all(): readonly RiskWorld[]
  /** Names of those that are not read yet. */
  unread(): readonly string[]
}

/** Who answers what. Synchronous: nothing is asked of a node any more. */
export type RiskAnswers = {
  readonly [Q in RiskQuestion]: (worlds: Worlds, about: RiskQuestions[Q][0]) => RiskQuestions[Q][1]
}

export function answer<Q extends RiskQuestion>(
  answers: RiskAnswers,
  worlds: Worlds,
  question: Q,
  about: RiskQuestions[Q][0],
): RiskQuestions[Q][1] {
  return answers[question](worlds, about)
}

const ofMarket =
  <A extends { readonly market: string }, R>(answerOf: (world: RiskWorld, about: A) => R) =>
  (worlds: Worlds, about: A): R =>
    answerOf(worlds.of(about.market), about)

export const ANSWERS: RiskAnswers = {
  overview: ofMarket(overviewAnswer),
  ladder: ofMarket(ladderAnswer),
  absorption: ofMarket(absorptionAnswer),
  cascade: ofMarket(cascadeAnswer),
  grid: ofMarket(gridAnswer),
  joint: ofMarket(jointAnswer),
  cohorts: ofMarket((world) => cohortsAnswer(world, cohortHistory(world))),
  phase: ofMarket(phaseAnswer),
  compare: ofMarket(compareAnswer),
  plan: ofMarket(planAnswer),
  wave: ofMarket(waveAnswer),
  chains: (worlds) => {
    const [all, unread] = [worlds.all(), worlds.unread()]
    // Before any is read it is refused as every other question.
    if (all.length === 0) for (const market of unread) worlds.of(market)
    return chainsAnswer(all, unread)
  },
}

/** Inside a command: whoever asks waits, and nobody else does. */
export const directDesk = (worlds: Worlds, answers: RiskAnswers = ANSWERS): RiskDesk => ({
  ask: async (question, about) => answer(answers, worlds, question, about),
})
