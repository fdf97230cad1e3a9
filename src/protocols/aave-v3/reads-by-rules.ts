import type { Address } from 'viem'
import type { Ledger } from '../../core/ledger.ts'
import type { Call } from '../../core/types.ts'
import { call, SELECTORS } from './abi.ts'
import { eModeCell, MARKET } from './cells.ts'
import type { Rules } from './rules.ts'
import type { TouchedByLogs } from './touch.ts'

const EMODE_CATEGORIES = 255

type Shape = Pick<Rules, 'eMode' | 'ltvzeroBitmap' | 'isolatedEMode' | 'virtualBalance' | 'gracePeriod'>

/** What a pool of unknown rules is asked: what the newest known ones answer. What it does not know, it leaves unanswered. */
const NEWEST: Shape = {
  eMode: 'bitmaps',
  ltvzeroBitmap: true,
  isolatedEMode: true,
  virtualBalance: true,
  gracePeriod: true,
}

/** Which questions the pool's revision answers. */
export const shapeOf = (rules: Rules | undefined): Shape => rules ?? NEWEST

/** Terms and members of the eMode categories: all of them once, then those that were touched. */
export function eModeReads(ledger: Ledger, touched: TouchedByLogs, pool: Address, rules: Rules | undefined): Call[] {
  const known = ledger.get(MARKET.eModes)
  const shape = shapeOf(rules)
  const terms = shape.eMode === 'category' ? SELECTORS.getEModeCategoryData : SELECTORS.getEModeCategoryCollateralConfig
  const calls: Call[] = []
  for (let category = 1; category <= EMODE_CATEGORIES; category++) {
    const exists = ((known >> BigInt(category)) & 1n) === 1n
    const again = touched.eModes.has(category) || (touched.market && exists)
    if (known === 0n || again) calls.push(call(pool, terms, BigInt(category)))
    if (shape.eMode === 'category') continue
    if (!again && !(exists && !ledger.has(eModeCell(category, shape.isolatedEMode ? 'isolated' : 'collateralBitmap'))))
      continue
    calls.push(call(pool, SELECTORS.getEModeCategoryCollateralBitmap, BigInt(category)))
    if (shape.ltvzeroBitmap) calls.push(call(pool, SELECTORS.getEModeCategoryLtvzeroBitmap, BigInt(category)))
    if (shape.isolatedEMode) calls.push(call(pool, SELECTORS.getIsEModeCategoryIsolated, BigInt(category)))
  }
  return calls
}
