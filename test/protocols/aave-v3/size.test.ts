import { expect } from 'chai'
import fc from 'fast-check'
import { UINT256_MAX } from '../../../src/core/math.ts'
import { RULES, type Rules, rulesFor } from '../../../src/protocols/aave-v3/rules.ts'
import { maxLiquidatableDebt, type SeizureInput, seize, sizeLargest } from '../../../src/protocols/aave-v3/size.ts'

const V36 = rulesFor('aave-v3.6', 0n) as Rules
/** The newest two are drawn more often. */
const runs = ({ id }: Rules): number => (id === 'aave-v3.6' || id === 'aave-v3.7' ? 5000 : 1000)
const USD = 10n ** 8n
const EDGE = 950_000_000_000_000_000n
/** What `sizeLargest` keeps above the pool's $1,000 when it leaves a part on purpose. */
const MARGIN_BASE = 10n ** 7n

/** One WETH-like collateral against one USDC-like debt, in dollars. */
const position = (collateralUsd: number, debtUsd: number, over: Partial<SeizureInput> = {}): SeizureInput => ({
  collateralPrice: 2000n * USD,
  collateralUnit: 10n ** 18n,
  collateralBalance: (BigInt(Math.round(collateralUsd * 1e6)) * 10n ** 12n) / 2000n,
  debtPrice: USD,
  debtUnit: 10n ** 6n,
  debtBalance: BigInt(Math.round(debtUsd * 1e6)),
  liquidationBonusBps: 10_500n,
  protocolFeeBps: 1000n,
  totalDebtBase: BigInt(Math.round(debtUsd * 1e8)),
  healthFactor: 970_000_000_000_000_000n,
  ...over,
})

const usd = (amount: bigint): number => Number(amount) / 1e6

/** Log-uniform, with the neighbours of the pool's limits drawn often. */
const valueBase: fc.Arbitrary<bigint> = fc.oneof(
  fc.double({ min: 0, max: 17, noNaN: true }).map((e) => BigInt(Math.round(10 ** e))),
  fc
    .tuple(fc.constantFrom(1000n, 2000n, 4000n), fc.bigInt({ min: -(2n * 10n ** 9n), max: 2n * 10n ** 9n }))
    .map(([dollars, off]) => dollars * USD + off),
)
const unit = fc.constantFrom(2n, 6n, 8n, 18n, 27n).map((decimals) => 10n ** decimals)
const price = fc.double({ min: 2, max: 14, noNaN: true }).map((e) => BigInt(Math.round(10 ** e)))
const health = fc.oneof(
  fc.constantFrom(0n, EDGE - 1n, EDGE, EDGE + 1n, 10n ** 18n - 1n),
  fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }),
)

const inputs: fc.Arbitrary<SeizureInput> = fc
  .record({
    collateralBase: valueBase,
    debtBase: valueBase,
    otherDebtBase: fc.oneof(fc.constant(0n), valueBase),
    collateralPrice: price,
    collateralUnit: unit,
    debtPrice: price,
    debtUnit: unit,
    liquidationBonusBps: fc.bigInt({ min: 10_001n, max: 12_000n }),
    protocolFeeBps: fc.oneof(fc.constant(0n), fc.bigInt({ min: 1n, max: 5000n })),
    healthFactor: health,
  })
  .map(({ collateralBase, debtBase, otherDebtBase, ...rest }) => {
    const atLeastOne = (amount: bigint): bigint => (amount > 0n ? amount : 1n)
    const debtBalance = atLeastOne((debtBase * rest.debtUnit) / rest.debtPrice)
    const own = V36.debtInBase(debtBalance, rest.debtPrice, rest.debtUnit)
    return {
      ...rest,
      collateralBalance: atLeastOne((collateralBase * rest.collateralUnit) / rest.collateralPrice),
      debtBalance,
      totalDebtBase: own + otherDebtBase,
    }
  })
const share = fc.bigInt({ min: 0n, max: 11_000n })
const parts = (amount: bigint, bps: bigint): bigint => (amount * bps) / 10_000n

for (const rules of RULES)
  describe(`Aave V3 sizing by ${rules.id}`, () => {
    it('never asks for an amount that the pool would refuse, or do otherwise than foretold', () => {
      fc.assert(
        fc.property(inputs, fc.option(share, { nil: undefined }), (input, limited) => {
          const limit = limited === undefined ? UINT256_MAX : parts(input.debtBalance, limited)
          const sized = sizeLargest(input, rules, limit)
          if (sized === undefined) return
          const { debtToCover, ...foretold } = sized
          expect(seize(input, debtToCover, rules)).to.deep.equal(foretold)
          expect(sized.debt > 0n && debtToCover >= sized.debt, 'asks for what is covered, or more').to.equal(true)
          expect(debtToCover <= limit, 'limit').to.equal(true)
          expect(sized.debt <= maxLiquidatableDebt(input, rules), 'close factor').to.equal(true)
          expect(sized.collateral + sized.protocolFee <= input.collateralBalance, 'balance').to.equal(true)
        }),
        { numRuns: 4 * runs(rules) },
      )
    })

    it('finds the largest call, but for the ten cents that are kept above the dust line', () => {
      const samples = fc.array(share, { minLength: 8, maxLength: 8 })
      fc.assert(
        fc.property(inputs, samples, share, (input, asked, limited) => {
          const limit = parts(input.debtBalance, limited)
          const sized = sizeLargest(input, rules, limit)
          for (const bps of asked) {
            const amount = parts(limit, bps > 10_000n ? 10_000n : bps)
            const out = seize(input, amount, rules)
            if (out === undefined || out.debt === 0n || out.debt <= (sized?.debt ?? 0n)) continue
            expect(leftoverBase(input, out) < 1000n * USD + 2n * MARGIN_BASE + grain(input), `${amount}`).to.equal(true)
          }
        }),
        { numRuns: runs(rules) },
      )
    })

    it('closes the whole debt whenever the close factor and the collateral allow it', () => {
      fc.assert(
        fc.property(inputs, (input) => {
          const whole = seize(input, input.debtBalance, rules)
          if (whole === undefined || whole.debt !== input.debtBalance) return
          const sized = sizeLargest(input, rules, UINT256_MAX)
          expect(sized?.debt).to.equal(input.debtBalance)
          expect((sized?.debtToCover ?? 0n) > input.debtBalance, 'room for interest').to.equal(true)
        }),
        { numRuns: runs(rules) },
      )
    })

    if (!rules.dustRules) return
    for (const [what, input, debt] of [
      ['half of $10,000 at health 0.97', position(12_000, 10_000), 5000],
      ['all at health 0.95 exactly', position(12_000, 10_000, { healthFactor: EDGE }), 10_000],
      ['half just above 0.95', position(12_000, 10_000, { healthFactor: EDGE + 1n }), 5000],
      ['all of a debt of $1,999', position(12_000, 1999), 1999],
      ['half of a debt of $2,000.10', position(12_000, 2000.1), 1000.05],
      ['all of it when the collateral is worth $1,999', position(1999, 1900), 1900],
      ['the whole of a debt that is under half of the total', halfOfTotal(), 10_000],
      ['half of a debt of $2,000 exactly, which leaves $1,000 exactly', position(12_000, 2000), 1000],
      ['what the collateral pays for, when it caps', position(9000, 10_000, { healthFactor: EDGE }), 8571.428572],
    ] as const)
      it(`covers ${what}`, () => {
        const sized = sizeLargest(input, rules, UINT256_MAX)
        expect(usd(sized?.debt ?? 0n)).to.be.closeTo(debt, 0.00001)
      })

    it('leaves a thousand and ten cents when a part must stay', () => {
      const sized = sizeLargest(position(12_000, 2500, { healthFactor: EDGE }), rules, 2_000_000_000n)
      expect(usd(sized?.debt ?? 0n)).to.be.closeTo(2500 - 1000.1, 0.001)
    })

    it('does nothing when every call would leave dust', () => {
      const input = position(12_000, 1000.05)
      expect(sizeLargest(input, rules, 1_000_040_000n)).to.equal(undefined)
      expect(sizeLargest(input, rules, 0n)).to.equal(undefined)
    })

    it('asks for enough that the last satoshi of a small collateral is taken too', () => {
      // 1,234 satoshi against 18 decimals: a call rounded down by one satoshi of value would leave it behind as dust.
      const coarse = { collateralPrice: 100_000n * USD, collateralUnit: 10n ** 8n, collateralBalance: 1234n }
      const input = {
        ...position(0, 5),
        ...coarse,
        debtUnit: 10n ** 18n,
        debtBalance: 5n * 10n ** 18n,
        healthFactor: 0n,
      }
      const sized = sizeLargest(input, rules, UINT256_MAX)
      expect(sized && seize(input, sized.debtToCover, rules)?.collateral).to.equal(sized?.collateral)
      expect((sized?.collateral ?? 0n) + (sized?.protocolFee ?? 0n)).to.equal(1234n)
    })
  })

describe('Aave V3 sizing until 3.2', () => {
  for (const id of ['aave-v3.0', 'aave-v3.1', 'aave-v3.2', 'sparklend'])
    for (const [what, input, debt] of [
      ['half of $10,000 at health 0.97', position(12_000, 10_000), 5000],
      ['all at health 0.95 exactly', position(12_000, 10_000, { healthFactor: EDGE }), 10_000],
      ['half of a debt of $1,500, however small', position(12_000, 1500), 750],
      ['half of the debt in the reserve, whatever is owed beside', halfOfTotal(), 5000],
      ['a part that leaves dust', position(400, 500), 250],
    ] as const)
      it(`${id} covers ${what}`, () => {
        const sized = sizeLargest(input, rulesFor(id, 0n) as Rules, UINT256_MAX)
        expect(usd(sized?.debt ?? 0n)).to.be.closeTo(debt, 0.00001)
      })
})

function halfOfTotal(): SeizureInput {
  return position(30_000, 10_000, { totalDebtBase: 20_000n * USD })
}

/** What a call leaves behind, the smaller side, in base currency. */
function leftoverBase(input: SeizureInput, out: { debt: bigint; collateral: bigint; protocolFee: bigint }): bigint {
  const debt = ((input.debtBalance - out.debt) * input.debtPrice) / input.debtUnit
  const collateral =
    ((input.collateralBalance - out.collateral - out.protocolFee) * input.collateralPrice) / input.collateralUnit
  return debt < collateral ? debt : collateral
}

/** One smallest unit of either asset, in base currency. */
const grain = (input: SeizureInput): bigint =>
  2n * (input.debtPrice / input.debtUnit + input.collateralPrice / input.collateralUnit + 2n)

describe('Aave V3 flash premium', () => {
  for (const [amount, bps, premium] of [
    [0n, 5n, 0n],
    [1n, 5n, 1n],
    [10_000n, 5n, 5n],
    [10_001n, 5n, 6n],
    [10n ** 24n, 0n, 0n],
  ] as const)
    it(`of ${amount} at ${bps} bps is ${premium}, rounded up`, () => {
      expect(V36.flashPremium(amount, bps)).to.equal(premium)
    })

  it('was half up before 3.5', () => {
    const V30 = rulesFor('aave-v3.0', 0n) as Rules
    expect([10_000n, 10_001n, 11_000n].map((amount) => V30.flashPremium(amount, 5n))).to.deep.equal([5n, 5n, 6n])
  })
})
