import { expect } from 'chai'
import fc from 'fast-check'
import { renderText } from '../../../src/app/backtest/render-text.ts'
import { buildReport } from '../../../src/app/backtest/report.ts'
import { busyRun, executed, happened, missed, ours, RACE, refused, report, smallRun, USD } from './support.ts'
import { anyRun } from './support-arbitrary.ts'

const MOST_LINES = 60

/** What stands under a title, up to the next empty line. */
const under = (text: string, title: string): readonly string[] => {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => line.startsWith(title))
  const end = lines.indexOf('', start)
  return start < 0 ? [] : lines.slice(start + 1, end < 0 ? undefined : end)
}

describe('report on a terminal', () => {
  it('says the figures first', () => {
    const lines = renderText(buildReport(smallRun(), RACE)).split('\n')
    expect(lines.slice(0, 9)).to.deep.equal([
      'backtest of october.plim: aave-v3-ethereum on ethereum (1)',
      'blocks 1000 to 2000 (1001), 2025-10-10 21:00:00 to 2025-10-11 00:20:00 UTC (3 h 20 m); 40 pages, 25 derived',
      'at least $5.00 net, slippage 50 bps, included 1 block after the page, no limit of debt',
      '',
      'happened  3 liquidations, 2 flagged beforehand (66.6 %), 1 missed',
      'lead      0 blocks (0 s) at the median (p50), 0 blocks (0 s) at p10',
      'ours      2 plans, $180.00 net if all were won, 1 refusals',
      'expected  $80.00 net by the race model; 95 %: -$20.00 to $180.00 if races are independent, -$20.00 to $180.00 if one luck decides them all',
      'executed  1: 1 exactly as predicted, 0 reverted, $95.00 profit',
    ])
  })

  it('says in words that there was nothing', () => {
    const text = renderText(report())
    for (const words of ['no liquidation in this recording', 'nothing to lead', 'no plan', 'nothing, without a plan'])
      expect(text).to.include(words)
    expect(text).not.to.match(/NaN|null|undefined/)
  })

  it('puts the worst first: the largest debt missed', () => {
    const sizes = [5n, 900n, 30n].map((dollars, n) => missed(n, { debtUsd8: dollars * USD }))
    const rows = under(renderText(report({ happened: sizes })), 'missed, largest debt first').slice(1)
    expect(rows.map((row) => /\$[\d.]+/.exec(row)?.[0])).to.deep.equal(['$900.00', '$30.00', '$5.00'])
  })

  it('puts the worst first: what reverted, then what a rival took', () => {
    const rival = { block: 1_004n, tx: ours(1).path, liquidator: ours(1).user }
    const plans = [
      ours(1, { netUsd8: 500n * USD }),
      ours(2, { rival }),
      ours(3, { executed: executed({ status: 'reverted', revert: 'TooLate()' }) }),
    ]
    const rows = under(renderText(report({ ours: plans })), 'ours, reverted').slice(1)
    expect(rows.map((row) => row.trim().split(/ {2,}/).at(-1))).to.deep.equal([
      'reverted: TooLate()',
      'a rival in 2 blocks',
      'no rival in time',
    ])
  })

  it('says how much it leaves out', () => {
    const rows = Array.from({ length: 9 }, (_, n) => missed(n))
    expect(renderText(report({ happened: rows }))).to.include('missed, largest debt first (4 of 9; all with --json)')
  })

  it('explains each refusal', () =>
    expect(renderText(report({ refused: [refused(1, { reason: 'no-route' })] }))).to.match(
      /no-route +1 +No venue quotes/,
    ))

  it('never calls a part the whole: 99.99 % is not 100', () => {
    const rows = Array.from({ length: 2_000 }, (_, n) => (n === 0 ? missed(n) : happened(n)))
    expect(renderText(report({ happened: rows }))).to.include('(99.9 %)')
  })

  it('fits on two screens, and holds no character that steers a terminal', () => {
    const text = renderText(buildReport(busyRun(), RACE))
    expect(text.split('\n').length).to.be.at.most(MOST_LINES)
    fc.assert(
      fc.property(anyRun, fc.string({ unit: 'binary' }), (given, symbol) => {
        const bent = { ...given, ours: given.ours.map((row) => ({ ...row, collateralSymbol: symbol })) }
        const said = renderText(buildReport(bent, RACE))
        expect(said.split('\n').length).to.be.at.most(MOST_LINES)
        expect(said).not.to.match(/[\p{Cf}\p{Cs}]|(?!\n)\p{Cc}/u)
      }),
      { numRuns: 50 },
    )
  })
})
