import type { Address } from 'viem'
import type { Cell, Ledger } from '../../core/ledger.ts'
import { mulDivFloor, WAD } from '../../core/math.ts'
import type { Call } from '../../core/types.ts'
import { call, SELECTORS } from './abi.ts'
import { addressIn, eModeCell, eModeIds, MARKET, NO_PRICE, reserveAddress, reserveCell, reserveIds } from './cells.ts'

/** AaveOracle.getAssetPrice of every reserve, and of what stands for a whole eMode category. */
export const prices = (ledger: Ledger): Call[] =>
  [...new Set([...reserveIds(ledger).map((id) => reserveAddress(ledger, id, 'asset')), ...commonSources(ledger)])].map(
    (asset) => call(addressIn(ledger, MARKET.oracle), SELECTORS.getAssetPrice, asset),
  )

/** Assets whose price stands for an eMode category (until 3.1); they need not be reserves. */
export const commonSources = (ledger: Ledger): Address[] =>
  eModeIds(ledger)
    .map((category) => eModeCell(category, 'priceSource'))
    .filter((cell) => ledger.get(cell) !== 0n)
    .map((cell) => addressIn(ledger, cell))

/**
 * Exact where the source is the feed itself. A feed that stands on another (a ratio on the price of ether) rounds its own
 * price as well: there ours is off by less than 1 + max(ratio, factor) units of 1e-8. What a source cuts off above its root (a
 * capped stable coin) is not known here.
 */
export function shock(ledger: Ledger, factors: ReadonlyMap<Address, bigint>): void {
  for (const id of reserveIds(ledger)) {
    const factor = factors.get(reserveAddress(ledger, id, 'root'))
    const cell = reserveCell(id, 'price')
    if (factor === undefined) continue
    scale(ledger, cell, factor)
    // The price of a reserve that stands for a whole category (until 3.1) is the same answer of the same oracle.
    for (const category of eModeIds(ledger))
      if (ledger.get(eModeCell(category, 'priceSource')) === ledger.get(reserveCell(id, 'asset')))
        scale(ledger, eModeCell(category, 'price'), factor)
  }
}

function scale(ledger: Ledger, cell: Cell, factor: bigint): void {
  if (ledger.get(cell) !== NO_PRICE) ledger.set(cell, mulDivFloor(ledger.get(cell), factor, WAD))
}
