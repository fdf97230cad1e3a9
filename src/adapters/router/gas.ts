import type { Facts } from '../../core/types.ts'

/** Flash loan and liquidation without the swap: see `test/contracts/gas.json`, with a reserve for more reserves in use. */
export const LIQUIDATION_GAS = 550_000n

/** EIP-1559: the base fee rises by an eighth a block at most. */
export const nextBaseFee = (facts: Facts): bigint => (facts.block.baseFeeWei * 9n) / 8n
