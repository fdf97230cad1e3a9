import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the compiled contracts depend on. */
const sources = ['contracts', 'scripts/devnet/solidity', 'hardhat.config.ts', 'package-lock.json']
const stampPath = (root) => join(root, 'artifacts/.plimsoll-stamp')

export function contractsReady(root) {
  return existsSync(stampPath(root)) && readFileSync(stampPath(root), 'utf8') === fingerprint(root)
}

export const markContracts = (root) => writeFileSync(stampPath(root), fingerprint(root))

function fingerprint(root) {
  const hash = createHash('sha256')
  for (const path of sources.flatMap((source) => filesUnder(root, source))) {
    hash.update(path).update('\0')
    hash.update(readFileSync(join(root, path))).update('\0')
  }
  return hash.digest('hex')
}

function filesUnder(root, path) {
  if (!existsSync(join(root, path))) return []
  const children = (() => {
    try {
      return readdirSync(join(root, path)).sort()
    } catch (error) {
      if (error.code === 'ENOTDIR') return undefined
      throw error
    }
  })()
  return children === undefined ? [path] : children.flatMap((child) => filesUnder(root, `${path}/${child}`))
}
