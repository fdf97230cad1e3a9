import { expect } from 'chai'
import { WARNING_THRESHOLDS, warningSettings } from '../../src/core/risk/warning-thresholds.ts'
import { load, minimal, problemsOf } from './support.ts'

describe('the section risk', () => {
  it('may be left out: measured every minute, in hours, kept for thirteen months, no brief', () => {
    expect(load(minimal()).config.risk).to.deep.equal({
      enabled: true,
      everyS: 60,
      binS: 3600,
      keepDays: 400,
      briefAtMinute: undefined,
      warnings: warningSettings(),
    })
  })

  it('says when the brief is sent, as minutes of the day', () => {
    expect(load(minimal('risk: { briefAt: "07:30" }')).config.risk.briefAtMinute).to.equal(450)
  })

  it('says when people are warned of a market; where a warning ends moves along', () => {
    const given =
      'risk: { warnings: { cliffWithinPct: "5", cliffMinUsd: 5000000, absorptionAbove: 2, absorptionMinUsd: "2000000", absorptionWithinPct: 5, headroomBelowPct: "0.25", utilisationFromPct: "95.5", utilisationMinUsd: 1000, coverageBelow: 1.5 } }'
    const { warnings } = load(minimal(given)).config.risk
    const entered = Object.fromEntries(Object.entries(warnings).map(([name, { enter }]) => [name, enter]))
    expect(entered).to.deep.equal({
      cliffShare: WARNING_THRESHOLDS.cliffShare.enter,
      cliffWithinPct: 5,
      cliffUsd: 5_000_000,
      absorptionWithinPct: 5,
      absorptionRatio: 2,
      absorptionUsd: 2_000_000,
      headroom: 0.0025,
      utilisation: 0.955,
      utilisationUsd: 1_000,
      coverage: 1.5,
    })
    expect(warnings.cliffUsd.leave).to.equal(4_000_000)
  })

  it('refuses a warning that is no number, or none there is', () => {
    const given = 'risk: { warnings: { cliffMinUsd: "much", absorptionAbove: -1, headroomBelowPct: "-1", moon: 1 } }'
    expect(problemsOf(minimal(given))).to.have.members([
      'risk.warnings.absorptionAbove',
      'risk.warnings.cliffMinUsd',
      'risk.warnings.headroomBelowPct',
      'risk.warnings.moon',
    ])
  })

  it('refuses what is no number of seconds or days, and no time of day', () => {
    expect(problemsOf(minimal('risk: { everyS: 0, binS: 1.5, keepDays: -1, briefAt: "25:00" }'))).to.deep.equal([
      'risk.binS',
      'risk.briefAt',
      'risk.everyS',
      'risk.keepDays',
    ])
  })

  it('refuses a time between two looks that no timer can count: it would look a thousand times a second', () => {
    expect(problemsOf(minimal('risk: { everyS: 3000000 }'))).to.deep.equal(['risk.everyS'])
    expect(load(minimal('risk: { everyS: 86400 }')).config.risk.everyS).to.equal(86_400)
  })
})
