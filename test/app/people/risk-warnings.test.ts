import { expect } from 'chai'
import { overview, stormy } from '../../../scripts/alerts/market-fixtures.ts'
import { openStore } from '../../../src/adapters/store/sqlite.ts'
import { Journal } from '../../../src/app/journal.ts'
import { createRiskWarnings } from '../../../src/app/people/risk-warnings.ts'
import type { JournalEntry } from '../../../src/core/journal.ts'
import type { RiskOverview } from '../../../src/core/risk/answers.ts'
import { WARNING_TYPES, warningSettings } from '../../../src/core/risk/warning-thresholds.ts'
import { temporaryFolder } from '../../support/temporary.ts'

function stage(path = ':memory:') {
  const store = openStore(path)
  const heard: JournalEntry[] = []
  const control = { full: false, settings: warningSettings() }
  const journal = new Journal(store, (error) => {
    throw error
  })
  journal.subscribe((entry) => heard.push(entry))
  const warnings = createRiskWarnings({
    store: {
      latches: () => store.latches(),
      saveLatch: (latch) => store.saveLatch(latch),
      atomically: (work) =>
        store.atomically(() => {
          const done = work()
          if (control.full) throw new Error('disk full')
          return done
        }),
    },
    journal,
    settings: () => control.settings,
  })
  return {
    control,
    store,
    heard,
    look: (seen: RiskOverview) => warnings.look(7, seen),
    told: () =>
      store
        .journal({ after: 0, kind: 'risk', limit: 100 })
        .map(({ market, data }) => `${market} ${data['type']} ${data['state']}`),
  }
}
const later = (seen: RiskOverview, waitS = 7_200): RiskOverview => ({
  ...seen,
  block: { ...seen.block, timestamp: seen.block.timestamp + waitS },
})

describe('app/people: warnings about markets', () => {
  it('are journaled at the block of the overview, once', () => {
    const { look, told, heard } = stage()
    look(stormy())
    look(stormy())
    expect(told()).to.deep.equal(WARNING_TYPES.map((type) => `aave-v3-ethereum ${type} on`))
    const { block } = overview()
    for (const entry of heard) expect(entry).to.include({ kind: 'risk', chainId: 7, block: block.number })
  })

  it('go on after a restart: nothing is told again, and what is over is told', () => {
    const path = `${temporaryFolder('risk-warnings')}/plimsoll.db`
    const first = stage(path)
    first.look(stormy())
    first.store.close()
    const second = stage(path)
    second.look(stormy())
    expect(second.heard).to.deep.equal([])
    second.look(later(overview()))
    second.look(later(later(overview())))
    expect(new Set(second.heard.map(({ data }) => data['state']))).to.deep.equal(new Set(['off']))
    expect(second.heard.map(({ data }) => data['type'])).to.have.members([...WARNING_TYPES])
    expect(second.store.latches().map(({ subject }) => subject)).to.deep.equal([
      `|aave-v3-ethereum|phase:${overview().group.root}`,
    ])
    second.store.close()
  })

  it('what could not be written was not told, and is told by the next look', () => {
    const { look, told, heard, control, store } = stage()
    control.full = true
    expect(() => look(stormy())).to.throw('disk full')
    expect([told(), heard, store.latches()]).to.deep.equal([[], [], []])
    control.full = false
    look(stormy())
    expect(heard).to.have.length(WARNING_TYPES.length)
  })

  it('markets know nothing of one another', () => {
    const { look, told } = stage()
    look(stormy())
    look(stormy({ market: 'spark' }))
    look(later(overview({ market: 'spark' }), 10))
    expect(told().filter((line) => line.endsWith('off'))).to.deep.equal(
      WARNING_TYPES.filter((type) => type !== 'cliff').map((type) => `spark ${type} off`),
    )
  })

  it('thresholds of a reload hold from the next look on', () => {
    const { look, told, control } = stage()
    const lent = overview({ reserves: stormy().reserves.slice(0, 1) })
    look(lent)
    expect(told()).to.deep.equal([])
    control.settings = warningSettings({ utilisation: 0.9 })
    look(lent)
    expect(told()).to.deep.equal(['aave-v3-ethereum utilisation on'])
  })

  it('a quiet look writes nothing', () => {
    const { look, store } = stage()
    look(overview())
    const before = store.latches()
    look(later(overview()))
    expect(store.latches()).to.deep.equal(before)
  })

  it('latches of alert rules and of others are left alone', () => {
    const { look, store } = stage()
    const own = { rule: 'positions', subject: 'aave-v3-ethereum', body: '{}' }
    store.saveLatch(own)
    look(stormy())
    expect(store.latches()).to.deep.include(own)
  })
})
