/**
 * Volatility of hourly log returns, per hour, exponentially weighted: σ² ← λσ² + (1 − λ)r² with λ = 2^(−1/halfLife), started
 * at the first return's square (RiskMetrics, J.P. Morgan 1996, with the mean taken as 0). One value for each price after the first.
 */
export function ewmaVolatility(prices: readonly number[], halfLifeHours: number): readonly number[] {
  const lambda = 2 ** (-1 / halfLifeHours)
  const sigmas: number[] = []
  let variance: number | undefined
  for (let i = 1; i < prices.length; i++) {
    const square = Math.log((prices[i] ?? 0) / (prices[i - 1] ?? 0)) ** 2
    variance = variance === undefined ? square : lambda * variance + (1 - lambda) * square
    sigmas.push(Math.sqrt(variance))
  }
  return sigmas
}
