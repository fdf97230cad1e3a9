import { expect } from 'chai'
import { type Comparison, compare, isAsGood, isFine, single } from './exhaustive.ts'
import { bestTwice, judge, type Position, pairsOf } from './pool-call.ts'
import { unhealthy } from './unhealthy.ts'

const POSITIONS = 1500

describe('Aave V3 sizing against an exhaustive search', function () {
  this.timeout(120_000)

  for (const version of ['3.6', '3.7'] as const)
    describe(`${POSITIONS} unhealthy positions by ${version}`, () => {
      const found: Comparison[] = []

      before(() => {
        for (const position of unhealthy(version === '3.6' ? 1 : 2, POSITIONS, version))
          found.push(compare(position, 150))
      })

      it('are all seen', () => {
        expect(found.filter(({ candidate }) => candidate === undefined)).to.have.length(0)
      })

      it('are seized as predicted, to the wei, by every call of ours', () => {
        expect(found.flatMap(({ wrong }) => wrong)).to.deep.equal([])
        expect(found.flatMap(({ candidate }) => candidate?.seizures ?? []).length).to.be.above(POSITIONS)
      })

      it('have no call that brings 0.1 % (and two cents) more than our best', () => {
        const missed = found.filter((one) => isFine(one) && !isAsGood(one.best?.gain ?? 0n, single(one.candidate)))
        expect(missed.map(({ candidate, best }) => ({ ours: candidate?.seizures[0], best }))).to.deep.equal([])
      })

      it('cover what the rules make of them', () => {
        const share = (of: (one: Comparison) => boolean) => found.filter(of).length / POSITIONS
        const health = ({ candidate }: Comparison) => Number(candidate?.healthFactor ?? 0n) / 1e18
        const pair = ({ best }: Comparison) => best?.pair
        expect(share((one) => health(one) > 0.95)).to.be.within(0.3, 0.8)
        expect(share((one) => Math.abs(health(one) - 0.95) < 1e-3)).to.be.above(0.1)
        // Halved by the close factor, cut by the collateral, cut so that no dust is left, cut by what the pool has.
        expect(share((one) => (pair(one)?.maxLiquidatableDebt ?? 0n) < (pair(one)?.reserveDebt ?? 0n))).to.be.above(0.1)
        expect(
          share((one) => one.best !== undefined && one.best.collateral + one.best.fee === pair(one)?.balance),
        ).to.be.above(0.1)
        expect(share(isPart)).to.be.above(0.05)
        expect(share((one) => (pair(one)?.available ?? 0n) < 10n ** 39n)).to.be.above(0.01)
        expect(share((one) => (one.candidate?.seizures.length ?? 0) > 1)).to.be.above(0.4)
      })
    })
})

describe('Aave V3: two calls in one transaction', function () {
  this.timeout(120_000)
  const found: { readonly position: Position; readonly comparison: Comparison; readonly best: bigint }[] = []

  before(() => {
    for (const position of unhealthy(3, 1200, '3.6')) {
      const halved = pairsOf(position).filter(({ pair }) => pair.maxLiquidatableDebt < pair.reserveDebt)
      const isCoarse = halved.some(({ pair }) => !isFine({ best: { pair } }))
      if (halved.length === 0 || isCoarse) continue
      const gains = halved.map(({ held, owing }) => bestTwice(position, held, owing, 5n, 8)?.gain ?? 0n)
      found.push({ position, comparison: compare(position, 8), best: gains.reduce((a, b) => (b > a ? b : a), 0n) })
    }
  })

  it('bring more than one wherever an exhaustive search of both amounts says so, within 0.1 % (and two cents)', () => {
    const missed = found.filter(({ comparison, best }) => !isAsGood(best, comparison.candidate?.seizures[0]))
    expect(found.length).to.be.above(200)
    expect(missed.map(({ position, best }) => [judge(position), best])).to.deep.equal([])
  })

  it('are found often, and bring a tenth more in the middle', () => {
    const more = found.flatMap(({ comparison: { candidate } }) => {
      const once = single(candidate)?.grossBase ?? 0n
      const best = candidate?.seizures[0]?.grossBase ?? 0n
      return once > 0n && best > once ? [Number(best - once) / Number(once)] : []
    })
    expect(more.length / found.length).to.be.above(0.5)
    expect(more.toSorted((a, b) => a - b)[more.length >> 1]).to.be.within(0.05, 0.3)
  })
})

/** The best call is smaller than the close factor, the debt and the collateral allow. */
const isPart = ({ best }: Comparison): boolean =>
  best !== undefined && best.debt < best.pair.maxLiquidatableDebt && best.collateral + best.fee < best.pair.balance
