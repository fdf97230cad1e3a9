import { expect } from 'chai'
import { describeOverrides, parseSet, parseSweep } from '../../../src/app/backtest/sweep-options.ts'
import { UsageError } from '../../../src/core/errors.ts'

const USD8 = 10n ** 8n

/** The complaint's words; fails when there is none. */
function complaint(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    expect(error.code).to.equal('BAD_OPTION')
    return `${error.what}: ${error.why}. ${error.fix}`
  }
  throw new Error('it was taken')
}

describe('--set and --sweep', () => {
  it('sets each parameter to its one value', () => {
    expect(parseSet([])).to.deep.equal({})
    expect(parseSet(['minProfitUsd=0.5', 'maxDebtUsd=1000', 'slippageBps=0', 'latencyBlocks=2'])).to.deep.equal({
      minProfitUsd8: USD8 / 2n,
      maxDebtUsd8: 1000n * USD8,
      slippageBps: 0,
      latencyBlocks: 2,
    })
  })

  it('sweeps every combination, the last given changing fastest', () => {
    expect(parseSweep([])).to.deep.equal([{}])
    expect(parseSweep(['minProfitUsd=1,5', 'latencyBlocks=0,1,2']).map(describeOverrides)).to.deep.equal([
      'minProfitUsd=1 latencyBlocks=0',
      'minProfitUsd=1 latencyBlocks=1',
      'minProfitUsd=1 latencyBlocks=2',
      'minProfitUsd=5 latencyBlocks=0',
      'minProfitUsd=5 latencyBlocks=1',
      'minProfitUsd=5 latencyBlocks=2',
    ])
  })

  for (const [set, says] of [
    [['minProfitUsd=1,5'], /^--set minProfitUsd=1,5: .*more than one value.*--sweep/],
    [['minProfitUsd=1', 'minProfitUsd=5'], /^--set minProfitUsd=5: minProfitUsd is given twice/],
    [['minProfit=1'], /^--set minProfit=1: .*no parameter.*minProfitUsd/],
    [['minProfitUsd'], /^--set minProfitUsd: it has no =/],
    [['maxDebtUsd=0'], /^--set maxDebtUsd=0: .*dollars above 0/],
    [['slippageBps=10001'], /^--set slippageBps=10001: .*from 0 to 10000/],
    [['minProfitUsd=-1'], /^--set minProfitUsd=-1: .*no value/],
    [['latencyBlocks=-1'], /^--set latencyBlocks=-1: /],
    [['latencyBlocks=1.5'], /^--set latencyBlocks=1.5: /],
    [['toString=1'], /^--set toString=1: .*no parameter/],
  ] as const)
    it(`refuses --set ${set.join(' --set ')}, and names it as it was typed`, () => {
      expect(complaint(() => parseSet(set))).to.match(says)
    })

  for (const [sweep, says] of [
    [['slippageBps=1,1'], /^--sweep slippageBps=1,1: .*given twice/],
    [['minProfitUsd=1,1.0'], /^--sweep minProfitUsd=1,1\.0: .*given twice/],
    [['minProfitUsd='], /^--sweep minProfitUsd=: /],
    [['minProfitUsd=1', 'minProfitUsd=2'], /^--sweep minProfitUsd=2: .*given twice/],
    [[`latencyBlocks=${[...Array(300).keys()]}`], /300 combinations/],
    [[`latencyBlocks=${[...Array(20).keys()]}`, `slippageBps=${[...Array(20).keys()]}`], /400 combinations/],
  ] as const)
    it(`refuses --sweep ${sweep.join(' --sweep ').slice(0, 60)}`, () => {
      expect(complaint(() => parseSweep(sweep))).to.match(says)
    })

  it('refuses to sweep what is set: one of the two would be ignored', () => {
    const set = parseSet(['minProfitUsd=5'])
    expect(parseSweep(['latencyBlocks=1,2'], set)).to.have.length(2)
    expect(complaint(() => parseSweep(['latencyBlocks=1', 'minProfitUsd=1,2'], set))).to.match(
      /^--sweep minProfitUsd=1,2: .*--set/,
    )
  })
})
