import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import fc from 'fast-check'
import { buildReport } from '../../../src/app/backtest/report.ts'
import { percentileNearestRank, sizeOf } from '../../../src/app/backtest/report-figures.ts'
import { type BacktestReport, type Figures, reportSchema } from '../../../src/app/backtest/report-schema.ts'
import type { BacktestRun } from '../../../src/app/backtest/run.ts'
import { usd8Of, usdText } from '../../../src/app/backtest/text.ts'
import {
  executed,
  happened,
  missed,
  ours,
  RACE,
  recording,
  refused,
  report,
  run,
  smallRun,
  timeOf,
  USD,
} from './support.ts'
import { anyRun, shuffled } from './support-arbitrary.ts'

const bytes = (value: unknown): string => JSON.stringify(value, null, 2)
const build = (given: BacktestRun): BacktestReport => buildReport(given, RACE)

describe('report of a backtest', () => {
  it('is this JSON, field by field in this order', () => {
    const golden = readFileSync(new URL('../../fixtures/backtest-report.json', import.meta.url), 'utf8')
    expect(bytes(build(smallRun()))).to.equal(bytes(JSON.parse(golden)))
  })

  it('of nothing says so with nulls and zeros', () => {
    const { recall, leadBlocks, execution, earnings, byDay, byCollateral, bySize } = report()
    expect({ recall, leadBlocks, execution }).to.deep.equal({
      recall: null,
      leadBlocks: { p50: null, p10: null },
      execution: null,
    })
    expect(earnings).to.include({ netUsd: '0.00000000', expectedUsd: '0.00000000' })
    expect(byDay.map(({ day }) => day)).to.deep.equal(['2025-10-10', '2025-10-11'])
    expect([byCollateral.length, bySize.length]).to.deep.equal([0, 5])
  })

  it('counts as flagged what has a lead, and refuses a row that is both or neither', () => {
    const made = report({ happened: [happened(1, { leadBlocks: 0 }), happened(2), missed(3), missed(4)] })
    expect(made).to.include({ liquidations: 4, flagged: 2, recall: 0.5 })
    expect(made.missed.map(({ block }) => block)).to.deep.equal(['1003', '1004'])
    for (const bent of [
      { leadBlocks: null, missed: null },
      { leadBlocks: 1, missed: 'no-price' as const },
    ])
      expect(() => report({ happened: [happened(1, bent)] })).to.throw(RangeError, 'either flagged or missed')
  })

  it('adds up what was executed', () => {
    const plans = [
      ours(1, { executed: executed() }),
      ours(2, { executed: executed({ profit: 94_999_999n }) }),
      ours(3, { executed: executed({ seized: 1n }) }),
      ours(4, { executed: executed({ status: 'reverted', revert: 'TooLate()', profit: 0n }) }),
      ours(5),
    ]
    expect(report({ ours: plans }).execution).to.deep.equal({
      executed: 4,
      succeeded: 3,
      reverted: 1,
      asPredicted: 2,
      profitUsd: '284.99999900',
    })
  })

  it('values an executed loss downwards, and survives a plan that covers nothing', () => {
    const third = { debtCovered: 3n, debtUsd8: 10n }
    const made = report({
      ours: [
        ours(1, { ...third, executed: executed({ profit: -1n }) }),
        ours(2, { ...third, executed: executed({ profit: 1n }) }),
        ours(3, { debtCovered: 0n, executed: executed() }),
      ],
    })
    expect(made.ours.map((our) => our.executed?.profitUsd)).to.deep.equal(['-0.00000004', '0.00000003', '0.00000000'])
  })

  it('counts refusals by reason, the most frequent first, equals by name', () => {
    const reasons = ['no-route', 'unprofitable', 'gas-price', 'unprofitable'] as const
    expect(report({ refused: reasons.map((reason, n) => refused(n, { reason })) }).refusals).to.deep.equal([
      { reason: 'unprofitable', count: 2 },
      { reason: 'gas-price', count: 1 },
      { reason: 'no-route', count: 1 },
    ])
  })

  it("takes the days from the chain's clock, in UTC", () => {
    const lastOfDay = 1_760_140_799n
    const rows = [happened(1, { timestamp: lastOfDay }), happened(2, { timestamp: lastOfDay + 1n })]
    expect(report({ happened: rows }).byDay.map(({ day, liquidations }) => [day, liquidations])).to.deep.equal([
      ['2025-10-10', 1],
      ['2025-10-11', 1],
    ])
  })

  it('has a line for every day and market of the recording', () => {
    const quiet = run({
      recording: recording({ markets: ['a', 'b'], toTimestamp: timeOf(1_000n) + 3n * 86_400n }),
      happened: [happened(1, { market: 'b' })],
    })
    const { byDay, byMarket } = build(quiet)
    expect(byDay.map(({ day }) => day.slice(8))).to.deep.equal(['10', '11', '12', '13'])
    expect(byMarket.map(({ market, liquidations }) => [market, liquidations])).to.deep.equal([
      ['a', 0],
      ['b', 1],
    ])
  })

  it('lets no word of the chain steer a terminal or hide', () => {
    const [row] = report({
      happened: [happened(1, { collateralSymbol: '\u001b[2J\u202egnp.exe', detail: 'a\nb' })],
    }).happened
    expect(row).to.include({ collateralSymbol: '\uFFFD[2J\uFFFDgnp.exe', detail: 'a\uFFFDb' })
    const long = report({ happened: [happened(1, { debtSymbol: 'X'.repeat(1_000) })] }).happened[0]?.debtSymbol
    expect(long).to.equal(`${'X'.repeat(23)}…`)
  })
})

describe('figures of a report', () => {
  const percentiles: readonly (readonly [values: readonly number[], percent: number, is: number | null])[] = [
    [[], 50, null],
    [[7], 10, 7],
    [[7], 50, 7],
    [[0, 3], 50, 0],
    [[3, 1, 2], 50, 2],
    [[1, 2, 3, 4], 50, 2],
    [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 10, 1],
    [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 10, 2],
    [[15, 20, 35, 40, 50], 30, 20],
    [[15, 20, 35, 40, 50], 100, 50],
    [[10, 9, 100], 50, 10],
  ]
  for (const [values, percent, is] of percentiles)
    it(`p${percent} of ${values.join(' ') || 'nothing'} is ${is}`, () =>
      expect(percentileNearestRank(values, percent)).to.equal(is))

  const sizes: readonly (readonly [usd8: bigint, size: string])[] = [
    [0n, 'under-1k'],
    [1_000n * USD - 1n, 'under-1k'],
    [1_000n * USD, '1k-10k'],
    [10_000n * USD - 1n, '1k-10k'],
    [10_000n * USD, '10k-100k'],
    [100_000n * USD, '100k-1m'],
    [1_000_000n * USD - 1n, '100k-1m'],
    [1_000_000n * USD, 'from-1m'],
  ]
  for (const [usd8, size] of sizes)
    it(`${usdText(usd8)} dollars are ${size}`, () => expect(sizeOf(usdText(usd8))).to.equal(size))

  it('dollars survive the way into text and back', () =>
    fc.assert(fc.property(fc.bigInt(-(10n ** 30n), 10n ** 30n), (usd8) => usd8Of(usdText(usd8)) === usd8)))
})

describe('any report', () => {
  it('adds up: by day, market, collateral, debt and size alike', () =>
    fc.assert(
      fc.property(anyRun, (given) => {
        const made = build(given)
        const { liquidations, flagged, earnings } = made
        for (const groups of [made.byDay, made.byMarket, made.byCollateral, made.byDebt, made.bySize]) {
          expect(summed(groups)).to.deep.equal({
            liquidations,
            flagged,
            missed: made.missed.length,
            planned: made.ours.length,
            netUsd: earnings.netUsd,
            expectedUsd: earnings.expectedUsd,
          })
        }
        expect(made.byDay.reduce((sum, day) => sum + day.refused, 0)).to.equal(made.refused.length)
        expect(made.refusals.reduce((sum, { count }) => sum + count, 0)).to.equal(made.refused.length)
      }),
    ))

  it('is the same bytes, whatever the order of the rows', () =>
    fc.assert(
      fc.property(anyRun, fc.nat(), (given, seed) => {
        expect(bytes(build(shuffled(given, seed)))).to.equal(bytes(build(given)))
      }),
    ))

  it('has the shape that is published, before and after its way through a file', () =>
    fc.assert(
      fc.property(anyRun, (given) => {
        const made = build(given)
        expect(bytes(reportSchema.parse(JSON.parse(bytes(made))))).to.equal(bytes(made))
      }),
    ))

  it('expects nothing beyond its interval', () =>
    fc.assert(
      fc.property(anyRun, (given) => {
        const { earnings: e } = build(given)
        const [low, expected, high] = [e.expectedLowUsd, e.expectedUsd, e.expectedHighUsd].map(usd8Of)
        // Each plan is rounded down by less than one unit of its own.
        expect(low! - BigInt(given.ours.length) <= expected! && expected! <= high!).to.equal(true)
        for (const { lowUsd, highUsd } of [e.independent, e.correlated])
          expect(usd8Of(lowUsd) <= usd8Of(highUsd)).to.equal(true)
      }),
    ))
})

function summed(groups: readonly Figures[]): object {
  const counts = (key: 'liquidations' | 'flagged' | 'missed' | 'planned'): number =>
    groups.reduce((sum, group) => sum + group[key], 0)
  const money = (key: 'netUsd' | 'expectedUsd'): string =>
    usdText(groups.reduce((sum, group) => sum + usd8Of(group[key]), 0n))
  return {
    liquidations: counts('liquidations'),
    flagged: counts('flagged'),
    missed: counts('missed'),
    planned: counts('planned'),
    netUsd: money('netUsd'),
    expectedUsd: money('expectedUsd'),
  }
}
