import type { Address } from 'viem'
import type { Book } from '../book.ts'
import type { Call, Read } from '../types.ts'

/**
 * Which borrowers of a chain are contracts, as far as anybody asked (row 10). Each is asked once: who has a key keeps it, and a
 * contract that comes into being at an address of that kind is not seen.
 */
export class Codes {
  readonly #known = new Map<Address, boolean>()

  /** Undefined: not asked yet. */
  isContract(account: Address): boolean | undefined {
    return this.#known.get(account)
  }

  /** Of those who owe something, by the sheet as it was screened last. */
  missing({ ledger, sheet }: Book, most: number): readonly Call[] {
    const found: Call[] = []
    for (let account = 0; account < sheet.size && found.length < most; account++) {
      if (!((sheet.debit[account] as number) > 0)) continue
      const to = ledger.address(account)
      if (!this.#known.has(to)) found.push({ to, data: '0x' })
    }
    return found
  }

  tell(reads: readonly Read[]): void {
    for (const { to, result } of reads) if (result !== undefined) this.#known.set(to, BigInt(result) !== 0n)
  }
}
