import { expect } from 'chai'
import fc from 'fast-check'
import { type Difference, type Finding, FULL_TRUST, judge, readAnew, type Trust } from '../../src/core/trust.ts'
import { address } from './fake-protocol.ts'

const finding = (block: number, differing: readonly number[]): Finding => ({
  block: BigInt(block),
  exact: differing.length === 0,
  accounts: differing.map(address),
  detail: `${differing.length} at ${block}`,
})

/** Audits at these blocks; `done` tells whether a search begun earlier is over by then. */
interface Turn {
  readonly wait: number
  readonly differing: readonly number[]
  readonly done: boolean
}

interface Said {
  readonly block: number
  readonly difference: Difference | undefined
  readonly reread: boolean
  readonly released: boolean
}

function play(turns: readonly Turn[]): Said[] {
  let trust: Trust = FULL_TRUST
  let block = 0
  return turns.map(({ wait, differing, done }) => {
    block += wait
    const reread = trust.difference?.searching === true && done
    if (trust.difference && reread) trust = readAnew(trust.difference, trust.patience, BigInt(block))
    const before = trust.difference
    trust = judge(trust, finding(block, differing))
    const { difference } = trust
    return { block, difference, reread, released: before !== undefined && difference === undefined }
  })
}

const turns = fc.array(
  fc.record({
    wait: fc.integer({ min: 1, max: 400 }),
    differing: fc.oneof(
      { weight: 1, arbitrary: fc.constant([]) },
      fc.uniqueArray(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 30 }),
    ),
    done: fc.boolean(),
  }),
  { maxLength: 60 },
)

describe('trust in a mirror', () => {
  it('an exact mirror stays trusted', () => {
    expect(judge(FULL_TRUST, finding(7, []))).to.deep.equal(FULL_TRUST)
  })

  it('the first difference is remembered with who differed, and the search for borrowers begins', () => {
    expect(judge(FULL_TRUST, finding(7, [3, 4]))).to.deep.equal({
      patience: FULL_TRUST.patience,
      difference: {
        since: 7n,
        rereads: 0,
        searching: true,
        accounts: [address(3), address(4)],
        detail: '2 at 7',
      },
    })
  })

  it('waits 50, 100, 200 … blocks between two readings, and at most 12,800', () => {
    let trust = judge(FULL_TRUST, finding(0, [1]))
    const waits = Array.from({ length: 11 }, () => {
      trust = readAnew(trust.difference as Difference, trust.patience, 1000n)
      return Number(trust.patience.againFrom - 1000n)
    })
    expect(waits).to.deep.equal([50, 100, 200, 400, 800, 1600, 3200, 6400, 12800, 12800, 12800])
  })

  it('one that differs again soon after its release waits on, quarantined; after a long calm it is read at once', () => {
    const first = readAnew(judge(FULL_TRUST, finding(1000, [1])).difference as Difference, FULL_TRUST.patience, 1000n)
    const released = judge(first, finding(1001, []))
    expect(released.difference).to.equal(undefined)
    const soon = judge(released, finding(1049, [1]))
    expect([soon.difference?.searching, soon.patience]).to.deep.equal([false, { againFrom: 1050n, doublings: 1 }])
    const due = judge(soon, finding(1050, [1]))
    expect([due.difference?.searching, due.patience.doublings]).to.deep.equal([true, 1])
    const calm = judge(released, finding(1150, [1]))
    expect([calm.difference?.searching, calm.patience.doublings]).to.deep.equal([true, 0])
  })

  it('is released by an exact audit after a reading, never before one', () => {
    fc.assert(
      fc.property(turns, (all) => {
        let reread = false
        for (const [i, said] of play(all).entries()) {
          if (said.reread) reread = true
          if (said.released) {
            expect([reread, all[i]?.differing]).to.deep.equal([true, []])
            reread = false
          }
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('is never read anew again within 50 blocks, and at growing intervals while it differs', () => {
    fc.assert(
      fc.property(turns, (all) => {
        let last: number | undefined
        let gap = 50
        for (const { block, reread, released } of play(all)) {
          if (reread) {
            if (last !== undefined) expect(block - last).to.be.at.least(gap)
            gap = last === undefined ? 50 : Math.min(gap * 2, 12_800)
            last = block
          }
          if (released) gap = 50
        }
      }),
    )
  })

  it('remembers whoever differed until it is released, up to fifty', () => {
    fc.assert(
      fc.property(turns, (all) => {
        const seen = new Set<string>()
        for (const [i, { difference }] of play(all).entries()) {
          for (const who of all[i]?.differing ?? []) seen.add(address(who))
          if (difference === undefined) seen.clear()
          else expect(difference.accounts).to.deep.equal([...seen].slice(0, 50))
        }
      }),
    )
  })
})
