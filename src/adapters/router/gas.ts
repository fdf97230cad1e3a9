import type { Seizure } from '../../core/plan.ts'
import type { Facts } from '../../core/types.ts'

/** Flash loan and liquidation without the swap: see `test/contracts/gas.json`, with a reserve for more reserves in use. */
const LIQUIDATION_GAS = 550_000n

/** A second call in the same transaction, on storage that the first has warmed: the same file. */
const SECOND_CALL_GAS = 150_000n

export const liquidationGas = ({ firstCover }: Pick<Seizure, 'firstCover'>): bigint =>
  firstCover === 0n ? LIQUIDATION_GAS : LIQUIDATION_GAS + SECOND_CALL_GAS

/** EIP-1559: the base fee rises by an eighth a block at most. */
export const nextBaseFee = (facts: Facts): bigint => (facts.block.baseFeeWei * 9n) / 8n
