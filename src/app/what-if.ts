import { getAddress } from 'viem'
import type { MovedPrice, ShockAnswer, WhatIfAnswer, WhatIfRow } from '../core/answers.ts'
import type { Book } from '../core/book.ts'
import { UINT256_MAX } from '../core/math.ts'
import type { ReserveView } from '../core/protocol.ts'
import type { Read } from '../core/types.ts'
import { type Endangered, whatIf } from '../core/what-if.ts'
import { toBlockRef } from './present.ts'
import type { Shock } from './shock.ts'

export interface Supposition {
  readonly shocks: readonly Shock[]
  /** What the chain's feeds would say; undefined: every price times its factor. */
  readonly prices: readonly Read[] | undefined
  /** So many rows at most. */
  readonly top: number
}

/** The book's head under these shocks; undefined before its first page. */
export function whatIfAnswer(book: Book, { shocks, prices, top }: Supposition): WhatIfAnswer | undefined {
  const { head, ledger, protocol } = book
  if (head === undefined) return undefined
  const liquidatableNow = book.liquidatable(head.timestamp).length
  const before = protocol.market(ledger).reserves
  let after: readonly ReserveView[] = []
  const found = whatIf(book, () => {
    if (prices) protocol.apply({ block: head, logs: [], reads: prices }, ledger)
    else protocol.shock(ledger, new Map(shocks.map(({ root, factorWad }) => [root, factorWad])))
    after = protocol.market(ledger).reserves
  })
  const total = (of: (one: Endangered) => bigint): string => found.reduce((sum, one) => sum + of(one), 0n).toString()
  return {
    market: book.name,
    block: toBlockRef(head),
    shocks: shocks.map((shock) => toShock(shock, before, after)),
    prices: prices ? 'chain' : 'scaled',
    liquidatableNow,
    accounts: found.length,
    collateralAtRisk: total(({ view }) => view.totalCollateralBase),
    seizableOneCall: total(({ seizableBase }) => seizableBase),
    debtAtRisk: total(({ view }) => view.totalDebtBase),
    badDebt: total(({ badDebtBase }) => badDebtBase),
    top: found.slice(0, top).map(toRow),
  }
}

function toShock(
  { asset, root, factorWad }: Shock,
  before: readonly ReserveView[],
  after: readonly ReserveView[],
): ShockAnswer {
  const moved = before.flatMap((reserve, i): MovedPrice[] => {
    const now = after[i]
    if (reserve.root !== root || now === undefined) return []
    return [
      {
        asset: getAddress(reserve.asset),
        symbol: reserve.symbol,
        from: `${reserve.priceUsd8}`,
        to: `${now.priceUsd8}`,
      },
    ]
  })
  return { asset, factor: factorWad.toString(), moved }
}

const toRow = ({ view, candidate, seizableBase, badDebtBase }: Endangered): WhatIfRow => ({
  address: getAddress(view.address),
  eMode: view.eMode,
  healthFactor: view.healthFactor === UINT256_MAX ? null : view.healthFactor.toString(),
  collateralBase: view.totalCollateralBase.toString(),
  debtBase: view.totalDebtBase.toString(),
  seizableBase: seizableBase.toString(),
  badDebtBase: badDebtBase.toString(),
  refusal: candidate.forbidden ?? null,
})
