import { expect } from 'chai'
import { contractSets, isContractSet } from '../../scripts/differential/ground.ts'
import { describeFailure, table } from '../../scripts/differential/report.ts'
import { run } from '../../scripts/differential/run.ts'
import { emptyTally, sum } from '../../scripts/differential/tally.ts'
import seeds from './seeds.json' with { type: 'json' }

/** One on the chain with a sequencer and shared timestamps, one that reads prices by the clock. */
const SEEDS = [2, 3]
const ACTIONS = 800
const MINUTES = 60_000
/** Kinds that were tried so often must have been accepted at least once. */
const OFTEN = 25

describe('mirror and chain after random actions on the real contracts', () => {
  for (const set of contractSets) {
    let total = emptyTally()

    for (const seed of SEEDS)
      it(`${set}, seed ${seed}: ${ACTIONS} actions`, async function () {
        this.timeout(5 * MINUTES)
        const { tally, failure } = await run({ set, seed, actions: ACTIONS })
        expect(failure, failure && describeFailure(failure)).to.equal(undefined)
        total = sum(total, tally)
      })

    it(`${set}: that was enough of everything`, () => {
      const { actions, blocks, reorgs, comparisons, liquidations, predictions } = total
      expect(actions).to.be.at.least(SEEDS.length * ACTIONS)
      expect(comparisons).to.be.above(2 * blocks)
      for (const count of [reorgs, liquidations, predictions]) expect(count, table(total)).to.be.above(20)
      const never = Object.entries(total.kinds).filter(([, kind]) => kind.tried > OFTEN && kind.succeeded === 0)
      expect(never, table(total)).to.deep.equal([])
    })
  }

  for (const { set, seed, actions, skip, was, when } of seeds as readonly KeptSeed[])
    it(`kept: ${set}, seed ${seed} (${when}: ${was})`, async function () {
      this.timeout(5 * MINUTES)
      if (!isContractSet(set)) throw new Error(`seeds.json names a set that does not exist: ${set}`)
      const { failure } = await run({ set, seed, actions, skip: new Set(skip) })
      expect(failure, failure && describeFailure(failure)).to.equal(undefined)
    })
})

/** A seed that once failed. */
interface KeptSeed {
  readonly set: string
  readonly seed: number
  readonly actions: number
  readonly skip?: readonly number[]
  /** What was wrong, and on which day. */
  readonly was: string
  readonly when: string
}
