import type { Address } from 'viem'
import { AccountCells } from './account-cells.ts'
import { PackedAddresses, PackedCells, Packer, valueAt } from './packed.ts'
import { Roster } from './roster.ts'
import type { AccountId } from './types.ts'

/** A cell's number; each protocol lays its own out (`protocols/<name>/cells.ts`). */
export type Cell = number

/** How a protocol lays its cells out. */
export interface Layout {
  /** From here on stand the cells of accounts, account by account, and nothing else. */
  readonly accountsFrom: Cell
  /** At most 65,536. */
  readonly cellsPerAccount: number
}

interface Undo {
  readonly block: bigint
  readonly old: Map<Cell, bigint | undefined>
}

const NO_ACCOUNTS: Layout = { accountsFrom: Number.POSITIVE_INFINITY, cellsPerAccount: 1 }

/**
 * The mirror's state: uint256 cells that remember what they were, block by block. Reorg, speculation and what-if are
 * all this one undo. A million accounts are typed arrays; the few cells of the market itself are a Map.
 */
export class Ledger {
  readonly #layout: Layout
  readonly #market = new Map<Cell, bigint>()
  readonly #cells = new AccountCells()
  readonly #roster = new Roster()
  readonly #undo: Undo[] = []
  #version = 0

  constructor(layout: Layout = NO_ACCOUNTS) {
    this.#layout = layout
  }

  /** Grows whenever a cell outside of the accounts changes: what is computed from those alone holds until then. */
  get version(): number {
    return this.#version
  }

  /** Value of a cell; 0 for one never written, as in the EVM. */
  get(cell: Cell): bigint {
    return this.#known(cell) ?? 0n
  }

  /** True once the chain has told us this cell: zero known is not the same as not known. */
  has(cell: Cell): boolean {
    const account = this.accountOf(cell)
    return account === undefined ? this.#market.has(cell) : this.#cells.has(account, this.#key(cell, account))
  }

  set(cell: Cell, value: bigint): void {
    const old = this.#known(cell)
    if (old === value) return
    const undo = this.#undo.at(-1)
    if (undo === undefined) throw new RangeError('Ledger.set outside of a block: call begin first')
    this.#write(cell, value)
    if (!undo.old.has(cell)) undo.old.set(cell, old)
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
    return this.#roster.add(address)
  }

  /** The number, if there is one. */
  find(address: Address): AccountId | undefined {
    return this.#roster.find(address)
  }

  /** In lower case. */
  address(account: AccountId): Address {
    return this.#roster.address(account)
  }

  /** How many numbers were given. */
  get size(): number {
    return this.#roster.size
  }

  /** Whose cell it is; undefined for one of the market itself. */
  accountOf(cell: Cell): AccountId | undefined {
    const { accountsFrom, cellsPerAccount } = this.#layout
    return cell < accountsFrom ? undefined : Math.floor((cell - accountsFrom) / cellsPerAccount)
  }

  /** Every cell of an account that was ever written, as its place among the account's cells. */
  cellsOf(account: AccountId): Iterable<readonly [place: number, value: bigint]> {
    return this.#cells.of(account)
  }

  /** Every cell of the market itself that was ever written. */
  market(): Iterable<readonly [Cell, bigint]> {
    return this.#market.entries()
  }

  /** Everything needed to be this ledger again as it was at the end of `block`. */
  snapshot(block: bigint): { accounts: PackedAddresses; cells: PackedCells } {
    const before = new Map<Cell, bigint | undefined>()
    for (let i = this.#undo.length - 1; i >= 0 && (this.#undo[i] as Undo).block > block; i--)
      for (const [cell, old] of (this.#undo[i] as Undo).old) before.set(cell, old)
    return { accounts: this.#roster.pack(), cells: this.#pack(before) }
  }

  /** The inverse of `snapshot`; only into an empty ledger. */
  restore(accounts: Iterable<Address>, cells: Iterable<readonly [Cell, bigint]>): void {
    if (this.size > 0 || this.#market.size > 0 || this.#cells.bound > 0)
      throw new RangeError('Ledger.restore into a used ledger')
    this.#roster.load(PackedAddresses.of(accounts))
    const packed = PackedCells.of(cells)
    this.#cells.reserve(this.size, packed.bytes.length)
    const view = new DataView(packed.bytes.buffer, packed.bytes.byteOffset, packed.bytes.length)
    for (let at = 0; at < view.byteLength; ) {
      const cell = view.getUint32(at)
      const limbs = view.getUint8(at + 4)
      const account = this.accountOf(cell)
      if (account === undefined) this.#market.set(cell, valueAt(view, at))
      else this.#cells.load(account, this.#key(cell, account), view, at + 5, limbs)
      at += 5 + limbs * 8
    }
    this.#version++
  }

  #key(cell: Cell, account: AccountId): number {
    return cell - this.#layout.accountsFrom - account * this.#layout.cellsPerAccount
  }

  #known(cell: Cell): bigint | undefined {
    const account = this.accountOf(cell)
    return account === undefined ? this.#market.get(cell) : this.#cells.get(account, this.#key(cell, account))
  }

  #write(cell: Cell, value: bigint | undefined): void {
    const account = this.accountOf(cell)
    if (account !== undefined) {
      if (value === undefined) this.#cells.delete(account, this.#key(cell, account))
      else this.#cells.set(account, this.#key(cell, account), value)
      return
    }
    if (value === undefined) this.#market.delete(cell)
    else this.#market.set(cell, value)
    this.#version++
  }

  #restore(undo: Undo | undefined): void {
    for (const [cell, old] of undo?.old ?? []) this.#write(cell, old)
  }

  /** Every cell, with the values of `before` in their place. */
  #pack(before: ReadonlyMap<Cell, bigint | undefined>): PackedCells {
    const packer = new Packer()
    const put = (cell: Cell, value: bigint): void => {
      const then = before.has(cell) ? before.get(cell) : value
      if (then !== undefined) packer.cell(cell, then)
    }
    for (const [cell, value] of this.#market) put(cell, value)
    const { accountsFrom, cellsPerAccount } = this.#layout
    const changed = new Set([...before.keys()].map((cell) => this.accountOf(cell)))
    for (let account = 0; account < this.#cells.bound; account++) {
      const first = accountsFrom + account * cellsPerAccount
      if (!changed.has(account)) this.#cells.pack(account, first, packer)
      else for (const [key, value] of this.#cells.of(account)) put(first + key, value)
    }
    return packer.done()
  }
}
