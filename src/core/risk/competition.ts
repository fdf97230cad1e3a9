/** Who liquidates, and how many try in vain (row 19, second half). Failed calls are seen on L2s, where they are included. */
import { hhi, topShare } from './inequality.ts'
import { knownOr, lacking, type Measure } from './measure.ts'

export interface LiquidationCallSeen {
  readonly block: bigint
  readonly account: string
  /** Null: not recorded. */
  readonly liquidator: string | null
  readonly succeeded: boolean
  /** In base currency, 8 decimals, of what was repaid; 0 when it failed. */
  readonly repaidUsd8: bigint
}

export interface Competition {
  readonly succeeded: number
  readonly liquidators: Measure
  /** By repaid value: 1/n where n share equally, 1 where one has all. */
  readonly hhi: Measure
  readonly topShare: Measure
  /** Failed calls over all calls. */
  readonly failed: Measure
  /** Failed calls for an account that somebody liquidated within `duplicateBlocks` before or in the same block, over all calls. */
  readonly duplicates: Measure
}

/** `failuresSeen`: whether failed calls were looked for at all; without it none says nothing. */
export function competitionOf(
  calls: readonly LiquidationCallSeen[],
  { failuresSeen, duplicateBlocks }: { readonly failuresSeen: boolean; readonly duplicateBlocks: bigint },
): Competition {
  const succeeded = calls.filter((call) => call.succeeded)
  const shares = repaidBy(succeeded)
  const failed = calls.filter((call) => !call.succeeded)
  const ofAll = (count: number): Measure => {
    if (!failuresSeen) return lacking('failedCalls')
    return knownOr(calls.length === 0 ? null : count / calls.length, 'events')
  }
  const late = failed.filter((call) => succeeded.some((won) => isDuplicate(call, won, duplicateBlocks)))
  return {
    succeeded: succeeded.length,
    liquidators: knownOr(shares?.length ?? null, 'liquidators'),
    hhi: knownOr(shares && hhi(shares), 'liquidators'),
    topShare: knownOr(shares && topShare(shares, 1), 'liquidators'),
    failed: ofAll(failed.length),
    duplicates: ofAll(late.length),
  }
}

/** Null if one of the callers is not known: a share of the others would be wrong. */
function repaidBy(calls: readonly LiquidationCallSeen[]): readonly number[] | null {
  const sums = new Map<string, bigint>()
  for (const { liquidator, repaidUsd8 } of calls) {
    if (liquidator === null) return null
    sums.set(liquidator, (sums.get(liquidator) ?? 0n) + repaidUsd8)
  }
  return [...sums.values()].map(Number)
}

const isDuplicate = (failed: LiquidationCallSeen, won: LiquidationCallSeen, blocks: bigint): boolean =>
  failed.account === won.account && failed.block >= won.block && failed.block - won.block <= blocks
