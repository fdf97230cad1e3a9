import { type Address, type Hex, numberToHex } from 'viem'
import { mulDivCeil, mulDivFloor, PERCENTAGE_FACTOR, WAD } from '../../core/math.ts'
import type { AccountView, Holding, ReserveView } from '../../core/protocol.ts'

/** A price source whose answer moves an account's health. */
export interface Lever {
  readonly source: Address
  /** Assets of the account that it moves, its own first. */
  readonly assets: readonly Address[]
  readonly symbol: string
  readonly direction: 'fall' | 'rise'
}

type Weighing = Pick<Holding, 'asset' | 'valueBase' | 'liquidationThresholdBps'>

const weight = (holding: Weighing): bigint => holding.valueBase * holding.liquidationThresholdBps
const sum = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n)

/**
 * What may push an account under, in the order it is tried: a fall of its heaviest collateral, a rise of its largest debt,
 * then the same of the others.
 */
export function levers(view: AccountView, reserves: readonly Pick<ReserveView, 'asset' | 'source'>[]): Lever[] {
  const falls = byValue(view.collaterals, weight).map((holding) => lever(view, reserves, holding, 'fall'))
  const rises = byValue(view.debts, ({ valueBase }) => valueBase).map((holding) =>
    lever(view, reserves, holding, 'rise'),
  )
  const ordered = [falls[0], rises[0], ...falls.slice(1), ...rises.slice(1)].filter((one) => one !== undefined)
  return ordered.filter(
    (one, i) => ordered.findIndex((o) => o.source === one.source && o.direction === one.direction) === i,
  )
}

const byValue = (holdings: readonly Holding[], value: (holding: Holding) => bigint): Holding[] =>
  holdings.filter((h) => value(h) > 0n).sort((a, b) => (value(a) > value(b) ? -1 : value(a) < value(b) ? 1 : 0))

/** Feeds that stand on this source (a ratio on the price of ether, say) move with it. */
function lever(
  view: AccountView,
  reserves: readonly Pick<ReserveView, 'asset' | 'source'>[],
  { asset, symbol }: Holding,
  direction: Lever['direction'],
): Lever | undefined {
  const sourceOf = (of: Address): Address | undefined => reserves.find((reserve) => reserve.asset === of)?.source
  const source = sourceOf(asset)
  if (source === undefined || BigInt(source) === 0n) return undefined
  const others = [...view.collaterals, ...view.debts].filter((h) => h.root === source || sourceOf(h.asset) === source)
  return { source, assets: [...new Set([asset, ...others.map((h) => h.asset)])], symbol, direction }
}

/**
 * The price (8 decimals, the nearest one) of the lever's own asset at which health is below `targetWad`, if everything it moves
 * moves by the same factor: with W and D the weighted collateral and debt of what moves (s) and of the rest (o),
 * W_o + f·W_s < h·(D_o + f·D_s). Undefined when no price in its direction does it.
 */
export function priceBelow(
  view: AccountView,
  { assets, direction }: Pick<Lever, 'assets' | 'direction'>,
  targetWad: bigint,
): bigint | undefined {
  const moves = ({ asset }: Weighing): boolean => assets.includes(asset)
  const price = [...view.collaterals, ...view.debts].find(({ asset }) => asset === assets[0])?.priceUsd8 ?? 0n
  const credit = (held: readonly Holding[]): bigint => sum(held.map(weight)) * WAD
  const debit = (held: readonly Holding[]): bigint => sum(held.map((h) => h.valueBase)) * PERCENTAGE_FACTOR * targetWad
  const own = credit(view.collaterals.filter(moves)) - debit(view.debts.filter(moves))
  const lacking = debit(view.debts.filter((h) => !moves(h))) - credit(view.collaterals.filter((h) => !moves(h)))
  if (direction === 'fall') {
    if (own <= 0n || lacking <= 0n) return undefined
    const below = mulDivCeil(price, lacking, own) - 1n
    return below > 0n ? below : undefined
  }
  return own >= 0n || lacking >= 0n ? undefined : mulDivFloor(price, -lacking, -own) + 1n
}

/** Runtime code that answers one number to whatever it is asked: PUSH32 n, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN. */
export const constantAnswer = (answer: bigint): Hex => `0x7f${numberToHex(answer, { size: 32 }).slice(2)}5f5260205ff3`
