/** Tip for the block's builder, wei a unit of gas: 0.1 gwei. */
export const PRIORITY_FEE_WEI = 100_000_000n
