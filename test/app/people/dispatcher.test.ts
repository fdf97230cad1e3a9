import { expect } from 'chai'
import { openStore } from '../../../src/adapters/store/sqlite.ts'
import { Dispatcher } from '../../../src/app/people/dispatcher.ts'
import type { Channel } from '../../../src/core/people/channel.ts'
import type { Store } from '../../../src/core/ports.ts'
import { numbers } from './support.ts'

const NOW = 1_800_000_000
const channel = (name: string, over: Partial<Channel> = {}): Channel => ({
  name,
  role: 'operator',
  language: 'en',
  events: {},
  topics: {},
  quiet: undefined,
  timezone: 'UTC',
  ...over,
})
const A = channel('telegram:1')
const B = channel('webhook:b', { role: 'viewer' })

describe('app/people/dispatcher', () => {
  let store: Store
  let nowS = NOW
  beforeEach(() => {
    store = openStore(':memory:')
    nowS = NOW
  })
  afterEach(() => store.close())
  const add = (count: number, reason = 'stale-head'): void =>
    store.atomically(() => {
      for (let i = 0; i < count; i++)
        store.appendJournal({ chainId: 1, market: '', block: '1', kind: 'breaker', data: { reason } })
    })
  const dispatcher = (channels: readonly Channel[], rang: string[] = []): Dispatcher =>
    new Dispatcher({
      store,
      channels,
      mutes: () => [],
      nowS: () => nowS,
      onRows: (names) => void rang.push(...names),
    })
  const seqs = (name: string): number[] =>
    store.outbox.waiting(name, { nowS: 1e12, limit: 1e6 }).map(({ entry }) => entry.seq)

  it('puts in what each channel is to be told, and rings it', () => {
    const rang: string[] = []
    const one = dispatcher([A, B, channel('telegram:9', { role: 'owner' })], rang)
    add(2)
    one.run()
    expect([seqs('telegram:1'), seqs('webhook:b'), seqs('telegram:9')]).to.deep.equal([[1, 2], [1, 2], []])
    expect(rang).to.deep.equal(['telegram:1', 'webhook:b'])
    one.run()
    expect(rang).to.have.length(2)
  })

  it('goes on where it was, a bounded number at a time however much there is', () => {
    dispatcher([A]).run()
    add(2_500)
    const one = dispatcher([A])
    while (one.run());
    expect(seqs('telegram:1')).to.deep.equal(numbers(1, 2_500))
    add(1)
    dispatcher([A]).run()
    expect(seqs('telegram:1')).to.have.length(2_501)
  })

  it('killed between rows and place it does neither, and nothing comes twice', () => {
    const one = dispatcher([A])
    one.run()
    add(3)
    const { setValue } = store
    store.setValue = () => {
      throw new Error('killed')
    }
    expect(() => one.run()).to.throw('killed')
    store.setValue = setValue
    expect(seqs('telegram:1')).to.deep.equal([])
    one.run()
    // Of a life before the place was kept: rows are there already.
    store.setValue('outbox.cursor', '1')
    dispatcher([A]).run()
    expect(seqs('telegram:1')).to.deep.equal([1, 2, 3])
  })

  it('a channel that comes later hears only what comes after it', () => {
    dispatcher([A]).run()
    add(3)
    dispatcher([A, B]).run()
    add(1)
    dispatcher([A, B]).run()
    expect([seqs('telegram:1'), seqs('webhook:b')]).to.deep.equal([[1, 2, 3, 4], [4]])
  })

  it('entries that nobody is told of are no reason to write, but for one in a thousand', () => {
    const one = dispatcher([channel('telegram:1', { events: { trouble: 'off' } })])
    one.run()
    const written: string[] = []
    const { setValue } = store
    store.setValue = (name, value) => {
      written.push(value)
      setValue.call(store, name, value)
    }
    for (let i = 0; i < 15; i++) {
      add(100)
      one.run()
    }
    expect(written).to.deep.equal(['1000'])
  })

  it('prunes now and then', () => {
    const one = dispatcher([A])
    add(1)
    one.run()
    store.outbox.drop([1])
    nowS += 30 * 86_400 + 1
    one.run()
    expect(store.outbox.row(1)).to.equal(undefined)
  })
})
