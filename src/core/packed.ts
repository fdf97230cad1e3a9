import type { Address } from 'viem'

type CellValue = readonly [cell: number, value: bigint]

const ADDRESS_BYTES = 20
const LIMB_BYTES = 8
const LIMB_BITS = 64n
/** Key (u32) and count of limbs (u8). */
const HEAD_BYTES = 5
const LONGEST_CELL_BYTES = HEAD_BYTES + 4 * LIMB_BYTES
const KEY_LIMIT = 2 ** 32

/** Addresses as bytes, 20 each. */
export class PackedAddresses implements Iterable<Address> {
  readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  /** Throws RangeError for what is no address. */
  static of(addresses: Iterable<Address>): PackedAddresses {
    if (addresses instanceof PackedAddresses) return addresses
    const all = [...addresses]
    const bytes = Buffer.allocUnsafe(all.length * ADDRESS_BYTES)
    for (const [i, address] of all.entries()) {
      const written = bytes.write(address.slice(2), i * ADDRESS_BYTES, 'hex')
      if (written !== ADDRESS_BYTES || address.length !== 42) throw new RangeError(`not an address: ${address}`)
    }
    return new PackedAddresses(bytes)
  }

  get size(): number {
    return this.bytes.length / ADDRESS_BYTES
  }

  *[Symbol.iterator](): Generator<Address> {
    const bytes = Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length)
    for (let at = 0; at < bytes.length; at += ADDRESS_BYTES) yield `0x${bytes.toString('hex', at, at + ADDRESS_BYTES)}`
  }
}

/**
 * Cells as bytes, one after the other: key (u32), count of limbs (u8), value (big-endian). Whole limbs of 64 bits, not
 * the fewest bytes, because a restart waits for millions of them.
 */
export class PackedCells implements Iterable<CellValue> {
  readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  /** Throws RangeError for a key above u32 or a value outside of uint256. */
  static of(cells: Iterable<CellValue>): PackedCells {
    if (cells instanceof PackedCells) return cells
    const packer = new Packer()
    for (const [cell, value] of cells) packer.cell(cell, value)
    return packer.done()
  }

  *[Symbol.iterator](): Generator<CellValue> {
    const view = viewOf(this.bytes)
    for (let at = 0; at < view.byteLength; at += HEAD_BYTES + view.getUint8(at + 4) * LIMB_BYTES)
      yield [view.getUint32(at), valueAt(view, at)]
  }
}

/** The value of the packed cell that begins at `at`. */
export function valueAt(view: DataView, at: number): bigint {
  let value = 0n
  for (let i = 0; i < view.getUint8(at + 4); i++)
    value = (value << LIMB_BITS) | view.getBigUint64(at + HEAD_BYTES + i * LIMB_BYTES)
  return value
}

/** Writes packed cells. */
export class Packer {
  #bytes = new Uint8Array(1024 * LONGEST_CELL_BYTES)
  #view = viewOf(this.#bytes)
  #at = 0

  /** Throws RangeError for a key above u32 or a value outside of uint256. */
  cell(cell: number, value: bigint): void {
    const limbs = limbsOf(value)
    if (limbs === undefined) throw new RangeError(`cell ${cell}: ${value} is not a uint256`)
    const at = this.#begin(cell, limbs)
    let rest = value
    // setBigUint64 takes the lowest 64 bits.
    for (let i = limbs - 1; i >= 0; i--, rest >>= LIMB_BITS) this.#view.setBigUint64(at + i * LIMB_BYTES, rest)
  }

  /** A value given as words of 32 bits, lowest first. */
  words(cell: number, words: Uint32Array, from: number, count: number): void {
    let limbs = (count + 1) >> 1
    while (limbs > 2 && words[from + 2 * limbs - 1] === 0 && words[from + 2 * limbs - 2] === 0) limbs--
    const at = this.#begin(cell, limbs)
    for (let i = 0; i < limbs * 2; i++)
      this.#view.setUint32(at + (limbs * 2 - 1 - i) * 4, i < count ? (words[from + i] as number) : 0)
  }

  done(): PackedCells {
    return new PackedCells(this.#bytes.subarray(0, this.#at))
  }

  /** Key and length written; returns where the value belongs. */
  #begin(cell: number, limbs: number): number {
    if (!Number.isInteger(cell) || cell < 0 || cell >= KEY_LIMIT) throw new RangeError(`cell key ${cell} is not a u32`)
    if (this.#at + LONGEST_CELL_BYTES > this.#bytes.length) {
      this.#bytes = doubled(this.#bytes)
      this.#view = viewOf(this.#bytes)
    }
    this.#view.setUint32(this.#at, cell)
    this.#view.setUint8(this.#at + 4, limbs)
    const at = this.#at + HEAD_BYTES
    this.#at = at + limbs * LIMB_BYTES
    return at
  }
}

function limbsOf(value: bigint): number | undefined {
  if (value < 0n) return undefined
  let limbs = 0
  for (let rest = value; rest > 0n; rest >>= LIMB_BITS) limbs++
  return limbs <= 4 ? limbs : undefined
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

function doubled(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const wider = new Uint8Array(bytes.length * 2)
  wider.set(bytes)
  return wider
}
