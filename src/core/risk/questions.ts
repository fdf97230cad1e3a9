import type {
  AbsorptionAnswer,
  CohortsAnswer,
  LadderAnswer,
  PhaseAnswer,
  RiskOverview,
  SideBySide,
  WaveAnswer,
} from './answers.ts'
import type { CascadeAnswer, CascadeGrid, CompareAnswer, JointAnswer, PlanAnswer } from './move-answers.ts'

/** Everything that can be asked about the wave: by command, HTTP, report, alerts and brief alike. `group`: a symbol or a feed; undefined: the heaviest. */
export interface RiskQuestions {
  readonly overview: readonly [{ readonly market: string }, RiskOverview]
  readonly ladder: readonly [
    {
      readonly market: string
      readonly group?: string | undefined
      readonly side: 'fall' | 'rise'
      readonly accounts: number
    },
    LadderAnswer,
  ]
  readonly absorption: readonly [{ readonly market: string; readonly group?: string | undefined }, AbsorptionAnswer]
  readonly cascade: readonly [
    { readonly market: string; readonly shocks: readonly string[]; readonly kappa: number; readonly top: number },
    CascadeAnswer,
  ]
  readonly grid: readonly [{ readonly market: string; readonly group?: string | undefined }, CascadeGrid]
  readonly joint: readonly [
    { readonly market: string; readonly groups: readonly [string, string] | undefined },
    JointAnswer,
  ]
  readonly cohorts: readonly [{ readonly market: string }, CohortsAnswer]
  readonly phase: readonly [{ readonly market: string; readonly group?: string | undefined }, PhaseAnswer]
  readonly compare: readonly [{ readonly market: string; readonly shocks: readonly string[] }, CompareAnswer]
  readonly plan: readonly [
    {
      readonly market: string
      readonly address: string
      readonly stop?: string | undefined
      readonly target?: string | undefined
    },
    PlanAnswer,
  ]
  readonly wave: readonly [{ readonly market: string; readonly group?: string | undefined }, WaveAnswer]
  readonly chains: readonly [Readonly<Record<never, never>>, SideBySide]
}

export type RiskQuestion = keyof RiskQuestions
