import { expect } from 'chai'
import { openStore } from '../../src/adapters/store/sqlite.ts'
import { AlertDesk } from '../../src/app/alerts.ts'
import { Journal } from '../../src/app/journal.ts'
import { type AlertRules, latchKey } from '../../src/core/alert.ts'
import { Book } from '../../src/core/book.ts'
import { WAD } from '../../src/core/math.ts'
import type { JournalEntry, Store } from '../../src/core/ports.ts'
import type { Header } from '../../src/core/types.ts'
import { address, type Change, fakeProtocol, page } from '../core/fake-protocol.ts'
import { type AccountSpec, bookOf, address as person, reserve } from '../protocols/aave-v3/world.ts'

const CHAIN = 5
const RULES: AlertRules = {
  thresholds: [WAD, (WAD * 11n) / 10n],
  hysteresis: WAD / 100n,
  cooldownS: 0,
  minDebtBase: 10n,
}
const price: Change = { account: 0, collateral: 1n, debt: 0n }
/** Account 1 owes 100: its health in per cent is its collateral. */
const health = (collateral: bigint): Change => ({ account: 1, collateral, debt: 100n })

/** A store, and who listens to its journal; `open` starts a desk as a new process would. */
function world(store: Store = openStore(':memory:')) {
  const heard: string[] = []
  const book = new Book('m', fakeProtocol)
  let block = 0
  const open = (rules = RULES) => {
    const journal = new Journal(store, (error) => {
      throw error
    })
    journal.subscribe(({ block, data }) => heard.push(`${block} ${data.type} ${data.threshold}`))
    const desk = new AlertDesk(rules, store, journal)
    /** The next block with these changes, evaluated. */
    return (...changes: Change[]): void => {
      const facts = page(++block, block === 1 ? [price, ...changes] : changes)
      book.apply(facts)
      book.screen(facts.block.timestamp)
      desk.evaluate(book, CHAIN, facts.block)
    }
  }
  const written = (): readonly JournalEntry[] => store.journal({ after: 0, limit: 100 })
  return { heard, open, written, store, book }
}

describe('AlertDesk', () => {
  it('tells each threshold once, deeper ones as they come, and the recovery', () => {
    const { open, heard } = world()
    const next = open()
    for (const percent of [120n, 109n, 108n, 99n, 98n, 120n, 120n]) next(health(percent))
    expect(heard).to.deep.equal(['2 threshold 1.1', '4 threshold 1.0', '6 recovered 1.1'])
  })

  it('writes what people need to know of the account', () => {
    const { open, written } = world()
    open()(health(99n))
    expect(written()).to.have.length(1)
    expect(written()[0]).to.include({ chainId: CHAIN, market: 'm', block: '1', kind: 'alert' })
    expect(written()[0]?.data).to.deep.equal({
      type: 'threshold',
      address: address(1),
      threshold: '1.0',
      healthFactor: ((WAD * 99n) / 100n).toString(),
      debtBase: '100',
      collateralBase: '99',
      distancePct: null,
      liquidationPrice: null,
    })
  })

  it('follows whoever was warned until the debt is gone', () => {
    const { open, heard } = world()
    const next = open()
    next(health(99n))
    next({ account: 1, collateral: 99n, debt: 0n })
    expect(heard).to.deep.equal(['1 threshold 1.0', '2 recovered 1.1'])
  })

  it('a new process over the same store repeats nothing, and still knows of whom it warned', () => {
    const { open, heard } = world()
    open()(health(99n))
    const next = open()
    next(health(98n))
    next(health(120n))
    expect(heard).to.deep.equal(['1 threshold 1.0', '3 recovered 1.1'])
  })

  it('latches of another market are left as they are', () => {
    const { open, store } = world()
    const other = latchKey({ market: 'other', address: address(1) })
    store.setValue('alerts.latches', JSON.stringify({ [other]: { level: WAD.toString(), spoken: {} } }))
    open()(health(99n))
    expect(Object.keys(JSON.parse(store.value('alerts.latches') ?? ''))).to.have.members([
      other,
      latchKey({ market: 'm', address: address(1) }),
    ])
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
    const next = open()
    expect(() => next(health(99n))).to.throw(full)
    expect([heard, real.value('alerts.latches'), real.lastSeq()]).to.deep.equal([[], undefined, 0])
    broken = false
    next()
    next()
    expect(heard).to.deep.equal(['2 threshold 1.0'])
    expect(real.value('alerts.latches')).to.be.a('string')
  })

  it('is heard when its latch is already written', () => {
    const { store } = world()
    const journal = new Journal(store, (error) => {
      throw error
    })
    const latches: unknown[] = []
    journal.subscribe(() => latches.push(JSON.parse(store.value('alerts.latches') ?? 'null')))
    const book = new Book('m', fakeProtocol)
    const facts = page(1, [price, health(99n)])
    book.apply(facts)
    book.screen(1n)
    new AlertDesk(RULES, store, journal).evaluate(book, CHAIN, facts.block)
    expect(latches).to.deep.equal([
      { [latchKey({ market: 'm', address: address(1) })]: { level: WAD.toString(), spoken: { [WAD.toString()]: 1 } } },
    ])
  })

  it('sees dust too, when it is asked to: a debt of one wei counts as a whole base unit', () => {
    const dust: AccountSpec = { collaterals: [], debts: [[0, 1n]] }
    const held: AccountSpec = { collaterals: [[0, 10n ** 9n]], debts: [[0, 1n]] }
    const book = bookOf({ reserves: [reserve()], accounts: [dust, held] })
    const { store } = world()
    const journal = new Journal(store, (error) => {
      throw error
    })
    const head = book.head as Header
    book.screen(head.timestamp)
    new AlertDesk({ ...RULES, minDebtBase: 0n }, store, journal).evaluate(book, CHAIN, head)
    const told = store.journal({ after: 0, limit: 9 }).map(({ data }) => data.address)
    expect(told).to.deep.equal([person(1), person(2)])
  })
})
