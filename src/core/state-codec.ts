import type { Address } from 'viem'
import type { Cell } from './ledger.ts'
import type { Checkpoint } from './ports.ts'

type State = Pick<Checkpoint, 'accounts' | 'cells'>
type CellValue = readonly [Cell, bigint]

const ADDRESS_BYTES = 20
const LIMB_BYTES = 8
const LIMB_BITS = 64n
/** Key (u32), count of limbs (u8) and the longest value. */
const CELL_BYTES = 4 + 1 + 4 * LIMB_BYTES
const KEY_LIMIT = 2 ** 32

/**
 * State as bytes: count of accounts (u32), 20 bytes each, then cells to the end: key (u32), count of limbs (u8), value
 * (big-endian). Whole limbs of 64 bits, not the fewest bytes, because a restart waits for half a million of them.
 * Throws RangeError for a key above u32 or a value outside of uint256.
 */
export function encodeState(state: State): Buffer {
  const accounts = [...state.accounts]
  const head = Buffer.allocUnsafe(4 + accounts.length * ADDRESS_BYTES)
  let at = head.writeUInt32BE(accounts.length, 0)
  for (const account of accounts) at += writeAddress(head, account, at)
  return Buffer.concat([head, encodeCells(state.cells)])
}

/** The inverse; only for bytes whose digest was verified. The cells are decoded as they are read. */
export function decodeState(bytes: Buffer): State {
  const count = bytes.readUInt32BE(0)
  const cellsAt = 4 + count * ADDRESS_BYTES
  const hex = bytes.toString('hex', 4, cellsAt)
  const accounts: Address[] = []
  for (let i = 0; i < count; i++) accounts.push(`0x${hex.slice(i * 40, i * 40 + 40)}`)
  return { accounts, cells: { [Symbol.iterator]: () => readCells(viewOf(bytes.subarray(cellsAt))) } }
}

function writeAddress(bytes: Buffer, address: Address, at: number): number {
  const written = bytes.write(address.slice(2), at, 'hex')
  if (written !== ADDRESS_BYTES || address.length !== 42) throw new RangeError(`not an address: ${address}`)
  return written
}

function encodeCells(cells: Iterable<CellValue>): Uint8Array {
  let bytes = new Uint8Array(1024 * CELL_BYTES)
  let view = viewOf(bytes)
  let at = 0
  for (const cell of cells) {
    if (at + CELL_BYTES > bytes.length) {
      bytes = doubled(bytes)
      view = viewOf(bytes)
    }
    at = writeCell(view, at, cell)
  }
  return bytes.subarray(0, at)
}

function writeCell(view: DataView, at: number, [cell, value]: CellValue): number {
  if (!Number.isInteger(cell) || cell < 0 || cell >= KEY_LIMIT) throw new RangeError(`cell key ${cell} is not a u32`)
  const limbs = limbsOf(value)
  if (limbs === undefined) throw new RangeError(`cell ${cell}: ${value} is not a uint256`)
  view.setUint32(at, cell)
  view.setUint8(at + 4, limbs)
  let rest = value
  // setBigUint64 takes the lowest 64 bits.
  for (let i = limbs - 1; i >= 0; i--, rest >>= LIMB_BITS) view.setBigUint64(at + 5 + i * LIMB_BYTES, rest)
  return at + 5 + limbs * LIMB_BYTES
}

function limbsOf(value: bigint): number | undefined {
  if (value < 0n) return undefined
  let limbs = 0
  for (let rest = value; rest > 0n; rest >>= LIMB_BITS) limbs++
  return limbs <= 4 ? limbs : undefined
}

function* readCells(view: DataView): Generator<CellValue> {
  for (let at = 0; at < view.byteLength; ) {
    const cell = view.getUint32(at)
    const end = at + 5 + view.getUint8(at + 4) * LIMB_BYTES
    let value = 0n
    for (at += 5; at < end; at += LIMB_BYTES) value = (value << LIMB_BITS) | view.getBigUint64(at)
    yield [cell, value]
  }
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

function doubled(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const wider = new Uint8Array(bytes.length * 2)
  wider.set(bytes)
  return wider
}
