import { expect } from 'chai'
import { openStore } from '../../../src/adapters/store/sqlite.ts'
import { ChainState } from '../../../src/app/chain-state.ts'
import { Journal } from '../../../src/app/journal.ts'
import { Desk, type DeskRules } from '../../../src/app/people/desk.ts'
import { Book } from '../../../src/core/book.ts'
import type { JournalEntry } from '../../../src/core/journal.ts'
import { WAD } from '../../../src/core/math.ts'
import type { LadderRule } from '../../../src/core/people/alert-rule.ts'
import type { Watch } from '../../../src/core/people/watch.ts'
import type { Store } from '../../../src/core/ports.ts'
import type { Header } from '../../../src/core/types.ts'
import { address, type Change, fakeProtocol, header, page } from '../../core/fake-protocol.ts'
import { ladderOf, watchOf } from '../../core/people/rules.ts'
import { type AccountSpec, bookOf, address as person, reserve } from '../../protocols/aave-v3/world.ts'

const CHAIN = 5
const price: Change = { account: 0, collateral: 1n, debt: 0n }
/** Account 1 owes 100: its health in per cent is its collateral. */
const health = (collateral: bigint): Change => ({ account: 1, collateral, debt: 100n })

const rulesOf = (over: Partial<LadderRule> = {}): DeskRules => {
  const ladder = ladderOf({ minDebtUsd8: 10n, ...over })
  return { rules: [ladder], ladder, labels: new Map() }
}

/** Subscriptions that a test changes. */
function board(watches: Watch[] = []) {
  const listeners: (() => void)[] = []
  return {
    watches: () => [...watches],
    onWatches: (listener: () => void) => {
      listeners.push(listener)
      return () => {}
    },
    add: (watch: Watch) => {
      watches.push(watch)
      for (const listener of listeners) listener()
    },
    drop: () => {
      watches.length = 0
      for (const listener of listeners) listener()
    },
  }
}

/** A store, and who listens to its journal; `open` starts a desk as a new process would. */
function world(store: Store = openStore(':memory:')) {
  const heard: string[] = []
  const book = new Book('m', fakeProtocol)
  const state = new ChainState('test', CHAIN, 2)
  state.books = [book]
  let block = 0
  const watches = board()
  const open = (alerts: DeskRules = rulesOf()) => {
    const journal = new Journal(store, (error) => {
      throw error
    })
    journal.subscribe(({ block, data }) => heard.push(`${block} ${data['type']} ${data['threshold']}`))
    const desk = new Desk({ alerts, store, journal, watches })
    /** The next block with these changes, evaluated. */
    const next = (...changes: Change[]): void => {
      const facts = page(++block, block === 1 ? [price, ...changes] : changes)
      desk.page(book, state, book.apply(facts), facts)
      book.screen(facts.block.timestamp)
      desk.evaluate(book, state, facts.block)
    }
    return { next, desk }
  }
  const written = (): readonly JournalEntry[] => store.journal({ after: 0, limit: 100 })
  return { heard, open, written, store, book, state, watches }
}

describe('app/people/desk', () => {
  it('tells each threshold once, deeper ones as they come, and the recovery', () => {
    const { open, heard } = world()
    const { next } = open()
    for (const percent of [120n, 109n, 108n, 99n, 98n]) next(health(percent))
    next({ account: 0, collateral: 2n, debt: 0n })
    next()
    expect(heard).to.deep.equal(['2 threshold 1.1', '4 liquidatable 1.0', '6 recovered 1.1'])
  })

  it('writes what people need to know of the account', () => {
    const { open, written } = world()
    open({ ...rulesOf(), labels: new Map([[address(1), 'treasury']]) }).next(health(99n))
    expect(written()).to.have.length(1)
    expect(written()[0]).to.include({ chainId: CHAIN, market: 'm', block: '1', kind: 'alert' })
    expect(written()[0]?.data).to.deep.equal({
      rule: 'positions',
      type: 'liquidatable',
      address: address(1),
      to: null,
      watch: null,
      name: 'treasury',
      metric: 'health',
      threshold: '1.0',
      before: null,
      healthFactor: ((WAD * 99n) / 100n).toString(),
      debtBase: '100',
      collateralBase: '99',
      distancePct: null,
      liquidationPrice: null,
      timeToLiquidationS: 0,
    })
  })

  it('follows whoever was warned until the debt is gone, and says whose act it was', () => {
    const { open, heard } = world()
    const { next } = open()
    next(health(99n))
    next({ account: 1, collateral: 99n, debt: 0n })
    expect(heard).to.deep.equal(['1 liquidatable 1.0', '2 rescued 1.1'])
  })

  it('a new process over the same store repeats nothing, and still knows of whom it warned', () => {
    const { open, heard } = world()
    open().next(health(99n))
    const { next } = open()
    next(health(98n))
    next({ account: 0, collateral: 2n, debt: 0n })
    expect(heard).to.deep.equal(['1 liquidatable 1.0', '3 recovered 1.1'])
  })

  it('latches of another market are left as they are', () => {
    const { open, store } = world()
    const other = { rule: 'positions', subject: `other/${address(1)}`, body: '{}' }
    store.saveLatch(other)
    open().next(health(99n))
    expect(store.latches().map(({ subject }) => subject)).to.have.members([other.subject, `m/${address(1)}`])
  })

  it('what could not be written was not told: latches stay, and the next evaluation tells', () => {
    const real = openStore(':memory:')
    const full = new Error('disk full')
    let broken = true
    const store = new Proxy(real, {
      get: (target, name: keyof Store) => {
        if (name === 'appendJournal' && broken)
          return () => {
            throw full
          }
        const member = target[name]
        return typeof member === 'function' ? member.bind(target) : member
      },
    })
    const { open, heard } = world(store)
    const { next } = open()
    expect(() => next(health(99n))).to.throw(full)
    expect([heard, real.latches(), real.lastSeq()]).to.deep.equal([[], [], 0])
    broken = false
    next()
    next()
    expect(heard).to.deep.equal(['2 liquidatable 1.0'])
    expect(real.latches()).to.have.length(1)
  })

  it('is heard when its latch is already written', () => {
    const { store, book, state } = world()
    const journal = new Journal(store, (error) => {
      throw error
    })
    const bodies: unknown[] = []
    journal.subscribe(() => bodies.push(...store.latches().map(({ body }) => JSON.parse(body))))
    const facts = page(1, [price, health(99n)])
    const desk = new Desk({ alerts: rulesOf({ cooldownS: 60 }), store, journal })
    desk.page(book, state, book.apply(facts), facts)
    book.screen(1n)
    desk.evaluate(book, state, facts.block)
    const level = WAD.toString()
    expect(bodies).to.deep.equal([
      { kind: 'ladder', health: { level, spoken: { [level]: 1 } }, distance: null, toppedUp: null },
    ])
  })

  it('sees dust too, when it is asked to: a debt of one wei counts as a whole base unit', () => {
    const dust: AccountSpec = { collaterals: [], debts: [[0, 1n]] }
    const held: AccountSpec = { collaterals: [[0, 10n ** 9n]], debts: [[0, 1n]] }
    const book = bookOf({ reserves: [reserve()], accounts: [dust, held] })
    const { store, state } = world()
    const journal = new Journal(store, (error) => {
      throw error
    })
    const head = book.head as Header
    book.screen(head.timestamp)
    new Desk({ alerts: rulesOf({ minDebtUsd8: 0n }), store, journal }).evaluate(book, state, head)
    const told = store.journal({ after: 0, limit: 9 }).map(({ data }) => data['address'])
    expect(told).to.deep.equal([person(1), person(2)])
  })

  describe('subscriptions', () => {
    const watched = watchOf({ id: 4, address: address(1), name: 'mine', thresholdsWad: [(WAD * 3n) / 2n] })

    it('come at run time, speak to their chat alone by their own lines, and go', () => {
      const { open, written, watches, store } = world()
      const { next } = open()
      next(health(140n))
      watches.add(watched)
      next()
      expect(written().map(({ block, data }) => [block, data['rule'], data['to'], data['watch'], data['name']])).to.eql(
        [['2', 'watch', 'telegram:7', 4, 'mine']],
      )
      watches.drop()
      next()
      expect(store.latches()).to.deep.equal([])
      next(health(120n))
      expect(written()).to.have.length(1)
    })

    it('speak of whoever borrows only later', () => {
      const { open, heard, watches } = world()
      watches.add(watched)
      const { next } = open()
      next({ account: 2, collateral: 9n, debt: 1n })
      next(health(140n))
      expect(heard).to.deep.equal(['2 threshold 1.5'])
    })

    it('are told once that a market is not trusted, since when, and once that it is again; over a restart too', () => {
      const { open, written, watches, state } = world()
      watches.add(watched)
      const { next } = open()
      next(health(200n))
      state.quarantined.set('m', 'pool revision 99 is not known')
      next()
      next()
      const { next: later } = open()
      later()
      state.quarantined.clear()
      later()
      later()
      const told = written().map(({ block, data }) => [block, data['type'], data['to'], data['reason'], data['since']])
      expect(told).to.deep.equal([
        ['2', 'unchecked', 'telegram:7', 'distrusted', 2],
        ['5', 'checked', 'telegram:7', 'distrusted', 2],
      ])
    })

    it('are told of a chain that is silent without waiting for its next block', () => {
      const { open, written, watches, state } = world()
      watches.add(watched)
      const { next, desk } = open()
      next(health(200n))
      state.turnedAtMs = 1_000
      desk.lookAround([state], 5_000)
      expect(written()).to.have.length(0)
      for (const nowMs of [20_000, 20_500, 90_000]) desk.lookAround([state], nowMs)
      state.turnedAtMs = 100_000
      desk.lookAround([state], 100_100)
      const told = written().map(({ data }) => [data['type'], data['reason'], data['since'], data['healthFactor']])
      expect(told).to.deep.equal([
        ['unchecked', 'stale-chain', 1, (WAD * 2n).toString()],
        ['checked', 'stale-chain', 1, (WAD * 2n).toString()],
      ])
    })
  })

  it('takes other rules at run time, and keeps what it told', () => {
    const { open, heard } = world()
    const { next, desk } = open()
    next(health(105n))
    desk.setRules(rulesOf({ thresholdsWad: [(WAD * 12n) / 10n, (WAD * 11n) / 10n, (WAD * 104n) / 100n] }))
    next()
    next(health(103n))
    expect(heard).to.deep.equal(['1 threshold 1.1', '3 threshold 1.04'])
  })

  it('after a rollback tells nothing twice', () => {
    const { open, heard, book, state } = world()
    const { next, desk } = open()
    next(health(120n))
    next(health(99n))
    const to = header(1)
    desk.rollback(book, state, to, book.rollback(to))
    next(health(99n))
    expect(heard).to.deep.equal(['2 liquidatable 1.0'])
  })
})
