import { expect } from 'chai'
import { load, minimal, problemsOf } from './support.ts'

describe('the section risk', () => {
  it('may be left out: measured every minute, in hours, kept for thirteen months, no brief', () => {
    expect(load(minimal()).config.risk).to.deep.equal({
      enabled: true,
      everyS: 60,
      binS: 3600,
      keepDays: 400,
      briefAtMinute: undefined,
    })
  })

  it('says when the brief is sent, as minutes of the day', () => {
    expect(load(minimal('risk: { briefAt: "07:30" }')).config.risk.briefAtMinute).to.equal(450)
  })

  it('refuses what is no number of seconds or days, and no time of day', () => {
    expect(problemsOf(minimal('risk: { everyS: 0, binS: 1.5, keepDays: -1, briefAt: "25:00" }'))).to.deep.equal([
      'risk.binS',
      'risk.briefAt',
      'risk.everyS',
      'risk.keepDays',
    ])
  })
})
