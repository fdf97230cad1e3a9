import { PackedAddresses, PackedCells } from './packed.ts'
import type { Checkpoint } from './ports.ts'

type State = Pick<Checkpoint, 'accounts' | 'cells'>

/**
 * State as bytes: count of accounts (u32), their packed addresses, then the packed cells to the end. Throws RangeError
 * for a key above u32 or a value outside of uint256.
 */
export function encodeState(state: State): Buffer {
  const accounts = PackedAddresses.of(state.accounts)
  const head = Buffer.allocUnsafe(4)
  head.writeUInt32BE(accounts.size)
  return Buffer.concat([head, accounts.bytes, PackedCells.of(state.cells).bytes])
}

/** The inverse; only for bytes whose digest was verified. They are read when they are asked for, from these very bytes. */
export function decodeState(bytes: Buffer): State {
  const cellsAt = 4 + bytes.readUInt32BE(0) * 20
  return {
    accounts: new PackedAddresses(bytes.subarray(4, cellsAt)),
    cells: new PackedCells(bytes.subarray(cellsAt)),
  }
}
