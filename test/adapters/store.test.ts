import { expect } from 'chai'
import fc from 'fast-check'
import { openStore } from '../../src/adapters/store/sqlite.ts'
import type { JournalKind } from '../../src/core/journal.ts'
import type { Watch } from '../../src/core/people/watch.ts'
import type { JournalBackQuery, Store } from '../../src/core/ports.ts'
import type { HourRow } from '../../src/core/risk/hour-row.ts'
import { address, CHAIN, checkpoint, entry, header, intent, log, page, scratch, word } from './store-things.ts'

const numbers = (store: Store, chainId = CHAIN): bigint[] => store.pages(chainId).map((facts) => facts.block.number)

/** What every store must do. `reopen` closes it and opens the same one again, where that has a meaning. */
function conformance(open: () => Store, reopen: (store: Store) => Store): void {
  let store: Store
  beforeEach(() => {
    store = open()
  })
  afterEach(() => store.close())

  describe('pages', () => {
    it('come back as they were, in order of number, after a restart too', () => {
      for (const number of [5n, 6n, 9n]) store.savePage(CHAIN, page(number))
      store = reopen(store)
      expect(store.pages(CHAIN)).to.deep.equal([page(5n), page(6n), page(9n)])
    })

    it('replace those at or above their block', () => {
      for (const number of [5n, 6n, 7n]) store.savePage(CHAIN, page(number))
      store.savePage(CHAIN, page(6n, 1n))
      expect(store.pages(CHAIN)).to.deep.equal([page(5n), page(6n, 1n)])
    })

    it('above a block are dropped, the rest goes on from there', () => {
      for (const number of [5n, 6n, 7n]) store.savePage(CHAIN, page(number))
      store.dropPagesAbove(CHAIN, 5n)
      expect(numbers(store)).to.deep.equal([5n])
      store.savePage(CHAIN, page(8n, 1n))
      expect(numbers(store)).to.deep.equal([5n, 8n])
    })

    it('may all be dropped and begun again', () => {
      for (const number of [5n, 6n]) store.savePage(CHAIN, page(number))
      store.dropPagesAbove(CHAIN, 0n)
      store.savePage(CHAIN, page(3n))
      expect(numbers(store)).to.deep.equal([3n])
    })

    it('after a block are read alone, beside a checkpoint too', () => {
      const after = (block: bigint): bigint[] => store.pagesAfter(CHAIN, block).map((facts) => facts.block.number)
      for (const number of [5n, 6n, 9n, 10n]) store.savePage(CHAIN, page(number))
      expect([after(0n), after(5n), after(7n), after(10n)]).to.deep.equal([
        [5n, 6n, 9n, 10n],
        [6n, 9n, 10n],
        [9n, 10n],
        [],
      ])
      store.saveCheckpoints(CHAIN, header(6n), new Map([['m', checkpoint(header(6n))]]))
      expect([after(4n), after(6n), after(9n)]).to.deep.equal([[9n, 10n], [9n, 10n], [10n]])
      expect(store.checkpointBlock(CHAIN, 'm')).to.deep.equal(header(6n))
      expect(store.checkpointBlock(CHAIN, 'n')).to.equal(undefined)
    })

    it('of one chain are not those of another', () => {
      store.savePage(1, page(5n))
      store.savePage(2, page(4n))
      store.dropPagesAbove(2, 0n)
      expect(numbers(store, 1)).to.deep.equal([5n])
      expect(numbers(store, 2)).to.deep.equal([])
    })

    it('keep block numbers beyond 2^53', () => {
      store.savePage(CHAIN, page(2n ** 60n + 1n))
      store.savePage(CHAIN, page(2n ** 60n + 2n))
      expect(numbers(store)).to.deep.equal([2n ** 60n + 1n, 2n ** 60n + 2n])
    })
  })

  describe('checkpoints', () => {
    it('come back as they were and take the pages they hold with them', () => {
      for (const number of [5n, 6n, 7n]) store.savePage(CHAIN, page(number))
      store.saveCheckpoints(CHAIN, header(6n), new Map([['m', checkpoint(header(6n))]]))
      store = reopen(store)
      const read = store.checkpoint(CHAIN, 'm')
      expect(read?.block).to.deep.equal(header(6n))
      expect([...(read?.accounts ?? [])]).to.deep.equal([address(1), address(2)])
      expect([...(read?.cells ?? [])]).to.deep.equal(checkpoint(header(6n)).cells)
      expect(numbers(store)).to.deep.equal([7n])
    })

    it('can be followed by pages when every page was inside', () => {
      store.savePage(CHAIN, page(5n))
      store.saveCheckpoints(CHAIN, header(5n), new Map([['m', checkpoint(header(5n))]]))
      store.savePage(CHAIN, page(6n))
      expect(numbers(store)).to.deep.equal([6n])
    })

    it('are one a market; a market left out loses its old one', () => {
      store.saveCheckpoints(
        CHAIN,
        header(5n),
        new Map([
          ['a', checkpoint(header(5n))],
          ['b', checkpoint(header(5n))],
        ]),
      )
      store.saveCheckpoints(CHAIN, header(6n), new Map([['a', checkpoint(header(6n))]]))
      expect(store.checkpoint(CHAIN, 'a')?.block.number).to.equal(6n)
      expect(store.checkpoint(CHAIN, 'b')).to.equal(undefined)
      expect(store.checkpoint(1, 'a')).to.equal(undefined)
    })

    it('of a chain are forgotten with its pages, and of no other chain; the scan, the journal and the intents stay', () => {
      for (const chain of [CHAIN, CHAIN + 1]) {
        store.saveCheckpoints(chain, header(5n), new Map([['m', checkpoint(header(5n))]]))
        store.savePage(chain, page(6n))
      }
      store.saveScan('m', { next: 5n, found: [] })
      store.saveIntent(intent())
      store.forget(CHAIN)
      store = reopen(store)
      expect([store.checkpoint(CHAIN, 'm'), numbers(store)]).to.deep.equal([undefined, []])
      expect(store.checkpoint(CHAIN + 1, 'm')?.block.number).to.equal(5n)
      expect(store.pages(CHAIN + 1).length).to.equal(1)
      expect([store.scan('m')?.next, store.intents(CHAIN, 'signed').length]).to.deep.equal([5n, 1])
    })

    it('of no market drop no page', () => {
      store.savePage(CHAIN, page(5n))
      store.saveCheckpoints(CHAIN, header(5n), new Map())
      expect(numbers(store)).to.deep.equal([5n])
    })

    it('of what began later stand at a later block, and take no page with them', () => {
      store.saveCheckpoints(CHAIN, header(4n), new Map([['m', checkpoint(header(4n))]]))
      for (const number of [5n, 6n, 7n]) store.savePage(CHAIN, page(number))
      store.addCheckpoint(CHAIN, 'late', checkpoint(header(6n)))
      store = reopen(store)
      expect(
        [store.checkpoint(CHAIN, 'm'), store.checkpoint(CHAIN, 'late')].map((one) => one?.block.number),
      ).to.deep.equal([4n, 6n])
      expect(numbers(store)).to.deep.equal([5n, 6n, 7n])
      store.saveCheckpoints(
        CHAIN,
        header(5n),
        new Map([
          ['m', checkpoint(header(5n))],
          ['late', checkpoint(header(6n))],
        ]),
      )
      store = reopen(store)
      expect(store.checkpoint(CHAIN, 'late')?.block).to.deep.equal(header(6n))
      expect(numbers(store)).to.deep.equal([6n, 7n])
      store.addCheckpoint(CHAIN, 'late', checkpoint(header(7n)))
      expect(store.checkpoint(CHAIN, 'late')?.block.number).to.equal(7n)
    })

    it('leave no hole before pages that lie below a later one', () => {
      store.saveCheckpoints(CHAIN, header(4n), new Map([['m', checkpoint(header(4n))]]))
      store.addCheckpoint(CHAIN, 'late', checkpoint(header(6n)))
      store.savePage(CHAIN, page(5n))
      expect(numbers(store)).to.deep.equal([5n])
    })

    it('at an older block than the one named, or on another branch, are refused as a whole', () => {
      store.savePage(CHAIN, page(5n))
      for (const at of [header(4n), header(5n, 1n)]) {
        const wrong = new Map([['m', checkpoint(at)]])
        expect(() => store.saveCheckpoints(CHAIN, header(5n), wrong)).to.throw(RangeError)
      }
      expect(numbers(store)).to.deep.equal([5n])
      expect(store.checkpoint(CHAIN, 'm')).to.equal(undefined)
    })

    it('hold any u32 key and any uint256 value', () => {
      const cells = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), uint256()))
      const accounts = fc.array(fc.nat().map(address))
      fc.assert(
        fc.property(accounts, cells, (someAccounts, someCells) => {
          const saved = checkpoint(header(1n), { accounts: someAccounts, cells: someCells })
          store.saveCheckpoints(CHAIN, header(1n), new Map([['m', saved]]))
          const read = store.checkpoint(CHAIN, 'm')
          expect([...(read?.accounts ?? [])]).to.deep.equal(someAccounts)
          expect([...(read?.cells ?? [])]).to.deep.equal(someCells)
          expect([...(read?.cells ?? [])], 'read twice').to.deep.equal(someCells)
        }),
        { numRuns: 200 },
      )
    })

    for (const [what, cell] of [
      ['a key of 2^32', [2 ** 32, 1n]],
      ['a negative key', [-1, 1n]],
      ['a fraction as key', [0.5, 1n]],
      ['a value of 2^256', [1, 2n ** 256n]],
      ['a negative value', [1, -1n]],
    ] as const)
      it(`refuse ${what}`, () => {
        const wrong = checkpoint(header(1n), { cells: [cell] })
        expect(() => store.saveCheckpoints(CHAIN, header(1n), new Map([['m', wrong]]))).to.throw(RangeError)
      })

    it('refuse what is not an address', () => {
      const wrong = checkpoint(header(1n), { accounts: ['0x1234'] })
      expect(() => store.saveCheckpoints(CHAIN, header(1n), new Map([['m', wrong]]))).to.throw(RangeError)
    })
  })

  describe('scans', () => {
    it('add up, with the cursor of the last', () => {
      expect(store.scan('m')).to.equal(undefined)
      store.saveScan('m', { next: 100n, found: [log(1), log(2)] })
      store.saveScan('m', { next: 200n, found: [] })
      store.saveScan('other', { next: 1n, found: [log(9)] })
      store.saveScan('m', { next: 2n ** 60n + 1n, found: [log(3)] })
      store = reopen(store)
      expect(store.scan('m')).to.deep.equal({ next: 2n ** 60n + 1n, logs: [log(1), log(2), log(3)] })
    })
  })

  describe('journal', () => {
    it('numbers entries from 1 without a gap, over restarts', () => {
      expect(store.lastSeq()).to.equal(0)
      expect(store.appendJournal(entry()).seq).to.equal(1)
      store = reopen(store)
      const second = store.appendJournal(entry({ kind: 'alert' }))
      expect(second).to.deep.equal({ seq: 2, ...entry({ kind: 'alert' }) })
      expect(store.lastSeq()).to.equal(2)
      expect(store.journal({ after: 0, limit: 9 })).to.deep.equal([{ seq: 1, ...entry() }, second])
    })

    it('is read after a number, of a kind, up to a limit', () => {
      for (const kind of ['alert', 'sent', 'alert', 'alert'] as const) store.appendJournal(entry({ kind }))
      const seqs = (query: Parameters<Store['journal']>[0]): number[] => store.journal(query).map((e) => e.seq)
      expect(seqs({ after: 2, limit: 9 })).to.deep.equal([3, 4])
      expect(seqs({ after: 0, limit: 2 })).to.deep.equal([1, 2])
      expect(seqs({ after: 0, kind: 'alert', limit: 2 })).to.deep.equal([1, 3])
      expect(seqs({ after: 1, kind: 'sent', limit: 9 })).to.deep.equal([2])
      expect(seqs({ after: 4, limit: 9 })).to.deep.equal([])
    })
  })

  describe('journal, backwards', () => {
    const A = '0x00000000000000000000000000000000000000AA'
    const add = (kind: JournalKind, market: string, data: Record<string, unknown>): number =>
      store.appendJournal({ chainId: CHAIN, market, block: '1', kind, data }).seq
    const seqs = (query: JournalBackQuery): number[] => store.journalBack(query).map(({ seq }) => seq)

    it('is read newest first, of some kinds, before a number, up to a limit', () => {
      for (const kind of ['sent', 'lost', 'refusal', 'sent', 'confirmed', 'lost'] as const) add(kind, 'm', {})
      expect(seqs({ kinds: ['sent', 'lost'], limit: 10 })).to.deep.equal([6, 4, 2, 1])
      expect(seqs({ kinds: ['sent', 'lost'], before: 6, limit: 2 })).to.deep.equal([4, 2])
      expect(seqs({ kinds: [], limit: 10 })).to.deep.equal([])
    })

    it('of one borrower, or one address, in one market', () => {
      add('refusal', 'm', { borrower: A })
      add('alert', 'm', { address: A })
      add('refusal', 'n', { borrower: A })
      add('refusal', 'm', { borrower: '0xother' })
      expect(seqs({ kinds: ['refusal', 'alert'], subject: A, limit: 10 })).to.deep.equal([3, 2, 1])
      expect(seqs({ kinds: ['refusal', 'alert'], subject: A, market: 'm', limit: 1 })).to.deep.equal([2])
      expect(seqs({ kinds: ['refusal'], subject: A, market: 'm', limit: 10 })).to.deep.equal([1])
    })
  })

  describe('watches', () => {
    const watch = (n: number, chat = 'telegram:1'): Omit<Watch, 'id'> => ({
      chat,
      address: address(n),
      name: `ü ${n}`,
      thresholdsWad: [2n ** 200n, 1n],
      distancesBps: null,
      createdS: 5,
    })

    it('come back as they were, in order, of one chat or of all, after a restart too', () => {
      const saved = [watch(1), watch(2, 'telegram:-2'), watch(3)].map((one) => store.saveWatch(one))
      store = reopen(store)
      expect(saved.map(({ id }) => id)).to.deep.equal([1, 2, 3])
      expect(store.watches()).to.deep.equal(saved)
      expect(store.watches('telegram:1')).to.deep.equal([saved[0], saved[2]])
    })

    it('are one a chat and address; an id is never used again', () => {
      store.saveWatch(watch(1))
      const other = { ...watch(1), name: '', thresholdsWad: null, distancesBps: [500, 1], createdS: 9 }
      expect(store.saveWatch(other)).to.deep.equal({ id: 1, ...other })
      expect(store.watches()).to.deep.equal([{ id: 1, ...other }])
      expect(store.dropWatch('telegram:2', address(1))).to.equal(false)
      expect(store.dropWatch('telegram:1', address(1))).to.equal(true)
      expect(store.dropWatch('telegram:1', address(1))).to.equal(false)
      expect(store.saveWatch(watch(1)).id).to.be.above(1)
    })
  })

  it('keeps mutes, one a chat and scope', () => {
    const all = { chat: 'telegram:1', scope: 'all', untilS: 100 }
    store.saveMute(all)
    store.saveMute({ ...all, scope: 'market:m', untilS: null })
    store.saveMute({ ...all, chat: 'telegram:2' })
    store.saveMute({ ...all, untilS: 200 })
    store = reopen(store)
    expect(store.mutes('telegram:1')).to.deep.equal([
      { ...all, untilS: 200 },
      { ...all, scope: 'market:m', untilS: null },
    ])
    expect([store.dropMute('telegram:1', 'all'), store.dropMute('telegram:1', 'all')]).to.deep.equal([true, false])
    expect(store.mutes('telegram:1')).to.have.length(1)
  })

  describe('latches', () => {
    const body = JSON.stringify({ kind: 'once', on: true, at: 7 })
    const latch = (subject: string, rule = 'positions') => ({ rule, subject, body })

    it('come back as they were, by rule and subject, after a restart too', () => {
      for (const one of [latch('m/0xb'), latch('m/0xa'), latch('m', 'wave')]) store.saveLatch(one)
      store.saveLatch({ ...latch('m/0xa'), body: '{}' })
      store = reopen(store)
      expect(store.latches()).to.deep.equal([{ ...latch('m/0xa'), body: '{}' }, latch('m/0xb'), latch('m', 'wave')])
    })

    it('are forgotten one by one', () => {
      for (const one of [latch('m/0xa'), latch('m/0xb')]) store.saveLatch(one)
      store.saveLatch({ ...latch('m/0xa'), body: undefined })
      store.saveLatch({ ...latch('m/0xc'), body: undefined })
      expect(store.latches()).to.deep.equal([latch('m/0xb')])
    })
  })

  describe('hours', () => {
    const row = (hour: number, root = '', market = 'm', body = `{"at":${hour}}`): HourRow => ({
      market,
      root,
      hour,
      body,
    })
    const hoursOf = (root = '', market = 'm', from?: number): number[] =>
      store.hours(market, root, from).map(({ hour }) => hour)

    it('come back as they were, in order, by market and root, from an hour on, after a restart too', () => {
      store.saveHours([row(9), row(7), row(8, '0xfeed'), row(3, '', 'n')], [{ market: 'm', body: '[1]' }])
      store = reopen(store)
      expect(store.hours('m', '')).to.deep.equal([row(7), row(9)])
      expect([hoursOf('0xfeed'), hoursOf('', 'n'), hoursOf('', 'm', 8), hoursOf('0xother')]).to.deep.equal([
        [8],
        [3],
        [9],
        [],
      ])
      expect([store.openBin('m'), store.openBin('n')]).to.deep.equal(['[1]', undefined])
    })

    it('are replaced by the same bin written again; so is the open bin', () => {
      store.saveHours([row(7)], [{ market: 'm', body: '[1]' }])
      store.saveHours([row(7, '', 'm', '{"again":true}')], [{ market: 'm', body: '[2]' }])
      expect(store.hours('m', '')).to.deep.equal([row(7, '', 'm', '{"again":true}')])
      expect(store.openBin('m')).to.equal('[2]')
    })

    it('are written together with the open bin, or not at all', () => {
      const wrong = { ...row(8), hour: 1.5 }
      expect(() => store.saveHours([row(7), wrong], [{ market: 'm', body: '[1]' }])).to.throw()
      expect([hoursOf(), store.openBin('m')]).to.deep.equal([[], undefined])
    })

    it('before an hour are dropped, of one market', () => {
      store.saveHours([row(1), row(2, '0xfeed'), row(3), row(1, '', 'n')], [])
      store.dropHoursBefore('m', 3)
      expect([hoursOf(), hoursOf('0xfeed'), hoursOf('', 'n')]).to.deep.equal([[3], [], [1]])
    })
  })

  describe('intents', () => {
    it('keep every field', () => {
      store.saveIntent(intent())
      store = reopen(store)
      expect(store.intents(CHAIN, 'signed')).to.deep.equal([intent()])
    })

    it('change their status, and only theirs', () => {
      store.saveIntent(intent({ hash: word(1) }))
      store.saveIntent(intent({ hash: word(2) }))
      const settled = intent({ hash: word(1), status: 'confirmed', settledBlock: 2n ** 60n + 2n })
      store.saveIntent(settled)
      expect(store.intents(CHAIN, 'confirmed')).to.deep.equal([settled])
      expect(store.intents(CHAIN, 'signed').map((i) => i.hash)).to.deep.equal([word(2)])
    })

    it('come by nonce, replacements in the order of signing, of one chain', () => {
      store.saveIntent(intent({ nonce: 8, hash: word(1) }))
      store.saveIntent(intent({ nonce: 7, hash: word(3) }))
      store.saveIntent(intent({ nonce: 7, hash: word(2) }))
      store.saveIntent(intent({ chainId: 1, hash: word(1) }))
      expect(store.intents(CHAIN, 'signed').map((i) => i.hash)).to.deep.equal([word(3), word(2), word(1)])
      expect(store.intents(1, 'signed')).to.have.length(1)
    })
  })

  describe('atomically', () => {
    it('does several calls as one, and hands back the answer', () => {
      const seq = store.atomically(() => {
        store.savePage(CHAIN, page(5n))
        store.setValue('a', 'b')
        return store.appendJournal(entry()).seq
      })
      store = reopen(store)
      expect([seq, store.lastSeq(), store.value('a'), numbers(store)]).to.deep.equal([1, 1, 'b', [5n]])
    })

    it('does none of them when one throws, nested ones included', () => {
      const failure = new Error('no')
      const work = (): void => {
        store.savePage(CHAIN, page(5n))
        store.atomically(() => store.setValue('a', 'b'))
        expect(numbers(store)).to.deep.equal([5n])
        throw failure
      }
      expect(() => store.atomically(work)).to.throw(failure)
      expect([store.value('a'), numbers(store)]).to.deep.equal([undefined, []])
      store.savePage(CHAIN, page(6n))
      expect(numbers(store)).to.deep.equal([6n])
    })

    it('undoes only the inner part when the outer one goes on', () => {
      store.atomically(() => {
        store.setValue('outer', '1')
        expect(() =>
          store.atomically(() => {
            store.setValue('inner', '1')
            throw new RangeError('no')
          }),
        ).to.throw(RangeError)
      })
      expect([store.value('outer'), store.value('inner')]).to.deep.equal(['1', undefined])
    })

    it('refuses work that would end later', () => {
      expect(() => store.atomically(() => Promise.resolve(1))).to.throw(TypeError)
    })
  })

  it('keeps named values', () => {
    expect(store.value('paused')).to.equal(undefined)
    store.setValue('paused', 'yes')
    store.setValue('paused', '')
    store = reopen(store)
    expect(store.value('paused')).to.equal('')
  })

  it('says that it can write', () => {
    expect(() => store.check()).not.to.throw()
  })
}

/** Small, of every length, and at the edges of bytes and limbs. */
const uint256 = (): fc.Arbitrary<bigint> =>
  fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
    fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: -1, max: 1 })).map(([bits, by]) => {
      const near = (1n << BigInt(bits)) + BigInt(by)
      return near < 0n ? 0n : near
    }),
  )

describe('store', () => {
  describe('in memory', () => {
    conformance(
      () => openStore(':memory:'),
      (store) => store,
    )
  })

  describe('in a file', () => {
    let place: ReturnType<typeof scratch>
    beforeEach(() => {
      place = scratch()
    })
    afterEach(() => place.remove())
    conformance(
      () => openStore(place.file),
      (store) => {
        store.close()
        return openStore(place.file)
      },
    )
  })
})
