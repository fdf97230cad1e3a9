import { expect } from 'chai'
import type { Hour } from '../../../src/core/risk/hour.ts'
import { judgeReset } from '../../../src/core/risk/reset.ts'
import { hoursFrom } from './hours.ts'

const GOOD = {
  ...{ ladder10Usd: 60, leverage: 1.5, coverage: 1.2, depthUsd: 90, top10Share: 0.3, utilisation: 0.8, deficitUsd: 0 },
}
const BEFORE = { ladder10Usd: 100, leverage: 1.7, coverage: 1.1, depthUsd: 100, top10Share: 0.31, deficitUsd: 0 }
const judge = (
  after: Partial<Hour> = {},
  wave: Partial<Hour> = { liquidatedUsd: 100e6, deficitUsd: 0.1e6 },
  past: Partial<Hour> = {},
) =>
  judgeReset({
    before: hoursFrom(0, 24, () => ({ ...BEFORE, ...past })),
    wave: hoursFrom(24, 4, () => wave),
    after: hoursFrom(28, 24, () => ({ ...GOOD, ...after })),
  })

describe('after a wave', () => {
  it('everything better and few deficits: a healthy reset', () => {
    expect(judge()).to.include({ verdict: 'healthy reset' })
    expect(judge().lacks).to.deep.equal(['deficit']) // nothing liquidated after: whether the share rises is not known
  })

  for (const [what, after] of [
    ['the ladder has hardly fallen', { ladder10Usd: 71 }],
    ['leverage is higher', { leverage: 1.71 }],
    ['coverage is under 1', { coverage: 0.99 }],
    ['depth has not come back', { depthUsd: 79 }],
  ] as const)
    it(`${what}: unclear`, () => {
      expect(judge(after).verdict).to.equal('unclear')
    })

  for (const [what, after] of [
    ['the ten largest have more', { top10Share: 0.32 }],
    ['utilisation is pinned', { utilisation: 0.99 }],
    ['deficits go on, on little', { liquidatedUsd: 1e6, deficitUsd: 0.002e6 }],
  ] as const)
    it(`${what}: deeper risk`, () => {
      expect(judge(after).verdict).to.equal('deeper risk')
    })

  // 2025-10-10: about 0.4 of 180 million. Seven days to 2026-02-02: about 30 thousand of 202.47 million. Published.
  for (const [what, liquidatedUsd, deficitUsd, verdict, share] of [
    ['October 2025', 180e6, 0.4e6, 'healthy reset', 0.0022],
    ['early 2026', 202.47e6, 0.03e6, 'healthy reset', 0.00015],
    ['a hundredth lost', 100e6, 1e6, 'unclear', 0.01],
  ] as const)
    it(`deficits as in ${what}, all else well: ${verdict}`, () => {
      const found = judge({}, { liquidatedUsd, deficitUsd })
      expect(found.verdict).to.equal(verdict)
      expect(found.healthy.find(({ name }) => name.startsWith('deficit'))?.value).to.be.closeTo(share, 0.00003)
    })

  it('is judged by the usual hour of the day, not by one of them', () => {
    const odd = (i: number): Partial<Hour> => (i === 0 ? { ladder10Usd: 500, leverage: 9, depthUsd: 1 } : {})
    const { verdict } = judgeReset({
      before: hoursFrom(0, 24, () => BEFORE),
      wave: hoursFrom(24, 4, () => ({ liquidatedUsd: 100e6, deficitUsd: 0 })),
      after: hoursFrom(28, 24, (i) => ({ ...GOOD, ...odd(i) })),
    })
    expect(verdict).to.equal('healthy reset')
  })

  it('what nobody recorded is named; without ladder or deficits there is no verdict', () => {
    const nothing = { leverage: null, coverage: null, depthUsd: null, top10Share: null, utilisation: null }
    const blind = judge(nothing, undefined, nothing)
    expect(blind.verdict).to.equal('healthy reset')
    expect(blind.lacks).to.have.members(['leverage', 'coverage', 'depth', 'deficit', 'top10Share', 'utilisation'])
    expect(judge({ ladder10Usd: null })).to.include({ verdict: 'unclear' })
    expect(judge({ deficitUsd: null }).lacks).to.include('deficit')
    expect(judge({ deficitUsd: null }).verdict).to.equal('unclear')
  })
})
