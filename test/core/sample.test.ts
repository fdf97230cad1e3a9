import { expect } from 'chai'
import fc from 'fast-check'
import { type Crowd, chooseSample, FIRST_ROUND, type Round } from '../../src/core/sample.ts'

const crowdOf = (size: number, near: readonly number[] = [], unknown: ReadonlySet<number> = new Set()): Crowd => ({
  near,
  size,
  knows: (account) => !unknown.has(account),
})

/** Samples of audits that follow each other, the crowd as it is at each. */
function audits(crowds: readonly Crowd[], size: number): number[][] {
  let round: Round = FIRST_ROUND
  return crowds.map((crowd) => {
    const sample = chooseSample(crowd, round, size)
    round = sample.round
    return [...sample.accounts]
  })
}

const times = <T>(count: number, value: T): T[] => Array<T>(count).fill(value)

describe('sample of an audit', () => {
  it('riskiest first, then those near the line in turn, then everybody in turn', () => {
    const crowd = crowdOf(20, [9, 7, 3, 1, 5])
    expect(audits(times(4, crowd), 8)).to.deep.equal([
      [9, 7, 1, 3, 0, 2, 4, 5],
      [9, 7, 5, 1, 6, 8, 10, 11],
      [9, 7, 3, 5, 12, 13, 14, 15],
      [9, 7, 1, 3, 16, 17, 18, 19],
    ])
  })

  it('a small market is audited whole, each time, and nobody twice in one audit', () => {
    expect(audits(times(2, crowdOf(3, [2])), 8)).to.deep.equal([
      [2, 0, 1],
      [2, 0, 1],
    ])
  })

  it('leaves out numbers without an account, and an empty market is empty', () => {
    expect(audits([crowdOf(5, [], new Set([0, 3]))], 8)).to.deep.equal([[1, 2, 4]])
    expect(audits([crowdOf(0)], 8)).to.deep.equal([[]])
  })

  it('a round begun among more accounts than there are now begins again', () => {
    expect(chooseSample(crowdOf(4), { near: 90, everybody: 90 }, 2).accounts).to.deep.equal([0, 1])
  })

  const size = fc.integer({ min: 4, max: 40 })
  const people = fc.integer({ min: 1, max: 300 })
  const some = (of: number) => fc.uniqueArray(fc.nat(of - 1), { maxLength: of })

  it('is bounded, without repeats, and the same for the same crowd', () => {
    fc.assert(
      fc.property(
        people.chain((of) => fc.tuple(fc.constant(of), some(of), fc.nat(400), fc.nat(400))),
        size,
        ([of, near, a, b], bound) => {
          const choose = () => chooseSample(crowdOf(of, near), { near: a, everybody: b }, bound)
          const { accounts } = choose()
          expect(accounts.length).to.equal(Math.min(bound, of))
          expect(new Set(accounts).size).to.equal(accounts.length)
          expect(choose()).to.deep.equal(choose())
        },
      ),
    )
  })

  it('everybody comes up within crowd ÷ ½ size audits, whoever is near the line meanwhile', () => {
    const worlds = people.chain((of) => fc.tuple(fc.constant(of), fc.array(some(of), { minLength: 1, maxLength: 8 })))
    fc.assert(
      fc.property(worlds, size, fc.nat(20), ([of, nears], bound, skipped) => {
        const within = Math.ceil(of / (bound - 2 * Math.floor(bound / 4)))
        const crowds = Array.from({ length: skipped + within }, (_, i) => crowdOf(of, nears[i % nears.length]))
        const seen = new Set(audits(crowds, bound).slice(skipped).flat())
        expect(seen.size).to.equal(of)
      }),
    )
  })

  it('whoever stays near the line comes up within near ÷ ¼ size audits, in whatever order they stand', () => {
    const worlds = people.chain((of) => fc.tuple(fc.constant(of), some(of)))
    fc.assert(
      fc.property(worlds, size, fc.nat(20), ([of, near], bound, skipped) => {
        const within = Math.max(1, Math.ceil(near.length / Math.floor(bound / 4)))
        const turned = (i: number): number[] => [...near.slice(i % near.length), ...near.slice(0, i % near.length)]
        const crowds = Array.from({ length: skipped + within }, (_, i) => crowdOf(of, turned(i)))
        const seen = new Set(audits(crowds, bound).slice(skipped).flat())
        for (const account of near) expect(seen.has(account), `account ${account}`).to.equal(true)
      }),
    )
  })

  it('the riskiest quarter comes up every time', () => {
    const worlds = people.chain((of) => fc.tuple(fc.constant(of), fc.array(some(of), { minLength: 1, maxLength: 9 })))
    fc.assert(
      fc.property(worlds, size, ([of, nears], bound) => {
        const found = audits(
          nears.map((near) => crowdOf(of, near)),
          bound,
        )
        for (const [i, near] of nears.entries())
          expect(found[i]).to.include.members(near.slice(0, Math.floor(bound / 4)))
      }),
    )
  })
})
