import type { Address } from 'viem'
import { getAddress } from 'viem'
import type { LiquidationCost } from '../../core/answers.ts'
import type { Book } from '../../core/book.ts'
import { mulDivCeil, mulDivFloor } from '../../core/math.ts'
import type { Candidate } from '../../core/plan.ts'
import { liquidationPrices, timeToLiquidationS } from '../../core/position.ts'
import type { AccountView } from '../../core/protocol.ts'
import type { AccountId } from '../../core/types.ts'

/** How far below the price of liquidation it is tried, as shares of that price: from one in 10¹⁰ to one in a hundred. */
const BELOW = [10, 9, 8, 7, 6, 5, 4, 3, 2].map((e) => 10n ** BigInt(e))

/**
 * What the best liquidation takes from the owner beyond the debt it covers: now, or, of an account that is still healthy, as
 * soon as it is not. Sized by the exact rules on the mirror, in which the heaviest collateral has fallen to the price at
 * which health is just below 1; where no fall does it, a debt has risen; else the time has come at which interest does it.
 */
export function liquidationCost(book: Book, account: AccountId, timestamp: bigint): LiquidationCost | undefined {
  const now = costAt(book, account, timestamp)
  if (now !== 'healthy') return now
  const view = book.account(account, timestamp)
  if (view === undefined || view.totalDebtBase === 0n) return undefined
  for (const factors of moves(view)) {
    const then = supposing(book, factors, () => costAt(book, account, timestamp))
    if (then !== 'healthy') return then
  }
  const seconds = timeToLiquidationS(view)
  if (seconds === undefined) return undefined
  // The float may be early by some seconds.
  const later = costAt(book, account, timestamp + BigInt(Math.ceil(seconds * 1.0001)) + 60n)
  return later === 'healthy' ? undefined : later
}

type Factors = ReadonlyMap<Address, bigint>

/** Falls of each group of collaterals, heaviest first, then rises of each debt; each a little further than the last. */
function* moves(view: AccountView): Iterable<Factors> {
  for (const { asset, factorWad } of liquidationPrices(view).all) {
    const root = view.collaterals.find((one) => one.asset === asset)?.root
    if (root) for (const share of BELOW) yield new Map([[root, factorWad - mulDivCeil(factorWad, 1n, share)]])
  }
  for (const root of new Set(view.debts.map((debt) => debt.root)))
    for (const share of BELOW) yield new Map([[root, view.healthFactor + mulDivCeil(view.healthFactor, 1n, share)]])
}

function supposing<T>(book: Book, factors: Factors, look: () => T): T {
  const { head, ledger, protocol } = book
  return ledger.speculate(head?.number ?? 0n, () => {
    protocol.shock(ledger, factors)
    return look()
  })
}

/** Undefined: liquidatable, but no call is allowed. */
function costAt(book: Book, account: AccountId, timestamp: bigint): LiquidationCost | undefined | 'healthy' {
  const candidate = book.protocol.inspect(book.ledger, account, timestamp)
  if (candidate === undefined) return 'healthy'
  const view = book.account(account, timestamp)
  return view && costOf(view, candidate)
}

function costOf(view: AccountView, { seizures: [best] }: Candidate): LiquidationCost | undefined {
  const collateral = view.collaterals.find(({ asset }) => asset === best?.collateralAsset)
  if (best === undefined || collateral === undefined) return undefined
  const seized = best.collateralSeized + best.protocolFee
  const seizedBase = mulDivFloor(seized, collateral.priceUsd8, 10n ** BigInt(collateral.decimals))
  const debtBase = mulDivFloor(best.debtCovered, best.debtPriceUsd8, 10n ** BigInt(best.debtDecimals))
  return {
    collateralAsset: getAddress(collateral.asset),
    symbol: collateral.symbol,
    debtBase: debtBase.toString(),
    seizedBase: seizedBase.toString(),
    costBase: (seizedBase - debtBase).toString(),
  }
}
