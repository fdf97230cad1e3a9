import { expect } from 'chai'
import { isPrintable } from '../../../src/app/backtest/text.ts'
import { renderRehearsal, renderRehearsalPage } from '../../../src/app/rehearse/render.ts'
import { buildRehearsalReport, type RehearsalReport } from '../../../src/app/rehearse/report.ts'
import type { AccountResult, Amounts, Attempt } from '../../../src/app/rehearse/result.ts'
import type { ReserveView } from '../../../src/core/protocol.ts'
import { address, header } from '../../core/fake-protocol.ts'
import { readPage } from '../backtest/markup.ts'

const USD8 = 10n ** 8n
const reserve = (n: number, symbol: string): ReserveView => ({
  asset: address(n),
  source: address(n + 100),
  root: address(n + 100),
  symbol,
  decimals: 8,
  priceUsd8: USD8,
  liquidationThresholdBps: 8_000n,
  liquidationBonusBps: 500n,
  available: 0n,
  supplyRateRay: 0n,
  borrowRateRay: 0n,
  frozen: false,
  paused: false,
})
const PAIR = { collateralAsset: address(1), debtAsset: address(2) }

const amounts = (profitUsd: bigint, some: Partial<Amounts> = {}): Amounts => ({
  profit: `${profitUsd * USD8}`,
  profitUsd8: `${profitUsd * USD8}`,
  debtCovered: '500',
  collateralSeized: '600',
  gas: '510000',
  feeWei: '1',
  ...some,
})
const attempt = (some: Partial<Attempt>): Attempt => ({
  target: '1',
  move: null,
  healthFactor: '0',
  debtBase: '0',
  collateralBase: '0',
  outcome: 'refused',
  reason: 'no-route',
  detail: '',
  pair: PAIR,
  predicted: null,
  simulatedProfit: null,
  executed: null,
  unserved: [],
  ...some,
})
const executed = (profitUsd: bigint, really: Partial<Amounts> = {}): Attempt => {
  const done = amounts(profitUsd, really)
  return attempt({
    outcome: 'ok',
    reason: null,
    predicted: amounts(profitUsd),
    simulatedProfit: done.profit,
    executed: done,
  })
}
const result = (n: number, debtUsd: bigint, ...attempts: readonly Attempt[]): AccountResult => ({
  address: address(n),
  debtBase: `${debtUsd * USD8}`,
  collateralBase: '0',
  healthFactor: '0',
  attempts,
  outcome: attempts.at(-1)?.outcome ?? 'unmoved',
})
const reportOf = (...results: readonly AccountResult[]): RehearsalReport =>
  buildRehearsalReport({
    market: 'aave',
    chainId: 1,
    block: header(7),
    minUsd8: 1_000n * USD8,
    reserves: [reserve(1, 'WETH'), reserve(2, 'USDC')],
    results,
  })

describe('report of a rehearsal', () => {
  it('counts each account once, by its last attempt', () => {
    const paused = attempt({ reason: 'reserve-paused' })
    const report = reportOf(
      result(11, 10n, executed(5n)),
      result(12, 10n, attempt({ reason: 'sequencer-grace' }), executed(5n)),
      result(13, 20n, paused),
      result(14, 30n, paused, paused),
      result(15, 1n, attempt({})),
      result(16, 10n, attempt({ outcome: 'failed', reason: 'reverted', detail: 'InsufficientProfit' })),
      result(17, 10n),
    )
    expect([report.accounts, report.ok, report.unmoved]).to.deep.equal([7, 2, 1])
    expect(report.refused).to.deep.equal([
      { reason: 'reserve-paused', count: 2, debtBase: `${50n * USD8}` },
      { reason: 'no-route', count: 1, debtBase: `${USD8}` },
    ])
    expect(report.failed).to.deep.equal([{ reason: 'reverted', count: 1, debtBase: `${10n * USD8}` }])
  })

  it('puts out of reach who is worth more than the limit and was not liquidated, the largest first', () => {
    const failed = attempt({ outcome: 'failed', reason: 'reverted', detail: 'InsufficientProfit' })
    const { stuck } = reportOf(
      result(11, 1_000n, failed),
      result(12, 1_001n, failed),
      result(13, 9_999n, executed(1n)),
      result(14, 5_000n, attempt({})),
      result(15, 9_999n),
    )
    expect(stuck.map(({ address: a, reason, pair }) => [Number(a), reason, pair])).to.deep.equal([
      [14, 'no-route', 'WETH for USDC'],
      [12, 'reverted', 'WETH for USDC'],
    ])
  })

  it('counts a pair that no route serves once an account', () => {
    const other = { collateralAsset: address(2), debtAsset: address(3) }
    const { unserved } = reportOf(
      result(11, 1n, attempt({ unserved: [PAIR] }), attempt({ unserved: [PAIR, other] })),
      result(12, 1n, { ...executed(1n), unserved: [PAIR] }),
    )
    expect(unserved).to.deep.equal([
      { collateral: 'WETH', debt: 'USDC', accounts: 2 },
      { collateral: 'USDC', debt: address(3), accounts: 1 },
    ])
  })

  it('tells what differs from the plan and from the simulation, and by how much', () => {
    const less = executed(10n, { profit: `${10n * USD8 - 3n}`, profitUsd8: `${10n * USD8 - 3n}`, debtCovered: '501' })
    const more = executed(10n, { profit: `${10n * USD8 + 2n}`, profitUsd8: `${10n * USD8 + 2n}`, gas: '510001' })
    const { differences } = reportOf(
      result(11, 1n, executed(10n, { gas: '509999' })),
      result(12, 1n, less),
      result(13, 1n, more),
      result(14, 1n, { ...executed(10n), simulatedProfit: '1' }),
    )
    expect(differences).to.deep.equal({
      profit: 1,
      planned: 2,
      plannedMostUsd8: '3',
      amounts: 1,
      assets: ['USDC', 'WETH'],
      gas: 1,
    })
  })

  it('spreads profit and gas over classes that lose nobody', () => {
    const profits = [0n, 2n, 3n, 29n, 30n, 12_345n, 500_000_000n]
    const { profit, gas } = reportOf(...profits.map((usd, i) => result(20 + i, 1n, executed(usd))))
    expect(profit).to.include({ count: 7, p10: '0', p50: `${29n * USD8}`, p90: `${500_000_000n * USD8}` })
    const bins = (profit?.bins ?? []).filter(({ count }) => count > 0)
    expect(bins).to.deep.equal(
      [0n, 1n, 3n, 10n, 30n, 10_000n, 30_000_000n].map((from) => ({ from: `${from * USD8}`, count: 1 })),
    )
    expect(gas?.bins).to.deep.equal([{ from: '500000', count: 7 }])
  })

  it('of nobody says so', () => {
    const report = reportOf()
    expect([report.profit, report.gas, report.stuck]).to.deep.equal([null, null, []])
    expect(renderRehearsal(report)).to.contain('nothing was executed')
    expect(readPage(renderRehearsalPage(report)).text).to.contain('Nothing was executed.')
  })

  for (const words of ['<script>alert(1)</script>', '"><img src=x>', '\u202e\u001b[31m'])
    it(`is a whole page and a plain text where a token is called ${JSON.stringify(words)}`, () => {
      const report = buildRehearsalReport({
        market: words,
        chainId: 1,
        block: header(7),
        minUsd8: 0n,
        reserves: [reserve(1, words), reserve(2, words)],
        results: [
          result(11, 1n, attempt({ outcome: 'failed', reason: 'reverted', detail: words, unserved: [PAIR] })),
          result(12, 1n, executed(10n, { profit: '1' })),
        ],
      })
      const { elements, text } = readPage(renderRehearsalPage(report))
      const names = elements.map(({ name }) => name)
      expect(names).not.to.include.oneOf(['script', 'img'])
      expect(names.filter((name) => name === 'figure')).to.have.length(2)
      for (const line of [...text.split('\n'), ...renderRehearsal(report).split('\n')])
        expect(isPrintable(line), line).to.equal(true)
    })
})
