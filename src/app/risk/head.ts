import { getAddress } from 'viem'
import type { GroupAnswer, RiskHead } from '../../core/risk/answers.ts'
import { findGroup, type Group } from '../../core/risk/groups.ts'
import { heaviestFirst } from '../../core/risk/heaviest.ts'
import type { Portrait } from '../../core/risk/portrait.ts'
import { toBlockRef } from '../present.ts'
import type { RiskWorld } from './world.ts'

/** Where an answer speaks of. Throws RangeError before the book's first page. */
export function riskHead({ book, chainId, distrusted }: RiskWorld): RiskHead {
  if (book.head === undefined) throw new RangeError(`market ${book.name}: no answer before its first page`)
  return { market: book.name, chainId, block: toBlockRef(book.head), ...(distrusted && { quarantined: true }) }
}

export const toGroup = ({ root, symbol, priceUsd8, reserves }: Group): GroupAnswer => ({
  root: getAddress(root),
  symbol,
  assets: reserves.map((reserve) => ({ asset: getAddress(reserve.asset), symbol: reserve.symbol })),
  price: priceUsd8.toString(),
})

/** The group named, else the heaviest. Throws UsageError. */
export function chosenGroup(portrait: Portrait, name: string | undefined): Group {
  const [heaviest] = heaviestFirst(portrait)
  // Without a single group nothing can be named either: the refusal says so.
  return name === undefined && heaviest ? heaviest : findGroup(portrait.groups, name ?? 'heaviest')
}
