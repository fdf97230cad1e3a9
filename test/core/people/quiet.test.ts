import { expect } from 'chai'
import fc from 'fast-check'
import { isQuiet, minuteOfDay, quietEndS } from '../../../src/core/people/quiet.ts'

const at = (iso: string): number => Date.parse(iso) / 1_000
const hours = (from: string, to: string) => ({ fromMinute: minutes(from), toMinute: minutes(to) })
const minutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))

describe('core/people/quiet', () => {
  for (const [zone, iso, wall] of [
    ['UTC', '2026-11-26T00:00:00Z', '00:00'],
    ['UTC', '2026-11-26T23:59:59Z', '23:59'],
    ['Europe/Berlin', '2026-11-26T23:30:00Z', '00:30'],
    ['Europe/Berlin', '2026-07-26T22:30:00Z', '00:30'],
    ['Asia/Kolkata', '2026-11-26T00:00:00Z', '05:30'],
    ['Asia/Kathmandu', '2026-11-26T00:00:00Z', '05:45'],
    ['America/New_York', '2026-11-26T03:00:00Z', '22:00'],
    ['Pacific/Kiritimati', '2026-11-26T12:00:00Z', '02:00'],
  ] as const)
    it(`${iso} is ${wall} in ${zone}`, () => expect(minuteOfDay(zone, at(iso))).to.equal(minutes(wall)))

  for (const [what, zone, [from, to], now, end] of [
    ['within', 'UTC', ['01:00', '07:00'], '2026-11-26T03:12:34Z', '2026-11-26T07:00:00Z'],
    ['outside', 'UTC', ['01:00', '07:00'], '2026-11-26T07:00:00Z', '2026-11-26T07:00:00Z'],
    ['just before', 'UTC', ['01:00', '07:00'], '2026-11-26T00:59:59Z', '2026-11-26T00:59:59Z'],
    ['at the beginning', 'UTC', ['01:00', '07:00'], '2026-11-26T01:00:00Z', '2026-11-26T07:00:00Z'],
    ['past midnight, before it', 'UTC', ['22:00', '07:00'], '2026-11-26T23:59:59Z', '2026-11-27T07:00:00Z'],
    ['past midnight, after it', 'UTC', ['22:00', '07:00'], '2026-11-26T00:00:00Z', '2026-11-26T07:00:00Z'],
    ['never', 'UTC', ['07:00', '07:00'], '2026-11-26T07:00:00Z', '2026-11-26T07:00:00Z'],
    ['in winter', 'Europe/Berlin', ['22:00', '07:00'], '2026-11-26T21:00:00Z', '2026-11-27T06:00:00Z'],
    ['in summer', 'Europe/Berlin', ['22:00', '07:00'], '2026-07-26T20:00:00Z', '2026-07-27T05:00:00Z'],
    ['the clock is put forward', 'Europe/Berlin', ['22:00', '07:00'], '2026-03-28T21:00:00Z', '2026-03-29T05:00:00Z'],
    ['the end is left out', 'Europe/Berlin', ['22:00', '02:30'], '2026-03-28T21:00:00Z', '2026-03-29T01:00:00Z'],
    ['the clock is put back', 'Europe/Berlin', ['22:00', '07:00'], '2026-10-24T20:00:00Z', '2026-10-25T06:00:00Z'],
    ['the end comes twice', 'Europe/Berlin', ['22:00', '02:30'], '2026-10-24T20:00:00Z', '2026-10-25T00:30:00Z'],
    ['half an hour forward', 'Australia/Lord_Howe', ['22:00', '07:00'], '2026-10-03T12:00:00Z', '2026-10-03T20:00:00Z'],
  ] as const)
    it(`ends when it ends: ${what}`, () =>
      expect(new Date(quietEndS(hours(from, to), zone, at(now)) * 1_000).toISOString()).to.equal(
        end.replace('Z', '.000Z'),
      ))

  it('the end is the first minute that is not quiet, in every zone and on every day', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Santiago', 'Asia/Tehran']
    const minute = fc.integer({ min: 0, max: 1_439 })
    const run = fc.property(
      fc.constantFrom(...zones),
      minute,
      minute,
      fc.integer({ min: at('2025-01-01T00:00:00Z'), max: at('2028-01-01T00:00:00Z') }),
      (zone, fromMinute, toMinute, nowS) => {
        const quiet = { fromMinute, toMinute }
        const endS = quietEndS(quiet, zone, nowS)
        expect(endS).to.be.at.least(nowS)
        expect(isQuiet(quiet, zone, endS)).to.equal(false)
        if (endS > nowS) expect(isQuiet(quiet, zone, endS - 60)).to.equal(true)
        expect(isQuiet(quiet, zone, nowS)).to.equal(endS > nowS)
        expect(endS - nowS).to.be.at.most(25 * 3_600)
      },
    )
    fc.assert(run, { numRuns: 400 })
  })
})
