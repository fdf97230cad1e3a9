import type { Address } from 'viem'
import type { Ledger } from '../../core/ledger.ts'
import { mulDivFloor, WAD } from '../../core/math.ts'
import type { Call } from '../../core/types.ts'
import { call, SELECTORS } from './abi.ts'
import { addressIn, MARKET, reserveAddress, reserveCell, reserveIds } from './cells.ts'

/** AaveOracle.getAssetPrice of every reserve. */
export const prices = (ledger: Ledger): Call[] =>
  reserveIds(ledger).map((id) =>
    call(addressIn(ledger, MARKET.oracle), SELECTORS.getAssetPrice, reserveAddress(ledger, id, 'asset')),
  )

/**
 * Exact where the source is the feed itself. A feed that stands on another (a ratio on the price of ether) rounds its own
 * price as well: there ours is off by less than 1 + max(ratio, factor) units of 1e-8. What a source cuts off above its root (a
 * capped stable coin) is not known here.
 */
export function shock(ledger: Ledger, factors: ReadonlyMap<Address, bigint>): void {
  for (const id of reserveIds(ledger)) {
    const factor = factors.get(reserveAddress(ledger, id, 'root'))
    const cell = reserveCell(id, 'price')
    if (factor !== undefined) ledger.set(cell, mulDivFloor(ledger.get(cell), factor, WAD))
  }
}
