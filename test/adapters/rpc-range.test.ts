import { expect } from 'chai'
import fc from 'fast-check'
import { AdaptiveRange } from '../../src/adapters/rpc/range.ts'

interface Run {
  readonly requests: number
  readonly asked: readonly (readonly [from: number, to: number])[]
}

/** Ask for [0, blocks) of a node that allows `limit(from)` blocks a request. */
function run(blocks: number, first: number, limit: (from: number) => number): Run {
  const range = new AdaptiveRange(BigInt(first))
  const asked: (readonly [number, number])[] = []
  let requests = 0
  for (let next = 0; next < blocks; ) {
    const end = Math.min(blocks, next + Number(range.size))
    requests++
    if (end - next > limit(next)) expect(range.refused(), 'can be narrower').to.equal(true)
    else {
      asked.push([next, end])
      range.answered()
      next = end
    }
  }
  return { requests, asked }
}

describe('AdaptiveRange', () => {
  for (const limit of [1, 2, 5, 999, 1000, 1999, 2000, 2001, 10_000, 1_000_000])
    it(`needs less than twice the fewest requests at ${limit} blocks each`, () => {
      const blocks = limit * 500
      const { requests } = run(blocks, 2000, () => limit)
      expect(requests).to.be.at.most(1.25 * 500 + 20)
    })

  it('does so for any limit, any first guess and any length, but for the search of the first answers', () => {
    const inputs = fc.tuple(
      fc.integer({ min: 1, max: 100_000 }),
      fc.integer({ min: 1, max: 100_000 }),
      fc.integer({ min: 1, max: 300 }),
    )
    fc.assert(
      fc.property(inputs, ([limit, first, least]) => {
        const { requests, asked } = run(limit * least, first, () => limit)
        expect(requests).to.be.at.most(2 * least + Math.ceil(Math.log2(Math.max(first, limit))) + 3)
        expect(
          asked.every(([from], i) => from === (asked[i - 1]?.[1] ?? 0)),
          'no hole',
        ).to.equal(true)
      }),
    )
  })

  it('recovers after a crowded stretch', () => {
    const { requests } = run(1_000_000, 2000, (from) => (from < 1000 ? 10 : 5000))
    expect(requests).to.be.below(2 * (100 + 200) + 200)
  })

  it('gives up when a single block is refused', () => {
    const range = new AdaptiveRange(4n)
    expect([range.refused(), range.refused(), range.refused()]).to.deep.equal([true, true, false])
  })
})
