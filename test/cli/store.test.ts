import { copyFileSync, mkdirSync, truncateSync } from 'node:fs'
import Database from 'better-sqlite3'
import { expect } from 'chai'
import { type Devnet, startDevnet } from '../../scripts/devnet/index.ts'
import { openStore } from '../../src/adapters/store/sqlite.ts'
import { complaintIn, configOf, MARKET, Place, type Tree } from './support.ts'

/** Everything the store holds but the counter of its health check. */
function rowsOf(path: string): unknown {
  const db = new Database(path, { readonly: true })
  try {
    // What each start writes for itself: the day it begins in.
    const named = `SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'named_value'`
    const names = db.prepare<[], string>(named).pluck().all()
    const rows = names.map((name) => [name, db.prepare(`SELECT * FROM ${name}`).safeIntegers().raw().all()])
    return JSON.parse(
      JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
      (_, value) => (Array.isArray(value) && value[0] === 'writes' ? undefined : value),
    )
  } finally {
    db.close()
  }
}

function alter(path: string, sql: string): void {
  const db = new Database(path)
  db.exec(sql)
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
}

describe('the command line, with a store it cannot use', function () {
  this.timeout(60_000)
  let devnet: Devnet
  let good: Place
  let place: Place
  let config: Tree

  before(async () => {
    devnet = await startDevnet({ chain: 'ethereum', accounts: 30, seed: 12 })
    config = configOf(devnet)
    good = new Place()
    good.configure(config)
    await good.json('positions')
  })
  after(async () => {
    good?.remove()
    await devnet?.close()
  })

  beforeEach(() => {
    place = new Place()
    place.configure(config)
    copyFileSync(good.store, place.store)
  })
  afterEach(() => place.remove())

  async function refuses(complaint: string, says: readonly string[], commands = ['run']): Promise<void> {
    for (const command of commands) {
      const args = command === 'run' ? [command] : [command, '--json']
      const end = await place.plimsoll(args)
      expect([end.code, end.stdout], end.stderr).to.deep.equal([1, ''])
      expect(complaintIn(end)).to.equal(complaint)
      for (const words of says) expect(end.stderr).to.include(words)
    }
  }

  /** The same, and every byte of the file is as it was. */
  async function leaves(complaint: string, says: readonly string[]): Promise<void> {
    const bytes = place.bytes()
    await refuses(complaint, says)
    expect(place.bytes()?.equals(bytes ?? Buffer.alloc(0))).to.equal(true)
  }

  it('leaves a file that is no database', async () => {
    place.write('plimsoll.db', 'My diary. Keep out.\n'.repeat(100))
    await leaves('STORE_NOT_A_STORE', ['plimsoll.db', 'not a SQLite database', 'left as it is'])
  })

  it("leaves another program's database", async () => {
    place.write('plimsoll.db', '')
    alter(place.store, "CREATE TABLE song (title TEXT); INSERT INTO song VALUES ('Yesterday')")
    await leaves('STORE_NOT_A_STORE', ['another program', 'Name another path'])
  })

  it('leaves a store of a newer version', async () => {
    alter(place.store, "UPDATE meta SET value = '99' WHERE name = 'schema_version'")
    await leaves('STORE_NEWER', ['schema version 99', 'Upgrade Plimsoll'])
  })

  it('names the checkpoint whose bytes have changed, and loses no row', async () => {
    alter(place.store, 'UPDATE checkpoint SET body = zeroblob(length(body))')
    const rows = rowsOf(place.store)
    await refuses('STORE_CORRUPTED', [`checkpoint of ${MARKET}`, 'digest', 'Restore a backup'], ['run', 'positions'])
    expect(rowsOf(place.store)).to.deep.equal(rows)
  })

  it('names the file that was cut off', async () => {
    truncateSync(place.store, 16_384)
    await refuses('STORE_CORRUPTED', ['plimsoll.db', 'damaged', 'Restore a backup'])
    expect(place.bytes()?.length).to.be.at.least(16_384)
  })

  it('names a path that is a folder', async () => {
    const folder = new Place()
    try {
      folder.configure(config)
      mkdirSync(folder.store)
      const end = await folder.plimsoll(['run'])
      expect([end.code, end.stdout, complaintIn(end)]).to.deep.equal([1, '', 'STORE_CANNOT_OPEN'])
    } finally {
      folder.remove()
    }
  })

  it('does not run on a store that somebody holds, but looks at a copy of it', async () => {
    const owner = openStore(place.store)
    try {
      const rows = rowsOf(place.store)
      const end = await place.plimsoll(['run'])
      expect([end.code, end.stdout, complaintIn(end)]).to.deep.equal([1, '', 'STORE_LOCKED'])
      expect(end.stderr).to.include('another Plimsoll process').and.to.include('do not delete the lock file')
      const { markets } = await place.json<{ markets: { accounts: object[] }[] }>('positions')
      expect(markets[0]?.accounts).not.to.have.length(0)
      expect(rowsOf(place.store)).to.deep.equal(rows)
    } finally {
      owner.close()
    }
  })
})
