import { PlimsollError } from '../../core/errors.ts'
import type { RiskDesk } from '../../core/ports.ts'
import type { RiskQuestion, RiskQuestions } from '../../core/risk/questions.ts'
import type { RiskWorld } from './world.ts'

/** Every market there is to ask about. */
export interface Worlds {
  /** Throws UsageError for a market that is not there, PlimsollError (75) for one that is not read yet. */
  of(market: string): RiskWorld
  all(): readonly RiskWorld[]
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

// TEMPORARY: to be replaced, entry by entry, by `xAnswer(world, about)` of the file of each question.
function notPlugged(question: RiskQuestion): () => never {
  return () => {
    throw new PlimsollError(
      {
        code: 'RISK_NOT_PLUGGED',
        what: `risk question "${question}"`,
        why: 'nobody answers it in this version',
        fix: 'Upgrade Plimsoll.',
      },
      1,
    )
  }
}

export const ANSWERS: RiskAnswers = {
  overview: notPlugged('overview'),
  ladder: notPlugged('ladder'),
  absorption: notPlugged('absorption'),
  cascade: notPlugged('cascade'),
  grid: notPlugged('grid'),
  joint: notPlugged('joint'),
  cohorts: notPlugged('cohorts'),
  phase: notPlugged('phase'),
  compare: notPlugged('compare'),
  plan: notPlugged('plan'),
  wave: notPlugged('wave'),
  chains: notPlugged('chains'),
}

/** Inside a command: whoever asks waits, and nobody else does. */
export const directDesk = (worlds: Worlds, answers: RiskAnswers = ANSWERS): RiskDesk => ({
  ask: async (question, about) => answer(answers, worlds, question, about),
})
