import { expect } from 'chai'
import { openStore } from '../../src/adapters/store/sqlite.ts'
import type { NewOutgoing, NewRow } from '../../src/core/people/outbox.ts'
import type { Store } from '../../src/core/ports.ts'
import { entry, scratch } from './store-things.ts'

const ME = 'telegram:1'
const NOW = 1_000
const row = (seq: number, over: Partial<NewRow> = {}): NewRow => ({
  channel: ME,
  seq,
  event: 'threshold',
  loud: true,
  createdS: NOW,
  dueS: NOW,
  ...over,
})
const message = (over: Partial<NewOutgoing> = {}): NewOutgoing => ({
  channel: ME,
  fold: 'digest',
  thread: null,
  loud: true,
  nowS: NOW,
  after: null,
  body: 'words',
  ...over,
})

describe('store: outbox', () => {
  let place: ReturnType<typeof scratch>
  let store: Store
  beforeEach(() => {
    place = scratch()
    store = openStore(place.file)
    for (let i = 0; i < 9; i++) store.appendJournal(entry({ block: String(i) }))
  })
  afterEach(() => {
    store.close()
    place.remove()
  })
  const reopen = (): void => {
    store.close()
    store = openStore(place.file)
  }
  const waiting = (nowS = NOW, channel = ME): number[] =>
    store.outbox.waiting(channel, { nowS, limit: 100 }).map(({ entry }) => entry.seq)

  it('keeps what waits, by channel, oldest first, each entry once for ever', () => {
    store.outbox.add([row(2), row(1), row(3, { channel: 'telegram:2' })])
    store.outbox.add([row(1), row(4)])
    reopen()
    expect([waiting(), waiting(NOW, 'telegram:2')]).to.deep.equal([[2, 1, 4], [3]])
    const [first] = store.outbox.waiting(ME, { nowS: NOW, limit: 1 })
    expect(first).to.deep.equal({
      id: 1,
      channel: ME,
      event: 'threshold',
      loud: true,
      entry: store.journal({ after: 1, limit: 1 })[0],
    })
    expect(store.outbox.row(1)).to.deep.equal(first)
    expect(store.outbox.row(99)).to.equal(undefined)
  })

  it('what is not due waits', () => {
    store.outbox.add([row(1, { dueS: NOW + 7 }), row(2), row(3, { dueS: NOW + 5 })])
    expect([waiting(), waiting(NOW + 7)]).to.deep.equal([[2], [1, 2, 3]])
    expect([store.outbox.nextDueS(ME, NOW), store.outbox.nextDueS(ME, NOW + 7)]).to.deep.equal([NOW + 5, undefined])
    store.outbox.postpone([2], NOW + 9)
    store.outbox.drop([3])
    expect([waiting(NOW + 8), waiting(NOW + 9)]).to.deep.equal([[1], [1, 2]])
  })

  it('what is handed over is known after a crash, with its words, until its answer is there', () => {
    store.outbox.add([row(1), row(2), row(3)])
    const id = store.outbox.begin(message({ after: 41, thread: 7 }), [1, 2])
    reopen()
    expect(waiting()).to.deep.equal([3])
    expect(store.outbox.sending(ME)).to.deep.equal({
      ...{ id, channel: ME, fold: 'digest', thread: 7, loud: true, createdS: NOW, changedS: NOW, state: 'sending' },
      ...{ after: 41, toldAs: null, body: 'words', rows: 2 },
    })
    store.outbox.told(id, '42')
    expect(store.outbox.sending(ME)).to.equal(undefined)
    expect(store.outbox.open(ME, 'digest', 7)?.toldAs).to.equal('42')
    expect(store.outbox.open(ME, 'digest', null)).to.equal(undefined)
    expect(store.outbox.open(ME, 'refusals', 7)).to.equal(undefined)
    expect(store.outbox.rowsOf(id).map(({ entry }) => entry.seq)).to.deep.equal([1, 2])
    expect(store.outbox.toldSince(NOW)).to.deep.equal([{ channel: ME, toldAs: '42', changedS: NOW }])
    expect(store.outbox.toldSince(NOW + 1)).to.deep.equal([])
  })

  it('what did not arrive waits again; what it grew by, too', () => {
    store.outbox.add([row(1), row(2), row(3)])
    store.outbox.release(store.outbox.begin(message(), [1]), false)
    expect([waiting(), store.outbox.open(ME, 'digest', null)]).to.deep.equal([[1, 2, 3], undefined])
    const id = store.outbox.begin(message(), [1])
    store.outbox.told(id, '42')
    store.outbox.amend(id, { body: 'more words', nowS: NOW + 5 }, [2])
    reopen()
    expect(store.outbox.sending(ME)).to.include({ id, toldAs: '42', body: 'more words', changedS: NOW + 5, rows: 2 })
    store.outbox.release(id, false)
    expect([waiting(), store.outbox.open(ME, 'digest', null)?.rows]).to.deep.equal([[2, 3], 1])
    store.outbox.amend(id, { body: 'more words', nowS: NOW + 6 }, [2])
    store.outbox.release(id, true)
    expect([waiting(), store.outbox.open(ME, 'digest', null)]).to.deep.equal([[2, 3], undefined])
  })

  it('what never will arrive is dropped, what was told before stays told', () => {
    store.outbox.add([row(1), row(2)])
    const id = store.outbox.begin(message(), [1])
    store.outbox.told(id, '42')
    store.outbox.amend(id, { body: 'x', nowS: NOW }, [2])
    store.outbox.refuse(id)
    expect([waiting(), store.outbox.sending(ME), store.outbox.open(ME, 'digest', null)]).to.deep.equal([
      [],
      undefined,
      undefined,
    ])
    expect(store.outbox.row(1)?.entry.seq).to.equal(1)
  })

  it('a closed one is not added to', () => {
    store.outbox.add([row(1)])
    const id = store.outbox.begin(message(), [1])
    store.outbox.told(id, '42')
    store.outbox.close(id)
    expect(store.outbox.open(ME, 'digest', null)).to.equal(undefined)
  })

  it('forgets what was told long ago, never what waits or is under way', () => {
    store.outbox.add([row(1), row(2), row(3), row(4)])
    store.outbox.told(store.outbox.begin(message(), [1]), '42')
    store.outbox.drop([2])
    store.outbox.begin(message(), [3])
    store.outbox.prune(NOW)
    expect(store.outbox.row(1)?.id).to.equal(1)
    store.outbox.prune(NOW + 1)
    expect([1, 2, 3, 4].map((id) => store.outbox.row(id)?.id)).to.deep.equal([undefined, undefined, 3, 4])
    expect([waiting(), store.outbox.sending(ME)?.rows, store.outbox.toldSince(0)]).to.deep.equal([[4], 1, []])
  })
})
