import type { Book } from '../book.ts'
import { UINT256_MAX, WAD } from '../math.ts'
import { liquidationPrices, timeToLiquidationS } from '../position.ts'
import type { AccountView } from '../protocol.ts'
import type { AccountId } from '../types.ts'
import type { RateCaps } from './rate-caps.ts'
import type { Deed, Look } from './step.ts'

interface Around {
  readonly deed: Deed | undefined
  readonly before: Look['before']
  readonly caps: RateCaps
}

/** One account, exactly; its parts only where a rule asks for them. Undefined when nothing can be known of it. */
export function lookAt(
  { protocol, ledger }: Book,
  account: AccountId,
  timestamp: bigint,
  { deed, before, caps }: Around,
): Look | undefined {
  const standing = protocol.standing(ledger, account, timestamp)
  if (standing === undefined) return undefined
  let known: AccountView | undefined
  let distance: bigint | null | undefined
  const view = (): AccountView => {
    known ??= protocol.account(ledger, account, timestamp)
    if (known === undefined) throw new RangeError(`account ${account} stands without a view`)
    return known
  }
  return {
    healthFactor: standing.healthFactor === UINT256_MAX ? null : standing.healthFactor,
    debtBase: standing.totalDebtBase,
    deed,
    before,
    distanceWad: () => {
      if (distance === undefined) {
        const { driving } = liquidationPrices(view())
        distance = driving === undefined ? null : WAD - driving.factorWad
      }
      return distance
    },
    timeS: () => timeToLiquidationS(view()),
    fastest: () => caps.fastest(view()),
    fastestOfAll: caps.highest,
  }
}
