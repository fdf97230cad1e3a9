import type { AccountId } from '../types.ts'
import type { CohortAnswer } from './answers.ts'
import { BOUNDS_USD8, COHORTS, type Cohort } from './de-risking.ts'
import { isCounted } from './leverage.ts'
import type { Portrait } from './portrait.ts'
import { median } from './quantile.ts'

/** The part of row 10 that the book knows: borrowers by the size of their debt, in dollars. */
interface CohortState extends Omit<CohortAnswer, 'seizedUsd' | 'lossUsd' | 'liquidatedShare'> {
  readonly cohort: Cohort
}

const THIN = 1.1
const USD8 = 1e8

/** All cohorts in order, the empty ones too. `collateral`: C by account. `isContract`: undefined where nobody asked; a cohort with such an account has no count. */
export function cohortsOf(
  portrait: Portrait,
  collateral: Float64Array,
  isContract: (account: AccountId) => boolean | undefined,
): readonly CohortState[] {
  const { size, credit, debit } = portrait
  const sums = COHORTS.map(() => ({ collateral: 0, debt: 0, thin: 0, contracts: 0, healths: [] as number[] }))
  for (let account = 0; account < size; account++) {
    const [has, owes, weighted] = [collateral[account] as number, debit[account] as number, credit[account] as number]
    if (!isCounted(has, owes, weighted)) continue
    const sum = sums[cohortIndex(owes)]
    if (sum === undefined) continue
    sum.collateral += has
    sum.debt += owes
    sum.contracts += Number(isContract(account) ?? Number.NaN)
    sum.healths.push(weighted / owes)
    if (weighted / owes < THIN) sum.thin += owes
  }
  return sums.map(({ collateral: has, debt, thin, contracts, healths }, i) => ({
    cohort: COHORTS[i] as Cohort,
    accounts: healths.length,
    contracts: Number.isNaN(contracts) ? null : contracts,
    debtUsd: debt / USD8,
    collateralUsd: has / USD8,
    leverage: has > debt ? has / (has - debt) : null,
    healthMedian: median(healths),
    thinShare: debt === 0 ? null : thin / debt,
  }))
}

const BOUNDS = BOUNDS_USD8.map(Number)
/** `cohortOf` in floats: it is asked of everybody. */
function cohortIndex(debtBase: number): number {
  let index = 0
  while (index < BOUNDS.length && debtBase >= (BOUNDS[index] as number)) index++
  return index
}
