import { expect } from 'chai'
import fc from 'fast-check'
import * as math from '../../src/core/math.ts'

const { RAY, WAD } = math

type Binary = (a: bigint, b: bigint) => bigint
interface Family {
  readonly name: string
  /** Half up where the contract's plain name rounds so. */
  readonly half?: Binary
  readonly floor?: Binary
  readonly ceil?: Binary
  /** a, b → [floor, half up, ceil] */
  readonly table: readonly (readonly [a: bigint, b: bigint, floor: bigint, half: bigint, ceil: bigint])[]
  /** The exact fraction, as numerator and denominator. */
  readonly exact: (a: bigint, b: bigint) => readonly [bigint, bigint]
}

const FAMILIES: readonly Family[] = [
  {
    name: 'rayMul',
    half: math.rayMul,
    floor: math.rayMulFloor,
    ceil: math.rayMulCeil,
    exact: (a, b) => [a * b, RAY],
    table: [
      [0n, RAY, 0n, 0n, 0n],
      [RAY, 7n, 7n, 7n, 7n],
      [1n, RAY / 2n - 1n, 0n, 0n, 1n],
      [1n, RAY / 2n, 0n, 1n, 1n], // an exact half goes up
      [1n, RAY / 2n + 1n, 0n, 1n, 1n],
      [3n, RAY / 2n, 1n, 2n, 2n],
      [1n, 1n, 0n, 0n, 1n],
      [math.UINT256_MAX, 1n, math.UINT256_MAX / RAY, (math.UINT256_MAX + RAY / 2n) / RAY, math.UINT256_MAX / RAY + 1n],
    ],
  },
  {
    name: 'wadDiv',
    half: math.wadDiv,
    exact: (a, b) => [a * WAD, b],
    table: [
      [0n, 5n, 0n, 0n, 0n],
      [6n, 3n, 2n * WAD, 2n * WAD, 2n * WAD],
      [1n, 3n, WAD / 3n, WAD / 3n, WAD / 3n + 1n],
      [2n, 3n, (2n * WAD) / 3n, (2n * WAD) / 3n + 1n, (2n * WAD) / 3n + 1n],
      [1n, 2n * WAD, 0n, 1n, 1n], // an exact half goes up
      [1n, 2n * WAD + 1n, 0n, 0n, 1n],
      [1n, 2n * WAD - 1n, 0n, 1n, 1n],
    ],
  },
  {
    name: 'percentMul',
    half: math.percentMul,
    floor: math.percentMulFloor,
    ceil: math.percentMulCeil,
    exact: (a, b) => [a * b, math.PERCENTAGE_FACTOR],
    table: [
      [0n, 8_000n, 0n, 0n, 0n],
      [100n, 8_000n, 80n, 80n, 80n],
      [1n, 4_999n, 0n, 0n, 1n],
      [1n, 5_000n, 0n, 1n, 1n], // an exact half goes up
      [1n, 5_001n, 0n, 1n, 1n],
      [12_345n, 10_500n, 12_962n, 12_962n, 12_963n],
      [7n, 20_000n, 14n, 14n, 14n],
    ],
  },
  {
    name: 'percentDiv',
    half: math.percentDiv,
    floor: math.percentDivFloor,
    ceil: math.percentDivCeil,
    exact: (a, b) => [a * math.PERCENTAGE_FACTOR, b],
    table: [
      [0n, 8_000n, 0n, 0n, 0n],
      [80n, 8_000n, 100n, 100n, 100n],
      [1n, 20_000n, 0n, 1n, 1n], // an exact half goes up
      [1n, 20_001n, 0n, 0n, 1n],
      [1n, 19_999n, 0n, 1n, 1n],
      [105n, 10_500n, 100n, 100n, 100n],
      [100n, 10_500n, 95n, 95n, 96n],
    ],
  },
  {
    name: 'mulDiv by 3',
    floor: (a, b) => math.mulDivFloor(a, b, 3n),
    ceil: (a, b) => math.mulDivCeil(a, b, 3n),
    exact: (a, b) => [a * b, 3n],
    table: [
      [0n, 9n, 0n, 0n, 0n],
      [2n, 2n, 1n, 1n, 2n],
      [3n, 5n, 5n, 5n, 5n],
      [5n, 1n, 1n, 2n, 2n],
    ],
  },
]

const uint = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 128n }), fc.bigInt({ min: 0n, max: 100_000n }))

describe('math', () => {
  for (const { name, half, floor, ceil, table, exact } of FAMILIES)
    describe(name, () => {
      for (const [a, b, low, mid, high] of table)
        it(`of ${a} and ${b}`, () => {
          if (floor) expect(floor(a, b), 'floor').to.equal(low)
          if (half) expect(half(a, b), 'half up').to.equal(mid)
          if (ceil) expect(ceil(a, b), 'ceil').to.equal(high)
        })

      it('is the exact fraction, rounded the way its name says: floor ≤ half up ≤ ceil', () => {
        fc.assert(
          fc.property(uint, uint, (a, b) => {
            const [over, under] = exact(a, b)
            fc.pre(under > 0n)
            const low = over / under
            const isWhole = low * under === over
            if (floor) expect(floor(a, b)).to.equal(low)
            if (ceil) expect(ceil(a, b)).to.equal(isWhole ? low : low + 1n)
            const isUp = 2n * (over - low * under) >= under
            if (half) expect(half(a, b)).to.equal(isUp ? low + 1n : low)
          }),
        )
      })
    })

  it('throws on division by zero', () => {
    for (const divide of [math.wadDiv, math.percentDiv, math.percentDivFloor, math.percentDivCeil])
      expect(() => divide(1n, 0n)).to.throw(RangeError)
    expect(() => math.mulDivFloor(1n, 1n, 0n)).to.throw(RangeError)
    expect(() => math.mulDivCeil(1n, 1n, 0n)).to.throw(RangeError)
  })

  it('min and max', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), (a, b) => {
        expect([math.min(a, b), math.max(a, b)]).to.deep.equal(a < b ? [a, b] : [b, a])
      }),
    )
  })

  it('knows its constants', () => {
    expect(WAD).to.equal(1_000_000_000_000_000_000n)
    expect(RAY).to.equal(WAD * 1_000_000_000n)
    expect(math.UINT256_MAX.toString(16)).to.equal('f'.repeat(64))
    expect(math.PERCENTAGE_FACTOR).to.equal(10_000n)
  })
})

describe('sqrtFloor', () => {
  it('is exact around every square', () => {
    for (const root of [1n, 2n, 3n, 10n ** 9n, 2n ** 64n, 2n ** 96n - 1n, 2n ** 160n]) {
      expect(math.sqrtFloor(root * root - 1n)).to.equal(root - 1n)
      expect(math.sqrtFloor(root * root)).to.equal(root)
      expect(math.sqrtFloor(root * root + 2n * root)).to.equal(root)
    }
    expect(math.sqrtFloor(0n)).to.equal(0n)
  })

  it('is the largest integer whose square is not more', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 512n }), (value) => {
        const root = math.sqrtFloor(value)
        expect(root * root <= value && (root + 1n) * (root + 1n) > value).to.equal(true)
      }),
    )
  })
})
