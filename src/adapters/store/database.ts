import { closeSync, existsSync, mkdirSync, openSync, readFileSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { StoreError } from '../../core/errors.ts'
import { takeLock } from './lock.ts'
import { APPLICATION, FROM_VERSION_1, PEOPLE, SCHEMA, SCHEMA_VERSION, WAVE } from './schema.ts'

/** An open database and how to let go of it. */
export interface Opened {
  readonly db: Database.Database
  close(): void
}

const FULL = 2

/** The one owner and writer of a file: locked, created when missing, durable at every commit. */
export function openOwned(path: string): Opened {
  const file = place(path)
  const db = new Database(file)
  let release = (): void => {}
  try {
    isEmpty(db, path) // a foreign file is recognised before anything is written beside it
    release = takeLock(file)
    prepare(db, path)
  } catch (error) {
    db.close()
    release()
    throw error
  }
  const close = (): void => {
    db.close()
    release()
  }
  return { db, close }
}

/** Look only, beside whoever owns the file. */
export function openReadonly(path: string): Opened {
  const db = new Database(path, { readonly: true, fileMustExist: true })
  try {
    if (isEmpty(db, path)) throw foreign(path, 'it is empty')
  } catch (error) {
    db.close()
    throw error
  }
  return { db, close: () => db.close() }
}

/** A copy in memory of the last committed state (of nothing, when there is no file yet). Writes go nowhere. */
export function openCopy(path: string): Opened {
  if (!existsSync(path)) return openMemory()
  const bytes = image(path)
  const copy = bytes.length === 0 ? openMemory() : opened(new Database(inMemory(bytes)))
  if (isEmpty(copy.db, path)) create(copy.db)
  else upgrade(copy.db)
  return copy
}

export function openMemory(): Opened {
  const db = new Database(':memory:')
  create(db)
  return opened(db)
}

function opened(db: Database.Database): Opened {
  db.pragma('foreign_keys = ON')
  return { db, close: () => db.close() }
}

/** The database as bytes, WAL included, as one reader's transaction sees it. Empty for an empty file. */
function image(path: string): Buffer {
  const db = new Database(path, { readonly: true })
  try {
    return db.transaction(() => {
      const tables = db.prepare<[], number>('SELECT count(*) FROM sqlite_master').pluck().get()
      return tables === 0 ? Buffer.alloc(0) : db.serialize()
    })()
  } catch (error) {
    // To read in WAL mode SQLite writes beside the file. Where it may not, and there is no WAL, the file is all there is.
    if (!isReadonly(error) || existsSync(`${path}-wal`)) throw error
    return readFileSync(path)
  } finally {
    db.close()
  }
}

const isReadonly = (error: unknown): boolean =>
  error instanceof Database.SqliteError && /^SQLITE_(READONLY|CANTOPEN)/.test(error.code)

/** Read and write version in the header: 2 means WAL, which a database in memory cannot have. */
const inMemory = (bytes: Buffer): Buffer => bytes.fill(1, 18, 20)

/** Where the file lies, by its real name, so that two ways to it meet the same lock. Created for this user only. */
function place(path: string): string {
  if (existsSync(path)) return realpathSync(path)
  mkdirSync(dirname(path), { recursive: true })
  const file = join(realpathSync(dirname(path)), basename(path))
  closeSync(openSync(file, 'wx', 0o600))
  return file
}

/** False for a store of ours, true for a fresh file; throws StoreError for anything else. */
function isEmpty(db: Database.Database, path: string): boolean {
  const tables = new Set(db.prepare('SELECT name FROM sqlite_master').pluck().all())
  if (tables.size === 0) return true
  if (!tables.has('meta')) throw foreign(path, 'it is the database of another program')
  const meta = new Map(db.prepare<[], [string, string]>('SELECT name, value FROM meta').raw().all())
  if (meta.get('application') !== APPLICATION) throw foreign(path, 'it is the database of another program')
  const version = Number(meta.get('schema_version'))
  if (version > SCHEMA_VERSION) throw newer(path, version)
  return false
}

/** WAL with FULL: better-sqlite3 would leave NORMAL, under which a power cut loses committed blocks. */
function prepare(db: Database.Database, path: string): void {
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.pragma('foreign_keys = ON')
  if (db.pragma('journal_mode', { simple: true }) !== 'wal' || db.pragma('synchronous', { simple: true }) !== FULL)
    throw new StoreError({
      code: 'STORE_NOT_DURABLE',
      what: `store ${path}`,
      why: 'SQLite refuses WAL with synchronous=FULL here, so a commit could be lost',
      fix: 'Put the store on a local disk (not on a network share)',
    })
  if (isEmpty(db, path)) create(db)
  else upgrade(db)
  touch(db)
}

function create(db: Database.Database): void {
  db.transaction(() => {
    db.exec(SCHEMA)
    const put = db.prepare('INSERT INTO meta (name, value) VALUES (?, ?)')
    put.run('application', APPLICATION)
    put.run('schema_version', String(SCHEMA_VERSION))
    put.run('writes', '0')
  }).immediate()
}

/** Version 2 added what concerns people, version 3 the history of markets. Older state stays as it is. */
function upgrade(db: Database.Database): void {
  const version = Number(db.prepare("SELECT value FROM meta WHERE name = 'schema_version'").pluck().get())
  if (version >= SCHEMA_VERSION) return
  db.transaction(() => {
    if (version < 2) db.exec(PEOPLE + FROM_VERSION_1)
    db.exec(WAVE)
    db.prepare("UPDATE meta SET value = ? WHERE name = 'schema_version'").run(String(SCHEMA_VERSION))
  }).immediate()
}

/** A real write, forced to the disk. Throws what SQLite throws. */
export function touch(db: Database.Database): void {
  db.prepare("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE name = 'writes'").run()
}

const foreign = (path: string, why: string): StoreError =>
  new StoreError({
    code: 'STORE_NOT_A_STORE',
    what: `${path} is not a Plimsoll store`,
    why,
    fix: 'Name another path; the file was left as it is',
  })

const newer = (path: string, version: number): StoreError =>
  new StoreError({
    code: 'STORE_NEWER',
    what: `store ${path} has schema version ${version}`,
    why: `it was written by a newer Plimsoll; this one knows version ${SCHEMA_VERSION}`,
    fix: 'Upgrade Plimsoll, or name another path; the file was left as it is',
  })
