/**
 * Liquidations that make things worse (row 6; Warmuz et al.). A call on a collateral lowers health iff (1+b)·LT > health: it takes
 * more weight than the debt it repays. And a loss is certain iff D > Σ Cᵢ/(1+bᵢ): all collateral, seized at once, repays less
 * than what is owed; of one collateral that is D/C > 1/(1+b). In dollars, at present prices.
 */
import type { RiskOverview } from './answers.ts'
import { Holdings } from './holdings.ts'
import type { Portrait } from './portrait.ts'

const USD8 = 1e8

export function toxicityOf(portrait: Portrait): RiskOverview['toxicity'] {
  const { size, credit, debit } = portrait
  const holdings = new Holdings(portrait)
  const nowhere = new Float64Array(portrait.rate.length)
  let [accounts, debtUsd, lossUsd] = [0, 0, 0]
  for (let account = 0; account < size; account++) {
    const [weighted, owed] = [credit[account] as number, debit[account] as number]
    if (!(owed > 0 && weighted < owed)) continue
    holdings.read(account, nowhere, 1)
    const { repayable } = holdings.sums()
    lossUsd += Math.max(0, owed - repayable) / USD8
    if (!isWorsened(holdings, weighted / owed)) continue
    accounts++
    debtUsd += owed / USD8
  }
  return { accounts, debtUsd, lossUsd }
}

/** Some collateral that can be seized has (1+b)·LT above health. */
function isWorsened(holdings: Holdings, health: number): boolean {
  for (let i = 0; i < holdings.collaterals; i++)
    if ((holdings.value[i] as number) > 0 && holdings.bonus(i) * holdings.threshold(i) > health) return true
  return false
}
