import type { Rescue } from './protocol.ts'

/** What can be taken as it stands first; then the smaller cost; then the smaller value that is moved. */
export function cheapestFirst(a: Rescue, b: Rescue): number {
  const blocked = Number(a.obstacle !== undefined) - Number(b.obstacle !== undefined)
  return blocked || compare(a.costBase, b.costBase) || compare(a.valueBase, b.valueBase)
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
