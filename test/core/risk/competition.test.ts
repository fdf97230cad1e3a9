import { expect } from 'chai'
import { competitionOf, type LiquidationCallSeen } from '../../../src/core/risk/competition.ts'

const USD = 10n ** 8n
const call = (over: Partial<LiquidationCallSeen> = {}): LiquidationCallSeen => ({
  ...{ block: 100n, account: 'a', liquidator: 'x', succeeded: true, repaidUsd8: 100n * USD },
  ...over,
})
const SEEN = { failuresSeen: true, duplicateBlocks: 2n }
const known = (value: number) => ({ value, lacks: [] })

describe('competition', () => {
  it('of two liquidators, three to one', () => {
    const calls = [call(), call({ repaidUsd8: 200n * USD }), call({ liquidator: 'y' })]
    expect(competitionOf(calls, SEEN)).to.deep.equal({
      succeeded: 3,
      liquidators: known(2),
      hhi: known(0.625),
      topShare: known(0.75),
      failed: known(0),
      duplicates: known(0),
    })
  })

  for (const [what, failed, duplicates] of [
    ['the same block', { block: 100n }, 0.5],
    ['two blocks later', { block: 102n }, 0.5],
    ['three blocks later', { block: 103n }, 0],
    ['a block too early', { block: 99n }, 0],
    ['another account', { account: 'b' }, 0],
  ] as const)
    it(`a failed call, ${what}: duplicates ${duplicates}`, () => {
      const found = competitionOf([call(), call({ ...failed, succeeded: false, repaidUsd8: 0n })], SEEN)
      expect(found.failed).to.deep.equal(known(0.5))
      expect(found.duplicates).to.deep.equal(known(duplicates))
    })

  it('says what it lacks: callers, and failed calls nobody looked for', () => {
    const found = competitionOf([call(), call({ liquidator: null })], { ...SEEN, failuresSeen: false })
    for (const measure of [found.liquidators, found.hhi, found.topShare])
      expect(measure).to.deep.equal({ value: null, lacks: ['liquidators'] })
    for (const measure of [found.failed, found.duplicates])
      expect(measure).to.deep.equal({ value: null, lacks: ['failedCalls'] })
  })

  it('of nothing', () => {
    const found = competitionOf([], SEEN)
    expect(found.liquidators).to.deep.equal(known(0))
    expect(found.hhi.value).to.equal(null)
    expect(found.failed).to.deep.equal({ value: null, lacks: ['events'] })
  })
})
