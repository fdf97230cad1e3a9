import { getAddress } from 'viem'
import type { MovedPrice } from '../../core/answers.ts'
import type { Book } from '../../core/book.ts'
import { mulDivFloor, WAD } from '../../core/math.ts'
import type { WhatIf } from '../../core/people/words/what-if.ts'
import { drivingRoot } from '../../core/position.ts'
import type { AccountId } from '../../core/types.ts'
import { badDebt, seizable } from '../../core/what-if.ts'
import { toAccountRow, toBlockRef } from '../present.ts'

export type Fallen = Omit<WhatIf, 'name' | 'fallPct'>

/**
 * One account at the book's head if everything that moves with its driving collateral fell by so many per cent (each price
 * times the factor, rounded down). Undefined where there is no such debt. The book stays as it was.
 */
export function fall(book: Book, chainId: number, account: AccountId, fallPct: number): Fallen | undefined {
  const { head, ledger, protocol } = book
  const now = head && book.account(account, head.timestamp)
  if (head === undefined || now === undefined || now.totalDebtBase === 0n) return undefined
  const root = drivingRoot(now)
  if (root === undefined) return undefined
  const factorWad = mulDivFloor(BigInt(Math.round(10_000 - fallPct * 100)), WAD, 10_000n)
  const before = protocol.market(ledger).reserves
  return ledger.speculate(head.number, () => {
    protocol.shock(ledger, new Map([[root, factorWad]]))
    const then = protocol.account(ledger, account, head.timestamp)
    if (then === undefined) return undefined
    const candidate = protocol.inspect(ledger, account, head.timestamp)
    const after = protocol.market(ledger).reserves
    const moved = before.flatMap((reserve, i): MovedPrice[] => {
      const to = after[i]?.priceUsd8
      if (reserve.root !== root || to === undefined) return []
      return [{ asset: getAddress(reserve.asset), symbol: reserve.symbol, from: `${reserve.priceUsd8}`, to: `${to}` }]
    })
    return {
      block: toBlockRef(head),
      now: toAccountRow(book.name, chainId, now),
      shocked: {
        ...toAccountRow(book.name, chainId, then),
        seizableBase: (candidate === undefined ? 0n : seizable(then, candidate)).toString(),
        badDebtBase: badDebt(then).toString(),
      },
      moved,
    }
  })
}
