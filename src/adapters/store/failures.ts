import Database from 'better-sqlite3'
import { StoreError } from '../../core/errors.ts'

type Advice = readonly [code: string, why: string, fix: string]

const FREE_SPACE = 'Free some space and start again: everything committed so far is kept'
const NOT_OURS: Advice = [
  'STORE_NOT_A_STORE',
  'the file is not a SQLite database',
  'Name another path; the file was left as it is',
]
const DAMAGED: Advice = [
  'STORE_CORRUPTED',
  'the database is damaged',
  'Restore a backup, or move the file away: Plimsoll builds it again from the chain',
]
const FULL: Advice = ['STORE_DISK_FULL', 'the disk is full', FREE_SPACE]
const READ_ONLY: Advice = [
  'STORE_READ_ONLY',
  'the file or its directory cannot be written',
  'Give this user the right to write there, or name another path',
]
const CANNOT_OPEN: Advice = [
  'STORE_CANNOT_OPEN',
  'it cannot be opened or created',
  'Check that the path names a file in a directory this user may write to',
]

/** By the first part of SQLite's result code, or by the file system's. */
const ADVICE: Readonly<Record<string, Advice>> = {
  SQLITE_NOTADB: NOT_OURS,
  SQLITE_CORRUPT: DAMAGED,
  SQLITE_FULL: FULL,
  SQLITE_READONLY: READ_ONLY,
  SQLITE_CANTOPEN: CANNOT_OPEN,
  SQLITE_BUSY: ['STORE_BUSY', 'another process is writing to it', 'Stop the other process, or try again'],
  SQLITE_IOERR: [
    'STORE_IO',
    'the disk refused to read or write',
    'Check the disk and the file system, then start again',
  ],
  ENOSPC: FULL,
  EDQUOT: FULL,
  EACCES: READ_ONLY,
  EPERM: READ_ONLY,
  EROFS: READ_ONLY,
  ENOENT: CANNOT_OPEN,
  ENOTDIR: CANNOT_OPEN,
  EEXIST: CANNOT_OPEN,
  EISDIR: CANNOT_OPEN,
  ELOOP: CANNOT_OPEN,
}

/** Run `work`; what SQLite or the file system throws comes out as a StoreError that says what to do. */
export function explained<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw explain(path, error)
  }
}

function explain(path: string, error: unknown): unknown {
  const advice = ADVICE[family(error)]
  if (advice === undefined) return error instanceof Database.SqliteError ? unforeseen(path, error) : error
  const [code, why, fix] = advice
  return new StoreError({ code, what: `store ${path}`, why, fix }, { cause: error })
}

/** `SQLITE_IOERR_WRITE` is of the family `SQLITE_IOERR`. */
function family(error: unknown): string {
  if (error instanceof Database.SqliteError) return error.code.split('_').slice(0, 2).join('_')
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

const unforeseen = (path: string, error: Error): StoreError =>
  new StoreError(
    {
      code: 'STORE_FAILED',
      what: `store ${path}`,
      why: error.message,
      fix: 'Please report this; the last transaction was not written',
    },
    { cause: error },
  )

/** A record whose bytes are not the ones we wrote. `what` names it: chain and block, or market. */
export const damaged = (what: string, why = 'its digest does not match its content'): StoreError =>
  new StoreError({ code: 'STORE_CORRUPTED', what, why, fix: DAMAGED[2] })
