import { Registry } from '@prometheus-io/client'
import { expect } from 'chai'
import { riskMetrics } from '../../src/adapters/risk-metrics.ts'
import type { RiskOverview } from '../../src/core/risk/answers.ts'
import { LACKING } from '../app/risk/example-bare.ts'
import { MARKET } from '../app/risk/example-parts.ts'
import { EMPTY, EXAMPLES } from '../app/risk/examples.ts'

function setUp() {
  const registry = new Registry()
  const clock = { nowMs: 5_000 }
  const metrics = riskMetrics(registry, () => clock.nowMs)
  const lines = async (): Promise<readonly string[]> =>
    (await registry.metrics()).split('\n').filter((line) => line.startsWith('plimsoll'))
  return { clock, metrics, lines }
}
const of = (name: string, labels = ''): string => `plimsoll_risk_${name}{market="${MARKET}"${labels}}`
const names = (lines: readonly string[]): readonly string[] => lines.map((line) => line.replace(/[{ ].*/, ''))

describe('adapters/risk-metrics', () => {
  it('tells nothing before the first overview', async () => {
    expect(await setUp().lines()).to.deep.equal([])
  })

  it('tells the last overview of a market', async () => {
    const { metrics, lines } = setUp()
    metrics.take(EXAMPLES.overview)
    expect(await lines()).to.include.members([
      `${of('debt_usd')} 19244100000`,
      `${of('leverage')} 2.52`,
      `${of('top10_share')} 0.243`,
      `${of('cliffs')} 1`,
      `${of('unrealised_deficit_usd')} 18640`,
      `${of('coverage_ratio')} 97.4`,
      `${of('utilisation_max')} 0.915`,
      `${of('idle_after_10_min_usd')} 731000000`,
      `${of('largest_jump')} 0.0312`,
      `${of('feed_headroom_min')} 0.0381`,
      `${of('net_borrow_usd')} -192800000`,
      `${of('depth_usd', ',fall="10"')} 28300000`,
      `${of('thin_share', ',health="1.1"')} 0.314`,
      `${of('phase', ',phase="cascade"')} 1`,
      `${of('phase', ',phase="calm"')} 0`,
      `${of('block')} 23550000`,
    ])
    expect((await lines()).filter((line) => line.startsWith('plimsoll_risk_absorption_ratio'))).to.have.length(3)
  })

  it('what is not known has no series, also where it was known before', async () => {
    const { metrics, lines } = setUp()
    metrics.take(EXAMPLES.overview)
    metrics.take(LACKING.overview)
    const told = names(await lines())
    for (const absent of ['absorption_ratio', 'depth_usd', 'coverage_ratio', 'phase', 'largest_jump', 'funding_annual'])
      expect(told).to.not.include(`plimsoll_risk_${absent}`)
    expect(told).to.include('plimsoll_risk_seizable_usd')
    expect((await lines()).join('\n')).to.not.match(/NaN|Inf/)
  })

  it('a market without debt has zeros where nothing is nothing, and no leverage', async () => {
    const { metrics, lines } = setUp()
    metrics.take(EMPTY.overview)
    expect(await lines()).to.include.members([`${of('debt_usd')} 0`, `${of('seizable_usd', ',fall="10"')} 0`])
    expect(names(await lines())).to.not.include('plimsoll_risk_leverage')
  })

  it('a number that is none is not told', async () => {
    const { metrics, lines } = setUp()
    metrics.take({ ...EXAMPLES.overview, debtUsd: Number.NaN, collateralUsd: Number.POSITIVE_INFINITY })
    expect(names(await lines()))
      .to.not.include('plimsoll_risk_debt_usd')
      .and.not.include('plimsoll_risk_collateral_usd')
  })

  it('a reserve with next to nothing in it does not count as pinned', async () => {
    const { metrics, lines } = setUp()
    const reserves = EXAMPLES.overview.reserves.map((one, i) =>
      i === 2 ? { ...one, utilisation: 1, suppliedUsd: 99_999 } : one,
    )
    metrics.take({ ...EXAMPLES.overview, reserves })
    expect(await lines()).to.include(`${of('utilisation_max')} 0.915`)
  })

  it('grows old while no overview comes', async () => {
    const { clock, metrics, lines } = setUp()
    metrics.take(EXAMPLES.overview)
    clock.nowMs += 90_000
    expect(await lines()).to.include(`${of('age_seconds')} 90`)
    metrics.take(EXAMPLES.overview)
    expect(await lines()).to.include(`${of('age_seconds')} 0`)
  })

  it('has a bounded number of series, whatever is in an overview', async () => {
    const { metrics, lines } = setUp()
    metrics.take(EXAMPLES.overview)
    const before = (await lines()).length
    const wild: RiskOverview = {
      ...EXAMPLES.overview,
      group: { ...EXAMPLES.overview.group, symbol: 'OTHER' },
      absorption: Array.from({ length: 90 }, (_, i) => ({ ...EXAMPLES.overview.absorption[0]!, fallPct: i })),
      reserves: Array.from({ length: 90 }, (_, i) => ({ ...EXAMPLES.overview.reserves[0]!, symbol: `S${i}` })),
      leverage: {
        ...EXAMPLES.overview.leverage,
        below: Array.from({ length: 90 }, (_, i) => ({ health: 1 + i / 20, share: 0.1 })),
      },
    }
    metrics.take(wild)
    expect((await lines()).length).to.be.at.most(before)
  })
})
