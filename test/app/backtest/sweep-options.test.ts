import { expect } from 'chai'
import { describeOverrides, parseSweep } from '../../../src/app/backtest/sweep-options.ts'
import { UsageError } from '../../../src/core/errors.ts'

describe('--sweep and --set', () => {
  it('make every combination, the last given changing fastest', () => {
    expect(parseSweep(['minProfitUsd=1,0.5', 'latencyBlocks=0,2']).map(describeOverrides)).to.deep.equal([
      'minProfitUsd=1 latencyBlocks=0',
      'minProfitUsd=1 latencyBlocks=2',
      'minProfitUsd=0.5 latencyBlocks=0',
      'minProfitUsd=0.5 latencyBlocks=2',
    ])
    expect(parseSweep([])).to.deep.equal([{}])
    expect(parseSweep(['maxDebtUsd=1000'])).to.deep.equal([{ maxDebtUsd8: 1000n * 10n ** 8n }])
  })

  for (const [given, words] of [
    [['minProfitUsd'], 'it has no ='],
    [['minProfit=1'], 'no parameter'],
    [['minProfitUsd=1,1'], 'given twice'],
    [['minProfitUsd=1', 'minProfitUsd=2'], 'given twice'],
    [['minProfitUsd=-1'], 'no value'],
    [['slippageBps=10001'], 'no value'],
    [['latencyBlocks=1.5'], 'no value'],
    [['minProfitUsd='], 'no value'],
    [[`latencyBlocks=${Array.from({ length: 300 }, (_, n) => n).join(',')}`], '300 combinations'],
  ] as const)
    it(`refuse ${given.join(' ').slice(0, 40)}`, () => {
      expect(() => parseSweep(given)).to.throw(UsageError, words)
    })
})
