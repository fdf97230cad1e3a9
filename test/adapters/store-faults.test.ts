import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect } from 'chai'
import fc from 'fast-check'
import { openMemory, openOwned } from '../../src/adapters/store/database.ts'
import { openStore, SqliteStore } from '../../src/adapters/store/sqlite.ts'
import { CHAIN, checkpoint, complaint, entry, header, intent, log, page, scratch } from './store-things.ts'

/** Turn one bit of the named column of the first row, which SQLite itself does not notice. Returns the way back. */
function flipIn(db: Database.Database, { table, column, bit }: { table: string; column: string; bit: number }) {
  const [id, value] = db.prepare(`SELECT rowid, ${column} FROM ${table}`).raw().get() as [number, string | Buffer]
  const bytes = Buffer.from(value as string)
  const at = Math.floor(bit / 8) % bytes.length
  bytes[at] = (bytes[at] as number) ^ (1 << (bit % 8))
  const type = typeof value === 'string' ? 'TEXT' : 'BLOB'
  const put = (content: Buffer): void => {
    db.prepare(`UPDATE ${table} SET ${column} = CAST(? AS ${type}) WHERE rowid = ?`).run(content, id)
  }
  put(bytes)
  return (): void => put(Buffer.from(value as string))
}

/** Permissions do not bind root: run as a user whom they do. */
function asNobody(work: () => void): void {
  const root = process.geteuid?.() === 0
  if (root) process.seteuid?.(65_534)
  try {
    work()
  } finally {
    if (root) process.seteuid?.(0)
  }
}

describe('store and faults', () => {
  let place: ReturnType<typeof scratch>
  beforeEach(() => {
    place = scratch()
  })
  afterEach(() => place.remove())

  /** Do something to the file behind the store's back. */
  function tamper(work: (db: Database.Database) => void): void {
    const db = new Database(place.file)
    work(db)
    db.close()
  }

  const flip = (table: string, column: string, bit: number): void =>
    tamper((db) => {
      flipIn(db, { table, column, bit })
    })

  function filled(): void {
    const store = openStore(place.file)
    store.saveCheckpoints(CHAIN, header(4n), new Map([['m', checkpoint(header(4n))]]))
    for (const number of [5n, 6n, 7n]) store.savePage(CHAIN, page(number))
    store.saveScan('m', { next: 9n, found: [log(1)] })
    store.saveIntent(intent())
    store.appendJournal(entry())
    store.close()
  }

  it('of the second version is upgraded and keeps all it had', () => {
    filled()
    tamper((db) => {
      for (const table of ['hour', 'open_bin']) db.exec(`DROP TABLE ${table}`)
      db.exec("UPDATE meta SET value = '2' WHERE name = 'schema_version'")
    })
    const row = { market: 'm', root: '', hour: 7, body: '{}' }
    for (const options of [{ share: 'copy' }, {}] as const) {
      const store = openStore(place.file, options)
      expect([store.pages(CHAIN).length, store.lastSeq(), store.hours('m', '')]).to.deep.equal([3, 1, []])
      store.saveHours([row], [])
      store.close()
    }
    const again = openStore(place.file)
    expect(again.hours('m', '')).to.deep.equal([row])
    again.close()
  })

  it('of the first version is upgraded and keeps all it had', () => {
    filled()
    tamper((db) => {
      for (const table of ['latch', 'watch', 'mute', 'outbox', 'outgoing', 'hour', 'open_bin'])
        db.exec(`DROP TABLE ${table}`)
      db.exec('DROP INDEX journal_subject')
      const rung = { level: '1100000000000000000', spoken: { '1100000000000000000': 7 } }
      db.prepare("INSERT INTO named_value VALUES ('alerts.latches', ?)").run(JSON.stringify({ 'm/0xa': rung }))
      db.exec("UPDATE meta SET value = '1' WHERE name = 'schema_version'")
    })
    for (const options of [{ share: 'copy' }, {}, {}] as const) {
      const store = openStore(place.file, options)
      expect(store.pages(CHAIN)).to.have.length(3)
      expect(store.lastSeq()).to.equal(1)
      store.close()
    }
    const told = openStore(place.file)
    expect(told.latches().map(({ body, ...at }) => ({ ...at, latch: JSON.parse(body) }))).to.deep.equal([
      {
        rule: 'positions',
        subject: 'm/0xa',
        latch: {
          kind: 'ladder',
          health: { level: '1100000000000000000', spoken: { '1100000000000000000': 7 } },
          distance: null,
          toppedUp: null,
        },
      },
    ])
    expect(told.value('alerts.latches')).to.equal(undefined)
    told.close()
    const tables = new Database(place.file, { readonly: true })
    expect(tables.prepare('SELECT count(*) FROM outbox').pluck().get()).to.equal(0)
    tables.close()
  })

  describe('damage', () => {
    it('of any bit of a page is noticed, with chain and block', () => {
      const opened = openMemory()
      const store = new SqliteStore(opened, ':memory:')
      for (const number of [5n, 6n]) store.savePage(CHAIN, page(number))
      fc.assert(
        fc.property(fc.nat(), fc.constantFrom('body', 'digest'), (bit, column) => {
          const undo = flipIn(opened.db, { table: 'page', column, bit })
          const error = complaint(() => store.pages(CHAIN))
          expect(error.code).to.equal('STORE_CORRUPTED')
          expect(error.message).to.contain(`chain ${CHAIN}, block 5`)
          undo()
          expect(store.pages(CHAIN)).to.deep.equal([page(5n), page(6n)])
        }),
        { numRuns: 500 },
      )
    })

    for (const column of ['body', 'header', 'digest'])
      it(`of the ${column} of a checkpoint is noticed, with chain and block`, () => {
        filled()
        flip('checkpoint', column, 13)
        const store = openStore(place.file)
        const error = complaint(() => store.checkpoint(CHAIN, 'm'))
        store.close()
        expect(error.message).to.contain(`chain ${CHAIN}, block 4`)
      })

    it('of a scan or an intent is noticed', () => {
      filled()
      flip('scan_batch', 'body', 100)
      flip('intent', 'body', 100)
      const store = openStore(place.file)
      expect(complaint(() => store.scan('m')).code).to.equal('STORE_CORRUPTED')
      expect(complaint(() => store.intents(CHAIN, 'signed')).code).to.equal('STORE_CORRUPTED')
      store.close()
    })

    it('shows as a hole when a page is missing in the middle or at the start', () => {
      for (const number of [6, 5]) {
        filled()
        tamper((db) => db.prepare('DELETE FROM page WHERE number = ?').run(number))
        const store = openStore(place.file)
        expect(complaint(() => store.pages(CHAIN)).message).to.contain(`block ${number}`)
        store.dropPagesAbove(CHAIN, 0n)
        store.close()
        tamper((db) => db.exec('DELETE FROM scan_batch'))
      }
    })

    it('is noticed when a page is put in the place of another', () => {
      filled()
      tamper((db) => db.exec('UPDATE page SET body = (SELECT body FROM page WHERE number = 6) WHERE number = 7'))
      const store = openStore(place.file)
      expect(complaint(() => store.pages(CHAIN)).message).to.contain('block 7')
      store.close()
    })

    it('of the file itself is a StoreError', () => {
      filled()
      const bytes = readFileSync(place.file)
      writeFileSync(place.file, bytes.fill(0x5a, 100))
      expect(complaint(() => openStore(place.file)).code).to.equal('STORE_CORRUPTED')
    })
  })

  describe('a file that is not ours', () => {
    it('is refused and left alone: text', () => {
      const text = 'nothing to see here\n'.repeat(200)
      writeFileSync(place.file, text)
      for (const options of [{}, { readonly: true }, { share: 'copy' }] as const)
        expect(complaint(() => openStore(place.file, options)).code).to.equal('STORE_NOT_A_STORE')
      expect(readFileSync(place.file, 'utf8')).to.equal(text)
      expect(readdirSync(place.dir)).to.deep.equal(['store.db'])
    })

    it("is refused and left alone: another program's database", () => {
      tamper((db) => db.exec("CREATE TABLE meta (name, value); INSERT INTO meta VALUES ('application', 'other')"))
      const before = readFileSync(place.file)
      expect(complaint(() => openStore(place.file)).code).to.equal('STORE_NOT_A_STORE')
      expect(readFileSync(place.file).equals(before)).to.equal(true)
    })

    it('is refused and left alone: written by a newer Plimsoll', () => {
      filled()
      tamper((db) => db.exec("UPDATE meta SET value = '4' WHERE name = 'schema_version'"))
      for (const options of [{}, { readonly: true }, { share: 'copy' }] as const) {
        const error = complaint(() => openStore(place.file, options))
        expect(error.code).to.equal('STORE_NEWER')
        expect(error.message).to.contain('written by a newer Plimsoll')
      }
    })
  })

  describe('the owner', () => {
    it('is one: a second open is refused by name, by any road to the file', () => {
      const store = openStore(place.file)
      symlinkSync(place.file, join(place.dir, 'link.db'))
      for (const path of [place.file, join(place.dir, '.', 'store.db'), join(place.dir, 'link.db')]) {
        const error = complaint(() => openStore(path))
        expect(error.code).to.equal('STORE_LOCKED')
        expect(error.message).to.contain(path.split('/').at(-1) === 'link.db' ? 'store.db.lock' : place.file)
      }
      store.setValue('still', 'works')
      store.close()
      openStore(place.file).close()
    })

    it('may close twice; afterwards every call says so', () => {
      const store = openStore(place.file)
      store.close()
      store.close()
      expect(complaint(() => store.check()).code).to.equal('STORE_CLOSED')
      expect(complaint(() => store.pages(CHAIN)).code).to.equal('STORE_CLOSED')
    })

    it('writes with WAL and synchronous=FULL into a file of its own user only', () => {
      const { db, close } = openOwned(place.file)
      expect(db.pragma('journal_mode', { simple: true })).to.equal('wal')
      expect(db.pragma('synchronous', { simple: true })).to.equal(2)
      expect(db.pragma('foreign_keys', { simple: true })).to.equal(1)
      expect(statSync(place.file).mode & 0o777).to.equal(0o600)
      close()
    })

    it('gets missing parent directories made', () => {
      const deep = join(place.dir, 'a', 'b', 'store.db')
      openStore(deep).close()
      expect(existsSync(deep)).to.equal(true)
    })
  })

  describe('beside the owner', () => {
    it('a copy sees what was committed, and what it writes goes nowhere', () => {
      const store = openStore(place.file)
      store.savePage(CHAIN, page(5n))
      const copy = openStore(place.file, { share: 'copy' })
      store.savePage(CHAIN, page(6n))
      copy.savePage(CHAIN, page(9n))
      copy.check()
      expect(copy.pages(CHAIN)).to.deep.equal([page(5n), page(9n)])
      copy.close()
      expect(store.pages(CHAIN)).to.deep.equal([page(5n), page(6n)])
      store.close()
    })

    it('a copy of no file, or of an empty one, is an empty store, and makes no file', () => {
      expect(openStore(place.file, { share: 'copy' }).pages(CHAIN)).to.deep.equal([])
      expect(existsSync(place.file)).to.equal(false)
      writeFileSync(place.file, '')
      expect(openStore(place.file, { share: 'copy' }).lastSeq()).to.equal(0)
    })

    it('a reader sees the file live and cannot write', () => {
      const store = openStore(place.file)
      const reader = openStore(place.file, { readonly: true })
      store.savePage(CHAIN, page(5n))
      expect(reader.pages(CHAIN)).to.deep.equal([page(5n)])
      expect(complaint(() => reader.setValue('a', 'b')).code).to.equal('STORE_READ_ONLY')
      reader.close()
      store.close()
    })

    it('a reader of no file is told so, and makes none', () => {
      expect(complaint(() => openStore(place.file, { readonly: true })).code).to.equal('STORE_CANNOT_OPEN')
      expect(existsSync(place.file)).to.equal(false)
    })
  })

  describe('the disk', () => {
    it('full: the write is a StoreError, what was there stays, and it goes on once there is room', () => {
      const opened = openOwned(place.file)
      const store = new SqliteStore(opened, place.file)
      store.savePage(CHAIN, page(5n))
      const pages = Number(opened.db.pragma('page_count', { simple: true }))
      opened.db.pragma(`max_page_count = ${pages}`)
      const big = { ...page(6n), logs: Array.from({ length: 500 }, (_, i) => log(i)) }
      const error = complaint(() => store.savePage(CHAIN, big))
      expect(error.code).to.equal('STORE_DISK_FULL')
      expect(error.message).to.contain(place.file)
      expect(store.pages(CHAIN)).to.deep.equal([page(5n)])
      opened.db.pragma('max_page_count = 1000000')
      store.savePage(CHAIN, big)
      expect(store.pages(CHAIN)).to.deep.equal([page(5n), big])
      store.close()
    })

    it('read-only: a new store is refused, an old one too, which a copy of it can still be read from', () => {
      const store = openStore(place.file)
      store.savePage(CHAIN, page(5n))
      store.close()
      chmodSync(place.file, 0o444)
      chmodSync(place.dir, 0o555)
      try {
        asNobody(() => {
          expect(complaint(() => openStore(join(place.dir, 'new.db'))).code).to.equal('STORE_READ_ONLY')
          expect(complaint(() => openStore(join(place.dir, 'sub', 'new.db'))).code).to.equal('STORE_READ_ONLY')
          const error = complaint(() => openStore(place.file))
          expect(error.code).to.be.oneOf(['STORE_READ_ONLY', 'STORE_CANNOT_OPEN'])
          expect(error.message).to.contain(place.file)
          expect(openStore(place.file, { share: 'copy' }).pages(CHAIN)).to.deep.equal([page(5n)])
        })
      } finally {
        chmodSync(place.dir, 0o755)
      }
    })

    it('a directory where the file should be, or a file where the directory should be', () => {
      mkdirSync(place.file)
      expect(complaint(() => openStore(place.file)).code).to.equal('STORE_CANNOT_OPEN')
      writeFileSync(join(place.dir, 'plain'), 'x')
      expect(complaint(() => openStore(join(place.dir, 'plain', 'store.db'))).code).to.equal('STORE_CANNOT_OPEN')
    })
  })
})
