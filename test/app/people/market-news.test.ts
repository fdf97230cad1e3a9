import { expect } from 'chai'
import { ladder, overview, stormy } from '../../../scripts/alerts/market-fixtures.ts'
import { openStore } from '../../../src/adapters/store/sqlite.ts'
import { Journal } from '../../../src/app/journal.ts'
import { openMarketNews } from '../../../src/app/people/market-news.ts'
import type { RiskOverview } from '../../../src/core/risk/answers.ts'
import type { RiskQuestion, RiskQuestions } from '../../../src/core/risk/questions.ts'
import { WARNING_TYPES } from '../../../src/core/risk/warning-thresholds.ts'
import { load, minimal } from '../../config/support.ts'

const EIGHT = Date.parse('2026-11-26T08:00:00Z') / 1000

function stage() {
  const store = openStore(':memory:')
  const journal = new Journal(store, (error) => {
    throw error
  })
  const config = { ...load(minimal()).config }
  const live = { config: { ...config, risk: { ...config.risk, briefAtMinute: 480 } } }
  const logged: string[] = []
  const clock = { nowS: EIGHT - 60, isReady: true }
  let listener: ((market: string, overview: RiskOverview) => void) | undefined
  const market = config.markets[0]!.name
  const news = openMarketNews({
    live,
    store,
    journal,
    risk: {
      onOverview: (own) => {
        listener = own
      },
      async ask<Q extends RiskQuestion>(question: Q) {
        if (!clock.isReady) throw new Error('not ready')
        return (question === 'overview' ? overview({ market }) : ladder({ market })) as RiskQuestions[Q][1]
      },
    },
    nowS: () => clock.nowS,
    log: { error: (text: unknown) => void logged.push(String(text)) },
  })
  const kinds = () => store.journal({ after: 0, limit: 100 }).map(({ kind }) => kind)
  return { news, live, clock, logged, kinds, market, hear: (seen: RiskOverview) => listener?.(market, seen) }
}

describe('app/people: what is heard of markets', () => {
  it('each overview is looked at for warnings, by the thresholds in force', () => {
    const { hear, kinds } = stage()
    hear(stormy())
    expect(kinds()).to.deep.equal(WARNING_TYPES.map(() => 'risk'))
  })

  it('the brief comes at its time, and by hand at any', async () => {
    const { news, clock, kinds, market } = stage()
    await news.briefs.look()
    expect((await news.house.brief(market)).data).to.include({ day: '2026-11-26' })
    expect(kinds()).to.deep.equal([])
    clock.nowS = EIGHT
    await news.briefs.look()
    expect(kinds()).to.deep.equal(['brief'])
  })

  it('a desk that is not ready is complained of once, however often it is asked', async () => {
    const { news, clock, logged, market, kinds } = stage()
    await news.briefs.look()
    clock.nowS = EIGHT
    clock.isReady = false
    for (let n = 0; n < 5; n++) await news.briefs.look()
    expect(logged).to.deep.equal([`the brief of ${market}: not ready`])
    clock.isReady = true
    await news.briefs.look()
    expect(kinds()).to.deep.equal(['brief'])
  })
})
