import { expect } from 'chai'
import fc from 'fast-check'
import { openStore } from '../../../src/adapters/store/sqlite.ts'
import { Journal } from '../../../src/app/journal.ts'
import { localTime } from '../../../src/app/people/clock.ts'
import { Days } from '../../../src/app/people/days.ts'
import { tellSummaries } from '../../../src/app/people/summary.ts'
import type { JournalKind } from '../../../src/core/journal.ts'
import type { Store } from '../../../src/core/ports.ts'

const BERLIN = 'Europe/Berlin'
const BOB = '0x00000000000000000000000000000000000000b0'
/** 2026-11-26 00:00 in Berlin. */
const MIDNIGHT = Date.UTC(2026, 10, 25, 23) / 1000
const HOUR = 3600
const DAY = 24 * HOUR

interface Desk {
  at(nowS: number): void
  add(kind: JournalKind, data?: Record<string, unknown>, market?: string): void
  tick(): void
  restart(): void
  told(): unknown[]
  readonly days: Days
}

function open({ at = '8:00' as '8:00' | 'never', store = openStore(':memory:') as Store } = {}): Desk {
  let nowS = MIDNIGHT
  const alerts = () => ({ timezone: BERLIN, summaryAtMinute: at === 'never' ? undefined : 480 })
  const begin = () => {
    const journal = new Journal(store, (error) => {
      throw error
    })
    const days = new Days({ store, today: () => localTime(BERLIN, nowS).day, markets: ['m', 'n'] })
    journal.subscribe(days.sink)
    return { journal, days }
  }
  let life = begin()
  return {
    at: (now) => {
      nowS = now
    },
    add: (kind, data = {}, market = 'm') =>
      void life.journal.add({ chainId: 1, market, block: '5', kind, data: { borrower: BOB, ...data } }),
    tick: () =>
      tellSummaries({ alerts, store, ...life, placeOf: () => ({ chainId: 1, block: '9' }), nowS: () => nowS }),
    restart: () => {
      life = begin()
    },
    told: () =>
      store
        .journal({ after: 0, kind: 'summary', limit: 100 })
        .map(({ market, data }) => `${data['day']} ${market} ${data['liquidations']}`),
    get days() {
      return life.days
    },
  }
}

const confirmed = (hash: string, profitUsd8: string) => ({ hash, profitUsd8, feeWei: '10' })

describe('localTime', () => {
  const table: readonly [string, string, string, number][] = [
    ['UTC', '2026-11-26T00:00:00Z', '2026-11-26', 0],
    [BERLIN, '2026-11-25T22:59:59Z', '2026-11-25', 23 * 60 + 59],
    [BERLIN, '2026-11-25T23:00:00Z', '2026-11-26', 0],
    ['America/Los_Angeles', '2026-11-26T07:59:00Z', '2026-11-25', 23 * 60 + 59],
    ['Asia/Kolkata', '2026-11-26T18:30:00Z', '2026-11-27', 0],
    // The night of 25 October 2026 has the hour from 2 to 3 twice, that of 29 March has none.
    [BERLIN, '2026-10-25T00:30:00Z', '2026-10-25', 150],
    [BERLIN, '2026-10-25T01:30:00Z', '2026-10-25', 150],
    [BERLIN, '2026-03-29T01:00:00Z', '2026-03-29', 180],
  ]
  for (const [zone, at, day, minute] of table)
    it(`${at} in ${zone}`, () => expect(localTime(zone, Date.parse(at) / 1000)).to.deep.equal({ day, minute }))
})

describe('days', () => {
  it('count what came of transactions, and refusals by reason, market by market', () => {
    const desk = open()
    desk.add('confirmed', confirmed('0x1', '500'))
    desk.add('confirmed', confirmed('0x2', '70'))
    desk.add('confirmed', confirmed('0x3', '1'), 'n')
    desk.add('lost', { hash: '0x4', profitUsd8: '0', feeWei: '7' })
    for (const reason of ['no-route', 'unprofitable', 'unprofitable']) desk.add('refusal', { reason })
    expect(desk.days.figures('2026-11-26')).to.deep.equal([
      {
        day: '2026-11-26',
        market: 'm',
        liquidations: 2,
        lost: 1,
        profitUsd8: '570',
        feeWei: '27',
        refused: { unprofitable: 2, 'no-route': 1 },
      },
      { day: '2026-11-26', market: 'n', liquidations: 1, lost: 0, profitUsd8: '1', feeWei: '10', refused: {} },
    ])
    expect(desk.days.figures('2026-11-25')).to.deep.equal([])
  })

  it('take back what a reorganisation took back, on the day it did', () => {
    const desk = open()
    desk.add('confirmed', confirmed('0x1', '500'))
    desk.add('confirmed', confirmed('0x2', '70'))
    desk.at(MIDNIGHT + DAY)
    desk.add('reorged', { hash: '0x1' })
    desk.add('confirmed', confirmed('0x1', '400'))
    const [first] = desk.days.figures('2026-11-26')
    const [second] = desk.days.figures('2026-11-27')
    expect([first?.liquidations, first?.profitUsd8]).to.deep.equal([2, '570'])
    expect([second?.liquidations, second?.profitUsd8, second?.feeWei]).to.deep.equal([0, '-100', '0'])
  })

  it('put every entry into exactly one day, whatever the restarts and the gaps', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 40 * HOUR }), fc.boolean(), fc.boolean()), { maxLength: 40 }),
        (steps) => {
          const desk = open()
          const expected = new Map<string, number>()
          let nowS = MIDNIGHT
          for (const [wait, restart, says] of steps) {
            nowS += wait
            desk.at(nowS)
            if (restart) desk.restart()
            if (!says) continue
            desk.add('confirmed', confirmed(`0x${nowS}`, '1'))
            const { day } = localTime(BERLIN, nowS)
            expected.set(day, (expected.get(day) ?? 0) + 1)
          }
          for (const day of desk.days.days)
            expect(desk.days.figures(day)[0]?.liquidations, day).to.equal(expected.get(day) ?? 0)
          for (const day of expected.keys()) expect(desk.days.days).to.include(day)
        },
      ),
    ))

  it('do not end when the clock goes back', () => {
    const desk = open()
    desk.at(MIDNIGHT + DAY)
    desk.add('confirmed', confirmed('0x1', '1'))
    desk.at(MIDNIGHT)
    desk.add('confirmed', confirmed('0x2', '1'))
    expect(desk.days.days).to.deep.equal(['2026-11-27', '2026-11-26'])
    expect(desk.days.figures('2026-11-27')[0]?.liquidations).to.equal(2)
  })
})

describe('the daily summary', () => {
  it('tells of the day before, at its time, once, a row a market', () => {
    const desk = open()
    desk.tick()
    desk.add('confirmed', confirmed('0x1', '1'))
    desk.at(MIDNIGHT + DAY + 8 * HOUR - 1)
    desk.tick()
    expect(desk.told()).to.deep.equal([])
    desk.at(MIDNIGHT + DAY + 8 * HOUR)
    desk.tick()
    desk.tick()
    desk.restart()
    desk.tick()
    expect(desk.told()).to.deep.equal(['2026-11-26 m 1', '2026-11-26 n 0'])
  })

  it('of a day missed while the program was down comes at the start', () => {
    const desk = open()
    desk.tick()
    desk.at(MIDNIGHT + 3 * DAY + HOUR)
    desk.restart()
    desk.tick()
    expect(desk.told()).to.deep.equal(['2026-11-26 m 0', '2026-11-26 n 0'])
    desk.at(MIDNIGHT + 3 * DAY + 9 * HOUR)
    desk.tick()
    expect(desk.told(), 'nothing ran on the days between').to.have.length(2)
  })

  it('comes exactly once a day that ran, however often it is looked at and started anew', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 30 * HOUR }), fc.boolean()), { maxLength: 30 }),
        (steps) => {
          const desk = open()
          desk.tick()
          const ran = new Set(['2026-11-26'])
          let nowS = MIDNIGHT
          for (const [wait, restart] of steps) {
            nowS += wait
            desk.at(nowS)
            if (restart) desk.restart()
            desk.tick()
            ran.add(localTime(BERLIN, nowS).day)
          }
          desk.at(nowS + 2 * DAY)
          desk.tick()
          expect(desk.told()).to.deep.equal([...ran].sort().flatMap((day) => [`${day} m 0`, `${day} n 0`]))
        },
      ),
    ))

  it('is not sent where none is wanted, and does not begin with the past once it is', () => {
    const store = openStore(':memory:')
    const silent = open({ at: 'never', store })
    for (let day = 0; day < 5; day++) {
      silent.at(MIDNIGHT + day * DAY + 12 * HOUR)
      silent.tick()
    }
    const desk = open({ store })
    desk.at(MIDNIGHT + 4 * DAY + 13 * HOUR)
    desk.tick()
    expect(desk.told()).to.deep.equal([])
    desk.at(MIDNIGHT + 5 * DAY + 9 * HOUR)
    desk.tick()
    expect(desk.told()).to.deep.equal(['2026-11-30 m 0', '2026-11-30 n 0'])
  })

  it('is told again when it could not be written down', () => {
    const store = openStore(':memory:')
    let full = true
    const desk = open({
      store: Object.assign(Object.create(store) as Store, {
        atomically: <T>(work: () => T): T =>
          store.atomically(() => {
            const done = work()
            if (full) throw new Error('disk full')
            return done
          }),
        appendJournal: store.appendJournal.bind(store),
        setValue: store.setValue.bind(store),
        value: store.value.bind(store),
        journal: store.journal.bind(store),
        journalBack: store.journalBack.bind(store),
        lastSeq: store.lastSeq.bind(store),
      }),
    })
    desk.tick()
    desk.at(MIDNIGHT + DAY + 9 * HOUR)
    expect(() => desk.tick()).to.throw('disk full')
    expect(desk.told()).to.deep.equal([])
    full = false
    desk.tick()
    expect(desk.told()).to.have.length(2)
  })
})
