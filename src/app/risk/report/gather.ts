import { UsageError } from '../../../core/errors.ts'
import type { RiskDesk } from '../../../core/ports.ts'
import type { GroupAnswer, RiskOverview, SideBySide } from '../../../core/risk/answers.ts'
import type { RiskQuestion, RiskQuestions } from '../../../core/risk/questions.ts'

/** An answer, or why this market cannot be asked that: one group only, no pools. */
export type Told<T> = { readonly answer: T } | { readonly refused: string }

type Answer<Q extends RiskQuestion> = RiskQuestions[Q][1]

/** Everything the report says about one market. */
export interface MarketRisk {
  readonly overview: RiskOverview
  readonly wave: Told<Answer<'wave'>>
  readonly phase: Told<Answer<'phase'>>
  readonly fall: Told<Answer<'ladder'>>
  readonly rise: Told<Answer<'ladder'>>
  readonly absorption: Told<Answer<'absorption'>>
  readonly grid: Told<Answer<'grid'>>
  readonly cascade: Told<Answer<'cascade'>>
  readonly joint: Told<Answer<'joint'>>
  readonly cohorts: Told<Answer<'cohorts'>>
  readonly compare: Told<Answer<'compare'>>
}

export interface RiskReport {
  readonly markets: readonly MarketRisk[]
  readonly chains: SideBySide
}

/** The fall of the group that one cascade and the comparison are shown for. */
export const SHOWN_FALL_PCT = 15
export const SHOWN_KAPPA = 0.5
/** Accounts named under a ladder and in a cascade. */
const NAMED = 15

/** One question at a time: a desk has one thread. A market that nobody can measure is left out, and named among the `missing` of `chains`. */
export async function gatherRisk(desk: RiskDesk, names: readonly string[], signal: AbortSignal): Promise<RiskReport> {
  const chains = await desk.ask('chains', {})
  const markets: MarketRisk[] = []
  let refused: UsageError | undefined
  for (const name of names) {
    signal.throwIfAborted()
    try {
      markets.push(await gatherMarket(desk, name, signal))
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      refused ??= error
    }
  }
  if (refused && markets.length === 0) throw refused
  return { markets, chains }
}

async function gatherMarket(desk: RiskDesk, market: string, signal: AbortSignal): Promise<MarketRisk> {
  const overview = await desk.ask('overview', { market })
  const ask = async <Q extends RiskQuestion>(question: Q, about: RiskQuestions[Q][0]): Promise<Told<Answer<Q>>> => {
    signal.throwIfAborted()
    return told(() => desk.ask(question, about))
  }
  const shocks = [`${shockable(overview.group)}=-${SHOWN_FALL_PCT}%`]
  return {
    overview,
    wave: await ask('wave', { market }),
    phase: await ask('phase', { market }),
    fall: await ask('ladder', { market, side: 'fall', accounts: NAMED }),
    rise: await ask('ladder', { market, side: 'rise', accounts: NAMED }),
    absorption: await ask('absorption', { market }),
    grid: await ask('grid', { market }),
    cascade: await ask('cascade', { market, shocks, kappa: SHOWN_KAPPA, top: NAMED }),
    joint: await ask('joint', { market, groups: undefined }),
    cohorts: await ask('cohorts', { market }),
    compare: await ask('compare', { market, shocks }),
  }
}

/** By address: a symbol may be anybody's. */
const shockable = ({ symbol, assets, root }: GroupAnswer): string =>
  (assets.find((one) => one.symbol === symbol) ?? assets[0])?.asset ?? root

/** What makes no sense for this market is said in its place; anything else is a surprise. */
async function told<T>(ask: () => Promise<T>): Promise<Told<T>> {
  try {
    return { answer: await ask() }
  } catch (error) {
    if (error instanceof UsageError) return { refused: `${error.what}: ${error.why}` }
    throw error
  }
}
