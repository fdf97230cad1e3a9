import { gatherRisk } from '../../../../src/app/risk/report/gather.ts'
import { renderRiskReport } from '../../../../src/app/risk/report/render.ts'
import type { RiskDesk } from '../../../../src/core/ports.ts'
import type { LadderAnswer, WaveAnswer } from '../../../../src/core/risk/answers.ts'
import type { RiskQuestion, RiskQuestions } from '../../../../src/core/risk/questions.ts'
import { MARKET } from '../example-parts.ts'
import { EXAMPLES } from '../examples.ts'

export type Answers = { readonly [Q in RiskQuestion]: RiskQuestions[Q][1] }

/** Of one market; a question may be answered by a function, which may throw. */
export function deskOf(
  answers: Answers = EXAMPLES,
  special: { readonly [Q in RiskQuestion]?: (about: RiskQuestions[Q][0]) => RiskQuestions[Q][1] } = {},
): RiskDesk {
  const chains = { ...answers.chains, markets: answers.chains.markets.slice(0, 1) }
  return {
    async ask(question, about) {
      const own = special[question]
      if (own !== undefined) return own(about)
      if (question === 'chains') return { ...answers, chains }[question]
      return answers[question]
    },
  }
}

const rising = (ladder: LadderAnswer): LadderAnswer => ({
  ...ladder,
  side: 'rise',
  rungs: ladder.rungs.slice(0, 6),
  accounts: [],
})

/** With a ladder of its own for each side. */
export const twoSided = (answers: Answers): RiskDesk =>
  deskOf(answers, { ladder: ({ side }) => (side === 'fall' ? answers.ladder : rising(answers.ladder)) })

export async function pageOf(desk: RiskDesk, markets: readonly string[] = [MARKET]): Promise<string> {
  return renderRiskReport(await gatherRisk(desk, markets, new AbortController().signal))
}

export const calmed = (wave: WaveAnswer): WaveAnswer => ({
  ...wave,
  phases: [],
  caught: [],
  multiplier: null,
  insurance: { ...wave.insurance, deficitUsd: 0 },
})
