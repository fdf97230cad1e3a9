import type { Logger } from 'pino'
import type { RiskHouse } from '../../adapters/telegram/house.ts'
import type { RiskDesk, Store } from '../../core/ports.ts'
import type { RiskOverview } from '../../core/risk/answers.ts'
import type { Journal } from '../journal.ts'
import type { InForce } from '../live.ts'
import { nowAndThen } from '../now-and-then.ts'
import { type Briefs, createBriefs } from './brief.ts'
import { createRiskWarnings } from './risk-warnings.ts'

export interface MarketNewsOptions {
  readonly live: InForce
  readonly store: Store
  readonly journal: Journal
  readonly risk: RiskDesk & { onOverview(listener: (market: string, overview: RiskOverview) => void): unknown }
  /** Unix seconds. */
  readonly nowS: () => number
  readonly log: Pick<Logger, 'error'>
}

export interface MarketNews {
  readonly briefs: Briefs
  /** For those who ask in a chat. */
  readonly house: RiskHouse
}

/** What people hear of markets as a whole: warnings with every overview, a brief a day, answers in chats. */
export function openMarketNews({ live, store, journal, risk, nowS, log }: MarketNewsOptions): MarketNews {
  const warnings = createRiskWarnings({ store, journal, settings: () => live.config.risk.warnings })
  risk.onOverview((_, overview) => warnings.look(overview.chainId, overview))
  // A desk that is not ready yet is asked again at every look.
  const complain = nowAndThen((problem) => log.error(problem))
  const briefs = createBriefs({
    desk: risk,
    store,
    journal,
    markets: () => live.config.markets.map(({ name }) => name),
    settings: () => ({ timezone: live.config.alerts.timezone, atMinute: live.config.risk.briefAtMinute }),
    nowS,
    onProblem: (market, error) =>
      complain(`the brief of ${market}: ${error instanceof Error ? error.message : String(error)}`),
  })
  return { briefs, house: { desk: risk, brief: (market) => briefs.now(market) } }
}
