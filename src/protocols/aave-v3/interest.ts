import { RAY, rayMul } from '../../core/math.ts'

const SECONDS_PER_YEAR = 31_536_000n

/** Interest since the last update, in ray: what an index is multiplied by. `rateRay` a year, `elapsedS` ≥ 0. */
export type Interest = (rateRay: bigint, elapsedS: bigint) => bigint

/** MathUtils.calculateLinearInterest, the same in every revision. */
export const calculateLinearInterest: Interest = (rateRay, elapsedS) => RAY + (rateRay * elapsedS) / SECONDS_PER_YEAR

/** MathUtils.calculateCompoundedInterest (3.4 on): e^x to its third power. */
export const calculateCompoundedInterest: Interest = (rateRay, elapsedS) => {
  if (elapsedS === 0n) return RAY
  const x = (rateRay * elapsedS) / SECONDS_PER_YEAR
  return RAY + x + rayMul(x, x / 2n + rayMul(x, x / 6n))
}

/** The same until 3.3: the binomial series, whose powers are divided by the year before they are multiplied by time. */
export const calculateCompoundedInterestUntil33: Interest = (rateRay, elapsedS) => {
  if (elapsedS === 0n) return RAY
  const twoLess = elapsedS > 2n ? elapsedS - 2n : 0n
  const basePowerTwo = rayMul(rateRay, rateRay) / (SECONDS_PER_YEAR * SECONDS_PER_YEAR)
  const basePowerThree = rayMul(basePowerTwo, rateRay) / SECONDS_PER_YEAR
  const secondTerm = (elapsedS * (elapsedS - 1n) * basePowerTwo) / 2n
  const thirdTerm = (elapsedS * (elapsedS - 1n) * twoLess * basePowerThree) / 6n
  return RAY + (rateRay * elapsedS) / SECONDS_PER_YEAR + secondTerm + thirdTerm
}
