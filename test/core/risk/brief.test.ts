import { expect } from 'chai'
import {
  absorption,
  BLIND,
  CASCADE,
  overview,
  POINTS,
  reserve,
  stormy,
  YESTERDAY,
} from '../../../scripts/alerts/market-fixtures.ts'
import { briefOf, nearestWays, tightest } from '../../../src/core/risk/brief.ts'

const brief = (over: Partial<Parameters<typeof briefOf>[0]> = {}) =>
  briefOf({ day: '2026-11-26', overview: overview(), ladder: POINTS, before: YESTERDAY, ...over })

describe('core/risk/brief', () => {
  it('has the figures of the market at its block', () => {
    const { block, group } = overview()
    expect(brief().now).to.deep.equal({
      block: block.number,
      timestamp: block.timestamp,
      root: group.root,
      group: 'WETH',
      debtUsd: 12_410_000_000,
      leverage: 1.58,
      ladder5Usd: 118_000_000,
      ladder10Usd: 472_000_000,
      utilisation: { symbol: 'WETH', value: 0.921 },
      phase: 'calm',
    })
  })

  it('survives JSON: it is kept so for the next, and journaled', () => {
    const wild = stormy({
      debtUsd: Number.NaN,
      absorption: [absorption(5, 1e6, 0), absorption(10, 0, 0), absorption(10, Number.POSITIVE_INFINITY, 1)],
      phase: { ...CASCADE, why: [{ name: 'x', value: Number.NaN, threshold: Number.POSITIVE_INFINITY, held: true }] },
    })
    for (const data of [brief(), brief({ overview: wild }), brief({ overview: overview(BLIND), ladder: undefined })])
      expect(JSON.parse(JSON.stringify(data))).to.deep.equal(data)
  })

  it('tells of −5 and −10 %, with what is sold and what pools take', () => {
    expect(brief().absorption.map(({ fallPct, ratio }) => [fallPct, ratio])).to.deep.equal([
      [5, 58_200_000 / 244_000_000],
      [10, 236_000_000 / 410_000_000],
    ])
  })

  it('compares with the brief before; of another group only what is of the whole market', () => {
    expect(brief().before).to.deep.equal(YESTERDAY)
    expect(brief({ before: undefined }).before).to.equal(null)
    expect(brief({ before: { ...YESTERDAY, root: '0x1', group: 'WBTC' } }).before).to.deep.include({
      debtUsd: YESTERDAY.debtUsd,
      leverage: YESTERDAY.leverage,
      ladder5Usd: null,
      ladder10Usd: null,
      phase: null,
    })
  })

  it('says what it lacks, each source once', () => {
    expect(brief().lacks).to.deep.equal(['funding'])
    expect(brief({ ladder: undefined }).lacks).to.deep.equal(['ladder', 'funding'])
    expect(brief({ overview: overview(BLIND), ladder: undefined }).lacks).to.deep.equal([
      'ladder',
      'depth',
      'coverage',
      'hours',
      'funding',
    ])
    expect(brief({ overview: overview({ absorption: [] }) }).lacks).to.include('depth')
  })

  it('says when the mirror is not trusted', () => {
    expect(brief().distrusted).to.equal(false)
    expect(brief({ overview: overview({ quarantined: true }) }).distrusted).to.equal(true)
  })

  it('the tightest reserve is the one of which most is lent out, among those that matter', () => {
    const of = (...reserves: Parameters<typeof reserve>[0][]) => tightest({ reserves: reserves.map(reserve) })
    expect(of({ symbol: 'A', utilisation: 0.5 }, { symbol: 'B', utilisation: 0.7 })).to.deep.equal({
      symbol: 'B',
      value: 0.7,
    })
    expect(
      of({ symbol: 'A', utilisation: 0.5 }, { symbol: 'B', utilisation: 1, borrowedUsd: 99_999 })?.symbol,
    ).to.equal('A')
    expect(of({ utilisation: null }, { borrowedUsd: null })).to.equal(null)
    expect(of()).to.equal(null)
  })

  it('of several ways into a phase the one that misses least', () => {
    const { wouldChange } = overview().phase
    expect(nearestWays(wouldChange).map(({ to, missing }) => [to, missing.length])).to.deep.equal([
      ['cascade', 1],
      ['build-up', 2],
    ])
  })
})
