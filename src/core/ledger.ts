import type { Address } from 'viem'
import type { AccountId } from './types.ts'

/** A cell's number; each protocol lays its own out (`protocols/<name>/cells.ts`). */
export type Cell = number

interface Undo {
  readonly block: bigint
  readonly old: Map<Cell, bigint | undefined>
}

/**
 * The mirror's state: BigInt cells that remember what they were, block by block. Reorg, speculation and what-if are
 * all this one undo.
 */
export class Ledger {
  readonly #cells = new Map<Cell, bigint>()
  readonly #undo: Undo[] = []
  readonly #accounts: Address[] = []
  readonly #ids = new Map<Address, AccountId>()
  #version = 0

  /** Grows whenever a cell changes. */
  get version(): number {
    return this.#version
  }

  /** Value of a cell; 0 for one never written, as in the EVM. */
  get(cell: Cell): bigint {
    return this.#cells.get(cell) ?? 0n
  }

  /** True once the chain has told us this cell: zero known is not the same as not known. */
  has(cell: Cell): boolean {
    return this.#cells.has(cell)
  }

  set(cell: Cell, value: bigint): void {
    const old = this.#cells.get(cell)
    if (old === value) return
    const undo = this.#undo.at(-1)
    if (undo === undefined) throw new RangeError('Ledger.set outside of a block: call begin first')
    if (!undo.old.has(cell)) undo.old.set(cell, old)
    this.#cells.set(cell, value)
    this.#version++
  }

  /** Everything written from now on belongs to `block`. */
  begin(block: bigint): void {
    this.#undo.push({ block, old: new Map() })
  }

  /** Undo every block above `block`. Returns the cells that changed. */
  rollback(block: bigint): Set<Cell> {
    const changed = new Set<Cell>()
    for (let top = this.#undo.at(-1); top !== undefined && top.block > block; top = this.#undo.at(-1)) {
      this.#restore(this.#undo.pop())
      for (const cell of top.old.keys()) changed.add(cell)
    }
    return changed
  }

  /** Blocks up to and including `block` are final: their undo is dropped, so memory stays bounded. */
  finalize(block: bigint): void {
    const keep = this.#undo.findIndex((undo) => undo.block > block)
    this.#undo.splice(0, keep === -1 ? this.#undo.length : keep)
  }

  /** Run `fn` on a state it may change, then put everything back. `fn` opens no block of its own. */
  speculate<T>(block: bigint, fn: () => T): T {
    this.begin(block)
    try {
      return fn()
    } finally {
      this.#restore(this.#undo.pop())
    }
  }

  /** The account's number, given on first sight. Survives a rollback: a number without cells is harmless. */
  account(address: Address): AccountId {
    const known = this.#ids.get(address)
    if (known !== undefined) return known
    this.#ids.set(address, this.#accounts.length)
    return this.#accounts.push(address) - 1
  }

  /** The number, if there is one. */
  find(address: Address): AccountId | undefined {
    return this.#ids.get(address)
  }

  address(account: AccountId): Address {
    const address = this.#accounts[account]
    if (address === undefined) throw new RangeError(`no account ${account}`)
    return address
  }

  /** How many numbers were given. */
  get size(): number {
    return this.#accounts.length
  }

  #restore(undo: Undo | undefined): void {
    this.#version++
    for (const [cell, old] of undo?.old ?? []) {
      if (old === undefined) this.#cells.delete(cell)
      else this.#cells.set(cell, old)
    }
  }

  /** Everything needed to be this ledger again as it was at the end of `block`. */
  snapshot(block: bigint): { accounts: readonly Address[]; cells: Iterable<readonly [Cell, bigint]> } {
    const before = new Map<Cell, bigint | undefined>()
    for (let i = this.#undo.length - 1; i >= 0 && (this.#undo[i] as Undo).block > block; i--)
      for (const [cell, old] of (this.#undo[i] as Undo).old) before.set(cell, old)
    return { accounts: [...this.#accounts], cells: overlay(this.#cells, before) }
  }

  /** The inverse of `snapshot`; only into an empty ledger. */
  restore(accounts: Iterable<Address>, cells: Iterable<readonly [Cell, bigint]>): void {
    if (this.#accounts.length > 0 || this.#cells.size > 0) throw new RangeError('Ledger.restore into a used ledger')
    for (const address of accounts) this.account(address)
    for (const [cell, value] of cells) this.#cells.set(cell, value)
    this.#version++
  }
}

/** `cells` with the values of `before` in their place; valid until the ledger is written again. */
function* overlay(
  cells: ReadonlyMap<Cell, bigint>,
  before: ReadonlyMap<Cell, bigint | undefined>,
): Generator<readonly [Cell, bigint]> {
  for (const [cell, value] of cells) {
    const old = before.has(cell) ? before.get(cell) : value
    if (old !== undefined) yield [cell, old]
  }
}
