import { csv } from '../csv.ts'
import type { BacktestReport, OurEntry } from './report-schema.ts'
import { exact } from './text.ts'

/** Each column: its name and what stands in it; `null` leaves the cell empty. Amounts are whole units with all decimals. */
const COLUMNS: readonly (readonly [name: string, cell: (plan: OurEntry) => string | number | null])[] = [
  ['date', ({ timestamp }) => new Date(timestamp * 1000).toISOString().replace('.000', '')],
  ['block', ({ block }) => block],
  ['market', ({ market }) => market],
  ['borrower', ({ user }) => user],
  ['health_factor', ({ healthFactor }) => exact(BigInt(healthFactor), 18)],
  ['collateral', ({ collateralSymbol }) => collateralSymbol],
  ['collateral_asset', ({ collateralAsset }) => collateralAsset],
  ['debt', ({ debtSymbol }) => debtSymbol],
  ['debt_asset', ({ debtAsset }) => debtAsset],
  ['debt_covered', (plan) => inDebt(plan, plan.debtCovered)],
  ['collateral_seized', (plan) => inCollateral(plan, plan.collateralSeized)],
  ['min_profit', (plan) => inDebt(plan, plan.minProfit)],
  ['debt_usd', ({ debtUsd }) => debtUsd],
  ['gross_usd', ({ grossUsd }) => grossUsd],
  ['cost_usd', ({ costUsd }) => costUsd],
  ['net_usd', ({ netUsd }) => netUsd],
  ['quote', ({ quote }) => quote],
  ['lateness_blocks', ({ latenessBlocks }) => latenessBlocks],
  ['chance', ({ chance }) => chance.toFixed(6)],
  ['expected_net_usd', ({ expectedUsd }) => expectedUsd],
  ['rival', ({ rival }) => rival?.liquidator ?? null],
  ['rival_block', ({ rival }) => rival?.block ?? null],
  ['rival_tx', ({ rival }) => rival?.tx ?? null],
  ['executed', ({ executed }) => executed?.status ?? null],
  ['revert', ({ executed }) => executed?.revert ?? null],
  ['predicted_profit', (plan) => inDebt(plan, plan.executed?.predictedProfit)],
  ['executed_profit', (plan) => inDebt(plan, plan.executed?.profit)],
  ['executed_profit_usd', ({ executed }) => executed?.profitUsd ?? null],
  ['executed_seized', (plan) => inCollateral(plan, plan.executed?.seized)],
  ['gas_used', ({ executed }) => executed?.gasUsed ?? null],
]

const inDebt = ({ debtDecimals }: OurEntry, amount: string | undefined): string | null =>
  amount === undefined ? null : exact(BigInt(amount), debtDecimals)

const inCollateral = ({ collateralDecimals }: OurEntry, amount: string | undefined): string | null =>
  amount === undefined ? null : exact(BigInt(amount), collateralDecimals)

/** The ledger for the accountant: one line for each plan of ours, in the order of the chain. */
export function renderCsv({ ours }: BacktestReport): string {
  return csv(
    COLUMNS.map(([name]) => name),
    ours.map((plan) => COLUMNS.map(([, cell]) => cell(plan))),
  )
}
