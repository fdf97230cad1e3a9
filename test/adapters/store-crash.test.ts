import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { expect } from 'chai'
import { openStore } from '../../src/adapters/store/sqlite.ts'
import type { Store } from '../../src/core/ports.ts'
import { CHAIN, complaint, page, scratch } from './store-things.ts'

const WRITER = fileURLToPath(new URL('./store-writer.ts', import.meta.url))

/** Start the writer and return once it has said `count` numbers. */
async function writer(file: string, count: number): Promise<{ child: ChildProcess; said(): bigint[] }> {
  const child = spawn(process.execPath, [WRITER, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the writer ended by itself with ${code}`)))
    child.stdout?.on('data', (chunk) => {
      text += String(chunk)
      if (text.split('\n').length > count) resolve()
    })
  })
  // The last line may have been cut by the kill: only whole ones count.
  return { child, said: () => text.split('\n').slice(0, -1).map(BigInt) }
}

async function killHard(child: ChildProcess): Promise<void> {
  child.removeAllListeners('exit')
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

/** Everything said to be committed is there, at most one step more, and nothing is missing in between. */
function expectWhole(store: Store, said: readonly bigint[]): void {
  const saved = store.checkpoint(CHAIN, 'm')
  const pages = store.pages(CHAIN)
  const start = (saved?.block.number ?? 0n) + 1n
  expect(pages).to.deep.equal(pages.map((_, i) => page(start + BigInt(i))))
  const last = start + BigInt(pages.length) - 1n
  const lastSaid = said.at(-1) as bigint
  expect(last === lastSaid || last === lastSaid + 1n, `${lastSaid} was said, ${last} is there`).to.equal(true)
  expect([...(saved?.cells ?? [])].length % 20_000).to.equal(0)

  const journal = store.journal({ after: 0, limit: 1e9 })
  expect(journal.map((entry) => entry.seq)).to.deep.equal(journal.map((_, i) => i + 1))
  expect(journal.map((entry) => entry.block)).to.include.members(said.map(String))
  expect(store.intents(CHAIN, 'signed').map((intent) => BigInt(intent.nonce))).to.include.members([...said])
}

describe('store and crash', function () {
  this.timeout(60_000)
  let place: ReturnType<typeof scratch>
  beforeEach(() => {
    place = scratch()
  })
  afterEach(() => place.remove())

  it('loses nothing that was committed when its process is killed, again and again', async () => {
    const said: bigint[] = []
    for (const count of [1, 10, 11, 23, 30]) {
      const run = await writer(place.file, count)
      await killHard(run.child)
      said.push(...run.said())
      const store = openStore(place.file)
      expectWhole(store, said)
      store.close()
      const raw = new Database(place.file, { readonly: true })
      expect(raw.pragma('integrity_check', { simple: true })).to.equal('ok')
      raw.close()
    }
  })

  it('is refused while another process owns it, and free once that one was killed', async () => {
    const { child } = await writer(place.file, 1)
    const error = complaint(() => openStore(place.file))
    expect(error.code).to.equal('STORE_LOCKED')
    expect(error.message).to.contain(place.file)
    await killHard(child)
    openStore(place.file).close()
  })

  it('gives a consistent copy while another process writes', async () => {
    const { child } = await writer(place.file, 25)
    for (let i = 0; i < 20; i++) {
      const copy = openStore(place.file, { share: 'copy' })
      const last = copy.pages(CHAIN).at(-1)?.block.number ?? 0n
      expect(last >= 25n).to.equal(true)
      copy.setValue('only', 'here')
      copy.close()
    }
    const view = openStore(place.file, { readonly: true })
    expect(view.value('only')).to.equal(undefined)
    view.close()
    await killHard(child)
  })
})
