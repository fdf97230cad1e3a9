import { expect } from 'chai'
import fc from 'fast-check'
import { ladder, overview } from '../../../scripts/alerts/market-fixtures.ts'
import { openStore } from '../../../src/adapters/store/sqlite.ts'
import { Journal } from '../../../src/app/journal.ts'
import { type Briefs, createBriefs } from '../../../src/app/people/brief.ts'
import { UnreachableError } from '../../../src/core/errors.ts'
import type { RiskDesk, Store } from '../../../src/core/ports.ts'
import type { RiskQuestion, RiskQuestions } from '../../../src/core/risk/questions.ts'

const BERLIN = 'Europe/Berlin'
const HOUR = 3_600
const DAY = 24 * HOUR
/** Of 2026-11-26 in Berlin. */
const MIDNIGHT = Date.parse('2026-11-25T23:00:00Z') / 1000
const EIGHT = 480

/** Answers as told; the debt is the hour of the day. */
function stage({ store = openStore(':memory:'), isWanted = true, markets = ['m', 'n'] } = {}) {
  let nowS = MIDNIGHT
  const failing = new Set<string>()
  const problems: string[] = []
  const asked: string[] = []
  const desk: RiskDesk = {
    async ask<Q extends RiskQuestion>(question: Q, about: RiskQuestions[Q][0]) {
      const market = 'market' in about ? about.market : ''
      asked.push(`${question} ${market}`)
      const what = `${question} ${market}`
      if (failing.has(what)) throw new UnreachableError({ code: 'X', what, why: 'it starts', fix: 'wait' })
      const block = { ...overview().block, timestamp: nowS }
      const answer =
        question === 'overview' ? overview({ market, block, debtUsd: nowS - MIDNIGHT }) : ladder({ market })
      return answer as RiskQuestions[Q][1]
    },
  }
  const begin = (): Briefs =>
    createBriefs({
      desk,
      store,
      journal: new Journal(store, (error) => {
        throw error
      }),
      markets: () => markets,
      settings: () => ({ timezone: BERLIN, atMinute: isWanted ? EIGHT : undefined }),
      nowS: () => nowS,
      onProblem: (market, error) => void problems.push(`${market}: ${error instanceof Error ? error.message : error}`),
    })
  let briefs = begin()
  return {
    failing,
    problems,
    asked,
    look: () => briefs.look(),
    now: (market: string) => briefs.now(market),
    restart: () => {
      briefs = begin()
    },
    async at(hours: number): Promise<void> {
      nowS = MIDNIGHT + hours * HOUR
      await briefs.look()
    },
    told: (): string[] =>
      store.journal({ after: 0, kind: 'brief', limit: 1_000 }).map(({ market, data }) => `${data['day']} ${market}`),
    last: () => store.journal({ after: 0, kind: 'brief', limit: 1_000 }).at(-1)?.data as Record<string, unknown>,
  }
}

describe('the daily brief', () => {
  it('comes once a day, from its time on, of every market', async () => {
    const desk = stage()
    await desk.at(1)
    await desk.at(7.99)
    expect(desk.told()).to.deep.equal([])
    await desk.at(8)
    await desk.at(8.01)
    await desk.at(23.9)
    expect(desk.told()).to.deep.equal(['2026-11-26 m', '2026-11-26 n'])
    await desk.at(24 + 7.9)
    expect(desk.told()).to.have.length(2)
    await desk.at(24 + 9)
    expect(desk.told().slice(2)).to.deep.equal(['2026-11-27 m', '2026-11-27 n'])
  })

  it('is compared with the one before, also after a restart', async () => {
    const desk = stage({ markets: ['m'] })
    await desk.at(1)
    await desk.at(8)
    expect(desk.last()['before']).to.equal(null)
    desk.restart()
    await desk.at(32)
    expect(desk.last()).to.have.nested.property('before.debtUsd', 8 * HOUR)
    expect(desk.last()).to.have.nested.property('now.debtUsd', 32 * HOUR)
  })

  it('who begins in the afternoon gets the first the next morning', async () => {
    const desk = stage({ markets: ['m'] })
    await desk.at(15)
    await desk.at(23)
    expect(desk.told()).to.deep.equal([])
    await desk.at(33)
    expect(desk.told()).to.deep.equal(['2026-11-27 m'])
  })

  it('a morning missed is made up for later that day; days without are not told of', async () => {
    const desk = stage({ markets: ['m'] })
    await desk.at(1)
    await desk.at(8)
    desk.restart()
    await desk.at(3 * 24 + 20)
    expect(desk.told()).to.deep.equal(['2026-11-26 m', '2026-11-29 m'])
    expect(desk.last()).to.have.nested.property('before.debtUsd', 8 * HOUR)
  })

  it('is tried again when the desk is not ready, and holds up no other market', async () => {
    const desk = stage()
    await desk.at(1)
    desk.failing.add('overview m')
    await desk.at(8)
    expect(desk.told()).to.deep.equal(['2026-11-26 n'])
    expect(desk.problems).to.have.length(1)
    desk.failing.clear()
    await desk.at(9)
    expect(desk.told()).to.deep.equal(['2026-11-26 n', '2026-11-26 m'])
  })

  it('comes without its ladder when that fails, and says so', async () => {
    const desk = stage({ markets: ['m'] })
    await desk.at(1)
    desk.failing.add('ladder m')
    await desk.at(8)
    expect(desk.last()['lacks']).to.include('ladder')
    expect(desk.problems).to.have.length(1)
  })

  it('nobody wants one: nobody is asked', async () => {
    const desk = stage({ isWanted: false })
    for (const hour of [1, 9, 33]) await desk.at(hour)
    expect([desk.told(), desk.asked]).to.deep.equal([[], []])
  })

  it('two looks at once tell once', async () => {
    const desk = stage()
    await desk.at(1)
    await Promise.all([desk.at(8), desk.look(), desk.look()])
    expect(desk.told()).to.have.length(2)
  })

  it('on demand changes nothing that is kept', async () => {
    const desk = stage({ markets: ['m'] })
    await desk.at(1)
    await desk.at(8)
    await desk.at(15)
    const entry = await desk.now('m')
    expect(entry).to.include({ kind: 'brief', market: 'm', chainId: 1 })
    expect(entry.data).to.have.nested.property('before.debtUsd', 8 * HOUR)
    expect(desk.told()).to.have.length(1)
    await desk.at(32)
    expect(desk.last()).to.have.nested.property('before.debtUsd', 8 * HOUR)
  })

  it('is told again when it could not be written down', async () => {
    const real = openStore(':memory:')
    let full = true
    const store: Store = Object.assign(Object.create(real) as Store, {
      atomically: <T>(work: () => T): T =>
        real.atomically(() => {
          const done = work()
          if (full) throw new Error('disk full')
          return done
        }),
      appendJournal: real.appendJournal.bind(real),
      setValue: real.setValue.bind(real),
      value: real.value.bind(real),
      journal: real.journal.bind(real),
    })
    const desk = stage({ store, markets: ['m'] })
    await desk.at(1)
    await desk.at(8)
    expect(desk.told()).to.deep.equal([])
    expect(desk.problems).to.deep.equal(['m: disk full'])
    full = false
    await desk.at(8.1)
    expect(desk.told()).to.deep.equal(['2026-11-26 m'])
  })

  it('comes at most once a day and on every day that was looked at late enough, whatever the restarts', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 30 * HOUR }), fc.boolean()), { maxLength: 20 }),
        async (steps) => {
          const desk = stage({ markets: ['m'] })
          await desk.at(0)
          const expected = new Set<string>()
          let atS = 0
          for (const [waitS, restarts] of steps) {
            atS += waitS
            if (restarts) desk.restart()
            await desk.at(atS / HOUR)
            const inDay = atS % DAY
            if (inDay >= 8 * HOUR) expected.add(new Date((MIDNIGHT + atS + HOUR) * 1000).toISOString().slice(0, 10))
          }
          expect(desk.told()).to.deep.equal([...expected].map((day) => `${day} m`))
        },
      ),
      { numRuns: 50 },
    ))
})
