import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const stampPath = (root) => join(root, 'node_modules/.plimsoll-stamp.json')
const lockHash = (root) =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')

/** Installed from this very lock file, whole. An install made by hand counts when it is as good. */
export function packagesReady(root) {
  if (!existsSync(join(root, 'node_modules/.bin/node'))) return false
  if (readJson(stampPath(root))?.lock === lockHash(root)) return true
  if (!matchesLock(root)) return false
  markPackages(root)
  return true
}

export const markPackages = (root) => writeFileSync(stampPath(root), JSON.stringify({ lock: lockHash(root) }))

/** npm keeps a list of what it installed. Hardhat's native EVM is what an older Node leaves out. */
function matchesLock(root) {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages
  const found = readJson(join(root, 'node_modules/.package-lock.json'))?.packages
  if (!wanted || !found || !hasNativeEvm(root)) return false
  const isMissing = ([path, { optional, devOptional }]) => path !== '' && !optional && !devOptional && !found[path]
  const isOther = ([path, { version }]) => wanted[path]?.version !== version
  return !Object.entries(wanted).some(isMissing) && !Object.entries(found).some(isOther)
}

function hasNativeEvm(root) {
  const folder = join(root, 'node_modules/@nomicfoundation')
  return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith('edr-'))
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}
