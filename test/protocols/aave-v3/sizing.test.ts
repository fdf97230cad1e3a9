import { expect } from 'chai'
import { type Comparison, compare, isBest, isFine } from './exhaustive.ts'
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

      it('have no call that brings 0.1 % (and a cent) more than our best', () => {
        const missed = found.filter((one) => isFine(one) && !isBest(one))
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

/** The best call is smaller than the close factor, the debt and the collateral allow. */
const isPart = ({ best }: Comparison): boolean =>
  best !== undefined && best.debt < best.pair.maxLiquidatableDebt && best.collateral + best.fee < best.pair.balance
