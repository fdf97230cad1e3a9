/** Of erfc(x) = t · exp(−x² + p(t)), t = 1/(1 + x/2): lowest power first. */
const ERFC = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
  0.17087277,
] as const

/**
 * Φ(z): the probability that a standard normal variable is below z. By the Chebyshev fit of erfc in Numerical Recipes (Press et al.,
 * section 6.2): off by less than 1.2e-7 of itself, far out in the tail as well.
 */
export function normalBelow(z: number): number {
  const x = Math.abs(z) / Math.SQRT2
  const t = 1 / (1 + x / 2)
  const p = ERFC.reduceRight((sum, coefficient) => sum * t + coefficient, 0)
  const tail = (t * Math.exp(-x * x + p)) / 2
  return z > 0 ? 1 - tail : tail
}
