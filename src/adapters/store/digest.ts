import { createHash } from 'node:crypto'
import { damaged } from './failures.ts'

type Part = string | Uint8Array

/** sha256 over what a record is called and what it holds: a record under another's name does not pass either. */
export function digestOf(name: string, ...parts: readonly Part[]): Buffer {
  const hash = createHash('sha256').update(name)
  for (const part of parts) hash.update('\n').update(part)
  return hash.digest()
}

/** Throws StoreError naming the record unless `digest` is the one written with it. */
export function verify(name: string, digest: Uint8Array, ...parts: readonly Part[]): void {
  if (!digestOf(name, ...parts).equals(digest)) throw damaged(name)
}
