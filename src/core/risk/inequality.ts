/** How unevenly amounts, none of them negative, are spread. Null where there is nothing to spread. */
type Amounts = ArrayLike<number>

/** Gini's coefficient: half the mean difference over the mean. 0: all equal; (n − 1)/n: one has all. */
export function gini(amounts: Amounts): number | null {
  const sorted = new Float64Array(amounts).sort()
  const sum = total(sorted)
  if (sum === 0) return null
  const weighted = sorted.reduce((all, amount, i) => all + (2 * (i + 1) - sorted.length - 1) * amount, 0)
  return weighted / (sorted.length * sum)
}

/** Herfindahl and Hirschman's index: Σ share². 1/n: all equal; 1: one has all. Its inverse is the number of equal ones. */
export function hhi(amounts: Amounts): number | null {
  const sum = total(amounts)
  if (sum === 0) return null
  let all = 0
  for (let i = 0; i < amounts.length; i++) all += ((amounts[i] as number) / sum) ** 2
  return all
}

/** Share of the `n` largest. */
export const topShare = (amounts: Amounts, n: number): number | null =>
  total(amounts) === 0 ? null : topShares(amounts)(n)

/** The same for several `n` of amounts that are not all 0: they are sorted once. */
export function topShares(amounts: Amounts): (n: number) => number {
  const descending = new Float64Array(amounts).sort().reverse()
  const sum = total(descending)
  return (n) => total(descending.subarray(0, n)) / sum
}

function total(amounts: Amounts): number {
  let sum = 0
  for (let i = 0; i < amounts.length; i++) {
    const amount = amounts[i] as number
    if (!(amount >= 0)) throw new RangeError(`an amount of ${amount} cannot be shared out`)
    sum += amount
  }
  return sum
}
