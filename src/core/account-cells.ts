import type { Packer } from './packed.ts'
import type { AccountId } from './types.ts'

/** Rows grow by so many words of 32 bits. */
const STEP = 4
const LIMB_BITS = 64n
const MOST = 2n ** 256n - 1n
const [BITS_32, BITS_64, BITS_96, BITS_128] = [2n ** 32n, 2n ** 64n, 2n ** 96n, 2n ** 128n]
const KEYS = 2 ** 16
const LONGEST_ROW = 0xffff
/** Arrays grow to a quarter more than is needed: what is reserved and not used is memory too. */
const SPARE = 1.25

/**
 * The cells of every account in one arena of 32-bit words: an account's cells stand together, each as short as its value
 * is, in some 70 bytes where BigInts in a Map would cost a kilobyte, and out of the garbage collector's sight.
 *
 * A row: its capacity (high half) and the words in use (low half), then the cells: key × 16 + count of words, and the
 * value, lowest word first. Rows move when they outgrow their place; the places left are used again.
 */
export class AccountCells {
  #words = new Uint32Array(1024)
  #view = new DataView(this.#words.buffer)
  /** First word of an account's row; 0: none. */
  #rows = new Uint32Array(64)
  #bound = 0
  #end = 1
  /** Row places left, by capacity in steps; each names the next. */
  readonly #left: number[] = []

  /** Room for so many accounts and so many bytes of packed cells, so that loading them moves nothing. */
  reserve(accounts: number, packedBytes: number): void {
    this.#rows = widened(this.#rows, accounts, 1)
    this.#grow(this.#end + packedBytes / 4 + accounts / 2, 1)
  }

  /** Undefined for a cell never written. */
  get(account: AccountId, key: number): bigint | undefined {
    const at = this.#find(account, key)
    return at === 0 ? undefined : this.#value(at)
  }

  has(account: AccountId, key: number): boolean {
    return this.#find(account, key) !== 0
  }

  /** Throws RangeError for a value outside of uint256. */
  set(account: AccountId, key: number, value: bigint): void {
    const count = wordsOf(value)
    this.#write(this.#room(account, key, count), count, value)
  }

  /** The same with a value of so many limbs of 64 bits, big-endian, in `bytes` (see `PackedCells`). */
  load(account: AccountId, key: number, bytes: DataView, from: number, limbs: number): void {
    const count = limbs > 2 ? 8 : limbs > 0 && bytes.getUint32(from) === 0 ? limbs * 2 - 1 : limbs * 2
    const at = this.#room(account, key, count)
    const last = from + limbs * 8 - 4
    for (let i = 0; i < count; i++) this.#words[at + i] = i < limbs * 2 ? bytes.getUint32(last - i * 4) : 0
  }

  /** Every known cell of one account, with `first` added to the keys. */
  pack(account: AccountId, first: number, into: Packer): void {
    const row = this.#row(account)
    const end = row === 0 ? 0 : row + 1 + this.#used(row)
    for (let at = row + 1; at < end; ) {
      const head = this.#words[at] as number
      into.words(first + (head >>> 4), this.#words, at + 1, head & 15)
      at += 1 + (head & 15)
    }
  }

  /** As if never written. */
  delete(account: AccountId, key: number): void {
    const at = this.#find(account, key)
    if (at !== 0) this.#cut(account, at)
  }

  /** Every known cell of one account. */
  *of(account: AccountId): Generator<readonly [key: number, value: bigint]> {
    const row = this.#row(account)
    const end = row + 1 + this.#used(row)
    for (let at = row + 1; row !== 0 && at < end; at += 1 + ((this.#words[at] as number) & 15))
      yield [(this.#words[at] as number) >>> 4, this.#value(at)]
  }

  /** Above every account that was ever written. */
  get bound(): number {
    return this.#bound
  }

  #row(account: AccountId): number {
    return account < this.#rows.length ? (this.#rows[account] as number) : 0
  }

  #used(row: number): number {
    return (this.#words[row] as number) & 0xffff
  }

  /** Where the cell stands; 0: nowhere. */
  #find(account: AccountId, key: number): number {
    const row = this.#row(account)
    if (row === 0) return 0
    const words = this.#words
    const end = row + 1 + this.#used(row)
    for (let at = row + 1; at < end; ) {
      const head = words[at] as number
      if (head >>> 4 === key) return at
      at += 1 + (head & 15)
    }
    return 0
  }

  /** Where the value of a cell belongs, so many words of it. */
  #room(account: AccountId, key: number, count: number): number {
    if (!(key >= 0 && key < KEYS)) throw new RangeError(`cell key ${key} of an account is not a u16`)
    let at = this.#find(account, key)
    if (at !== 0 && ((this.#words[at] as number) & 15) !== count) {
      this.#cut(account, at)
      at = 0
    }
    if (at === 0) at = this.#extend(account, 1 + count)
    this.#words[at] = key * 16 + count
    return at + 1
  }

  #value(at: number): bigint {
    const count = (this.#words[at] as number) & 15
    if (count === 0) return 0n
    if (count === 1) return BigInt(this.#words[at + 1] as number)
    const byte = (at + 1) * 4
    const low = this.#view.getBigUint64(byte, true)
    if (count === 2) return low
    if (count === 3) return (BigInt(this.#words[at + 3] as number) << LIMB_BITS) | low
    let high = 0n
    for (let i = count / 2 - 1; i > 0; i--) high = (high << LIMB_BITS) | this.#view.getBigUint64(byte + i * 8, true)
    return (high << LIMB_BITS) | low
  }

  #write(at: number, count: number, value: bigint): void {
    if (count === 1) this.#words[at] = Number(value)
    let rest = value
    // setBigUint64 takes the lowest 64 bits.
    for (let i = 0; i + 1 < count; i += 2, rest >>= LIMB_BITS) this.#view.setBigUint64((at + i) * 4, rest, true)
    if (count === 3) this.#words[at + 2] = Number(rest)
  }

  /** Take a cell out of its row. */
  #cut(account: AccountId, at: number): void {
    const row = this.#row(account)
    const used = this.#used(row)
    const count = 1 + ((this.#words[at] as number) & 15)
    this.#words.copyWithin(at, at + count, row + 1 + used)
    this.#words[row] = (this.#words[row] as number) - count
  }

  /** Room for so many more words at the end of a row; returns where they begin. */
  #extend(account: AccountId, count: number): number {
    const before = this.#row(account)
    const used = before === 0 ? 0 : this.#used(before)
    const capacity = before === 0 ? 0 : (this.#words[before] as number) >>> 16
    let row = before
    if (1 + used + count > capacity) {
      const steps = Math.ceil((1 + used + count) / STEP)
      if (steps * STEP > LONGEST_ROW) throw new RangeError(`account ${account} has too many cells`)
      row = this.#place(steps)
      this.#words.copyWithin(row + 1, before + 1, before + 1 + used)
      if (before !== 0) this.#leave(before, capacity)
      if (account >= this.#rows.length) this.#rows = widened(this.#rows, account + 1, SPARE)
      this.#rows[account] = row
      this.#bound = Math.max(this.#bound, account + 1)
    }
    this.#words[row] = ((this.#words[row] as number) & ~0xffff) | (used + count)
    return row + 1 + used
  }

  /** A place of so many steps, its capacity written down. */
  #place(steps: number): number {
    let row = this.#left[steps] ?? 0
    if (row !== 0) this.#left[steps] = this.#words[row + 1] as number
    else {
      row = this.#end
      this.#end += steps * STEP
      if (this.#end > this.#words.length) this.#grow(this.#end, SPARE)
    }
    this.#words[row] = (steps * STEP) << 16
    return row
  }

  #grow(words: number, spare: number): void {
    this.#words = widened(this.#words, words, spare)
    this.#view = new DataView(this.#words.buffer)
  }

  #leave(row: number, capacity: number): void {
    this.#words[row + 1] = this.#left[capacity / STEP] ?? 0
    this.#left[capacity / STEP] = row
  }
}

/** So many words of 32 bits hold it: 0 to 4, or 8. */
function wordsOf(value: bigint): number {
  if (value < BITS_64) {
    if (value < 0n) throw new RangeError(`${value} is not a uint256`)
    return value === 0n ? 0 : value < BITS_32 ? 1 : 2
  }
  if (value < BITS_128) return value < BITS_96 ? 3 : 4
  if (value > MOST) throw new RangeError(`${value} is not a uint256`)
  return 8
}

function widened(from: Uint32Array<ArrayBuffer>, needed: number, spare: number): Uint32Array<ArrayBuffer> {
  const into = new Uint32Array(Math.max(from.length, Math.ceil(needed * spare)))
  into.set(from)
  return into
}
