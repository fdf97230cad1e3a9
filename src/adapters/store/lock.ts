import Database from 'better-sqlite3'
import { StoreError } from '../../core/errors.ts'

/**
 * Hold `<path>.lock` until the returned function is called or the process dies: the lock is the operating system's, so
 * a kill -9 leaves nothing to clean up. The file stays: to delete it would let two owners hold two different files.
 * (Nobody may open it by other means in this process: closing any descriptor of it would drop the lock.)
 */
export function takeLock(path: string): () => void {
  const lock = new Database(`${path}.lock`, { timeout: 0 })
  try {
    lock.pragma('journal_mode = MEMORY')
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) throw taken(path, error)
    throw error
  }
  return () => lock.close()
}

const taken = (path: string, cause: Error): StoreError =>
  new StoreError(
    {
      code: 'STORE_LOCKED',
      what: `store ${path} is in use`,
      why: `another Plimsoll process holds ${path}.lock`,
      fix: 'Stop that process, or give this one a store of its own; do not delete the lock file',
    },
    { cause },
  )
