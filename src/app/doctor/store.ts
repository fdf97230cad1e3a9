import { accessSync, constants, existsSync, statfsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { openStore } from '../../adapters/store/sqlite.ts'
import { StoreError } from '../../core/errors.ts'
import { type Area, areaOf, type Finding } from './finding.ts'

const GIB = 1024n ** 3n
const LITTLE = GIB
const TOO_LITTLE = GIB / 10n

/** The store as it lies there: nothing is created, and a daemon that owns it is left alone. */
export function checkStore(path: string): readonly Finding[] {
  const area = areaOf('store')
  if (path === ':memory:')
    return [
      area.warning('file', {
        what: 'it is in memory',
        why: 'nothing survives a restart: not the pause, not what was told, not the bytes of transactions on their way',
        fix: 'Set store.path to a file.',
      }),
    ]
  return [file(area, path), space(area, path)]
}

function file(area: Area, path: string): Finding {
  if (!existsSync(path)) return folder(area, path)
  try {
    const store = openStore(path)
    try {
      store.check()
      return area.ok('file', `${path} opens, is of this version, and takes a write`)
    } finally {
      store.close()
    }
  } catch (error) {
    if (error instanceof StoreError && error.code === 'STORE_LOCKED') return owned(area, path)
    return area.threw('file', error, 'Name another store.path.')
  }
}

function owned(area: Area, path: string): Finding {
  try {
    openStore(path, { readonly: true }).close()
    return area.ok('file', `${path} belongs to a running Plimsoll`)
  } catch (error) {
    return area.threw('file', error, 'Name another store.path.')
  }
}

function folder(area: Area, path: string): Finding {
  const at = nearest(path)
  try {
    accessSync(at, constants.W_OK)
    return area.ok('file', `${path} is not there yet; ${at} can be written`)
  } catch {
    return area.failed('file', {
      what: `${path} cannot be created`,
      why: `this user may not write in ${at}`,
      fix: 'Give this user the right to, or set store.path elsewhere.',
    })
  }
}

/** The folder of the store, or what of it exists. */
function nearest(path: string): string {
  for (let at = dirname(resolve(path)); ; at = dirname(at)) if (existsSync(at)) return at
}

function space(area: Area, path: string): Finding {
  const { bavail, bsize } = statfsSync(nearest(path), { bigint: true })
  const free = bavail * bsize
  const what = `${(Number(free) / Number(GIB)).toFixed(1)} GiB free`
  const fix = 'Free some space, or set store.path on another disk.'
  if (free < TOO_LITTLE) return area.failed('disk', { what, why: 'the store will soon take no more writes', fix })
  if (free < LITTLE) return area.warning('disk', { what, why: 'the store grows for ever', fix })
  return area.ok('disk', what)
}
