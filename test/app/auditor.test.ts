import { expect } from 'chai'
import { type Address, type Hex, toHex } from 'viem'
import { openStore } from '../../src/adapters/store/sqlite.ts'
import { Auditor } from '../../src/app/auditor.ts'
import { ChainState } from '../../src/app/chain-state.ts'
import { Journal } from '../../src/app/journal.ts'
import { Book } from '../../src/core/book.ts'
import { RpcFault, StoreError } from '../../src/core/errors.ts'
import type { Batch } from '../../src/core/ports.ts'
import type { Mismatch, Protocol } from '../../src/core/protocol.ts'
import { address, type Change, fakeProtocol, header, page } from '../core/fake-protocol.ts'

const CHAIN = 5
const ASSET = address(0xabc)
const TOTAL: Hex = '0x50'
const refused = new RpcFault('eth_call', -32000, 'no', undefined)

/** Debts are compared: one account's by its address, and the sum. */
const audited: Protocol = {
  ...fakeProtocol,
  market: () => ({ pool: address(0), revision: 1n, rules: 'fake', reserves: [] }),
  audit: {
    fresh: () => [],
    account: (ledger, account) => ({ to: address(0), data: ledger.address(account) }),
    compare: (view, who, result): Mismatch[] => {
      const [ours, chain] = [String(view?.totalDebtBase), result === undefined ? 'unknown' : `${BigInt(result)}`]
      return ours === chain ? [] : [{ address: who, field: 'debt', ours, chain }]
    },
    totals: () => [{ to: address(0), data: TOTAL }],
    sums: (ledger, [result]) => {
      let sumScaledDebt = 0n
      for (let n = 0; n < ledger.size; n++) sumScaledDebt += audited.account(ledger, n, 0n)?.totalDebtBase ?? 0n
      return [{ asset: ASSET, sumScaledDebt, scaledTotalSupply: BigInt(result ?? 0) }]
    },
  },
}

/** The chain: who owes what. The mirror is told, or not. */
function openWorld(names: readonly string[] = ['m'], people = 3) {
  const truth = new Map<Address, bigint>()
  const store = openStore(':memory:')
  const journal = new Journal(store, (error) => {
    throw error
  })
  const state = new ChainState('test', CHAIN, 2)
  const asked: Hex[][] = []
  const steps: string[] = []
  const problems: string[] = []
  let searched = Promise.withResolvers<void>()
  const node = {
    lie: (_data: Hex): bigint | undefined => undefined,
    refuses: (_calls: readonly Hex[]): boolean => false,
  }
  const batch: Batch = {
    read: async (calls) => {
      const data = calls.map((call) => call.data)
      if (node.refuses(data)) throw refused
      asked.push(data)
      const sum = [...truth.values()].reduce((a, b) => a + b, 0n)
      return calls.map((call) => {
        const answer = node.lie(call.data) ?? (call.data === TOTAL ? sum : truth.get(call.data))
        return { ...call, result: answer === undefined ? undefined : toHex(answer) }
      })
    },
  }
  let books: Book[] = []
  let auditor: Auditor
  let block = 0
  /** The loop begins: from what the chain says, or from what the mirror said. */
  const begin = (from: 'chain' | 'mirror' = 'mirror', protocol = audited): void => {
    const told: Change[] = [...truth].map(([who, debt]) => ({ account: Number(who), collateral: 2n * debt, debt }))
    const before = books
    books = names.map((name, i) => {
      const book = new Book(name, protocol)
      const kept = before[i]
      if (from === 'mirror' && kept) book.restore(kept.checkpoint(kept.head as never))
      else book.apply(page(block, [{ account: 0, collateral: 1n, debt: 0n }, ...told]))
      return book
    })
    state.books = books
    auditor = new Auditor({
      state,
      store,
      journal,
      books,
      batch,
      keyOf: (name) => `${name}@x`,
      proveAccounts: 2,
      search: {
        rewind: async (name) => void steps.push(`${block} rewind ${name}`),
        run: (name) => {
          steps.push(`${block} search ${name}`)
          searched = Promise.withResolvers()
          return searched.promise
        },
      },
      startAnew: () => void steps.push(`${block} anew`),
      onProblem: (problem) => void problems.push(problem),
    })
  }
  /** A page; what it says may be less than what is true. */
  const turn = async (number: number, { live = true, seen = [] as Change[] } = {}): Promise<void> => {
    block = number
    for (const book of books) book.apply(page(block, seen))
    await auditor.afterPage(live)
    if (live && !steps.includes(`${block} anew`)) await auditor.afterActing()
  }
  const borrow = (account: number, debt: bigint): Change => {
    truth.set(address(account), debt)
    return { account, collateral: 2n * debt, debt }
  }
  const over = async (failed?: Error): Promise<void> => {
    if (failed) searched.reject(failed)
    else searched.resolve()
    await searched.promise.catch(() => undefined)
  }
  /** `block kind reason` of the journal. */
  const told = (): string[] =>
    store
      .journal({ after: 0, limit: 1000 })
      .map(
        ({ block: at, kind, data }) =>
          `${at} ${kind}${kind === 'audit' ? ` ${data['mismatched']}` : ` ${data['reason']}`}`,
      )
  const breakers = (): string[] => told().filter((line) => !line.includes('audit'))
  for (let n = 1; n <= people; n++) borrow(n, BigInt(100 * n))
  begin('chain')
  return { truth, store, journal, state, asked, steps, problems, node, begin, turn, borrow, over, told, breakers }
}

describe('auditor', () => {
  describe('proof', () => {
    it('is made on the first live page, with so many accounts and all totals; none on pages of the past', async () => {
      const world = openWorld()
      await world.turn(1, { live: false })
      expect([world.asked, [...world.state.proven]]).to.deep.equal([[], []])
      await world.turn(2)
      expect(world.asked).to.deep.equal([[], [address(1), address(2)], [TOTAL]])
      expect(world.state.audits.get('m')).to.deep.equal({ block: 2n, checked: 2, mismatched: 0 })
      expect([[...world.state.proven], world.told()]).to.deep.equal([['m'], ['2 audit 0']])
    })

    it('is tried again on the next page when the node refuses, and holds up no other market', async () => {
      const world = openWorld(['m', 'n'])
      let refusals = 1
      world.node.refuses = () => refusals-- > 0
      await world.turn(1)
      expect([[...world.state.proven], world.problems]).to.deep.equal([
        ['n', 'm'],
        ['audit of m: eth_call: no (code -32000)'],
      ])
    })

    it('is made again once a page changed everybody', async () => {
      const world = openWorld()
      await world.turn(1)
      world.state.proven.clear()
      await world.turn(2)
      expect([[...world.state.proven], world.told()]).to.deep.equal([['m'], ['1 audit 0', '2 audit 0']])
    })

    it('is not made of rules that nobody knows: there is no mirror to compare', async () => {
      const world = openWorld()
      world.begin('chain', { ...audited, market: () => ({ ...fakeProtocol.market(new Book('', audited).ledger) }) })
      await world.turn(1)
      expect([world.asked, [...world.state.proven]]).to.deep.equal([[], []])
    })

    it('of a market that owes nobody anything is its totals', async () => {
      const world = openWorld(['m'], 0)
      await world.turn(1)
      expect([[...world.state.proven], world.asked]).to.deep.equal([['m'], [[], [], [TOTAL]]])
    })
  })

  describe('rolling audit', () => {
    it('comes every fifty blocks, on live pages, and gets round to everybody', async () => {
      const world = openWorld(['m'], 120)
      for (let block = 1; block <= 500; block++) await world.turn(block, { live: block % 3 !== 0 })
      expect(world.told()).to.deep.equal([1, 52, 103, 154, 205, 256, 307, 358, 409, 460].map((at) => `${at} audit 0`))
      const accounts = new Set(world.asked.flat().filter((data) => data !== TOTAL))
      expect(accounts.size).to.equal(121 - 1)
      expect(Math.max(...world.asked.map((calls) => calls.length))).to.equal(50)
    })

    it('goes on with its round after a restart', async () => {
      const world = openWorld(['m'], 120)
      for (let block = 1; block <= 4; block++) {
        world.begin()
        await world.turn(block)
      }
      const accounts = world.asked.flat().filter((data) => data !== TOTAL)
      expect(new Set(accounts).size).to.equal(8)
    })

    it('asks a second time for what differs: an answer that was wrong once is no difference', async () => {
      const world = openWorld()
      let lies = 1
      world.node.lie = (data) => (data === address(2) && lies-- > 0 ? 7n : undefined)
      await world.turn(1)
      await world.turn(51)
      expect([world.breakers(), [...world.state.proven]]).to.deep.equal([[], ['m']])
      expect(world.problems).to.deep.equal(['audit of m: a node answered twice, and differently'])
    })
  })

  describe('a missed log', () => {
    /** Account 2 borrows, and the mirror never hears of it: found at block 51. */
    async function missed() {
      const world = openWorld()
      await world.turn(1)
      world.borrow(2, 999n)
      await world.turn(30)
      await world.turn(51)
      return world
    }

    it('quarantines, tells once, and lets the search for borrowers begin beside the loop', async () => {
      const world = await missed()
      expect(world.breakers()).to.deep.equal(['51 breaker market-quarantined'])
      const [entry] = world.store.journal({ after: 0, kind: 'breaker', limit: 9 })
      expect(entry?.data['detail']).to.equal(
        `mirror and chain differ in 1 of 3 accounts, such as ${address(2)}: debt 200, on the chain 999; 1 of 1 debt totals, such as 0x0000000000000000000000000000000000000aBc: 600, on the chain 1399. Nothing is sent for this market. It is being read anew`,
      )
      expect(world.steps).to.deep.equal(['51 rewind m', '51 search m'])
      expect([[...world.state.proven], world.state.distrust('m')?.slice(0, 47)]).to.deep.equal([
        [],
        'the mirror differed from the chain at block 51:',
      ])
      await world.turn(52)
      await world.turn(101)
      expect(world.steps).to.deep.equal(['51 rewind m', '51 search m'])
      expect(world.breakers()).to.deep.equal(['51 breaker market-quarantined'])
    })

    it('reads anew once the search is over, and releases after an exact audit, told once', async () => {
      const world = await missed()
      world.store.saveCheckpoints(CHAIN, header(40), new Map([['m@x', { block: header(40), accounts: [], cells: [] }]]))
      world.store.savePage(CHAIN, page(51, []))
      await world.over()
      await world.turn(60)
      expect(world.steps.slice(2)).to.deep.equal(['60 anew'])
      expect([world.store.checkpoint(CHAIN, 'm@x'), world.store.pages(CHAIN)]).to.deep.equal([undefined, []])
      expect([world.state.resyncs.get('m'), world.state.distrust('m') === undefined]).to.deep.equal([1, false])
      world.begin('chain')
      await world.turn(61)
      await world.turn(112)
      expect(world.breakers()).to.deep.equal(['51 breaker market-quarantined', '61 breaker market-trusted'])
      expect([world.state.distrust('m'), [...world.state.proven]]).to.deep.equal([undefined, ['m']])
    })

    it('an audit that finds nothing meanwhile releases nothing: more may have been missed', async () => {
      const world = await missed()
      await world.turn(101, { seen: [world.borrow(2, 999n)] })
      expect(world.told().at(-1)).to.equal('101 audit 0')
      expect([world.breakers().length, world.state.distrust('m') === undefined]).to.deep.equal([1, false])
      await world.over()
      await world.turn(102)
      expect(world.steps.at(-1)).to.equal('102 anew')
    })

    it('that reading anew does not heal keeps the quarantine, and is tried again at growing intervals', async () => {
      const world = await missed()
      for (let block = 52; block <= 1500; block++) {
        await world.over()
        await world.turn(block)
        // The node leaves out the same log again.
        if (world.steps.at(-1) === `${block} anew`) world.begin('mirror')
      }
      const anew = world.steps.filter((step) => step.endsWith('anew')).map((step) => Number(step.split(' ')[0]))
      expect(anew.slice(1).map((at, i) => at - (anew[i] ?? 0))).to.deep.equal([52, 102, 202, 402])
      expect(world.breakers()).to.deep.equal([
        '51 breaker market-quarantined',
        ...anew.map((at) => `${at + 1} breaker market-still-differs`),
      ])
      expect([...world.state.proven]).to.deep.equal([])
      expect(world.state.resyncs.get('m')).to.equal(anew.length)
    })

    it('a restart finds the quarantine as it was, whatever its own sample says, and goes on with the search', async () => {
      const world = await missed()
      world.state.differences.clear()
      world.begin('mirror')
      expect(world.state.distrust('m')).to.be.a('string')
      await world.turn(60)
      expect([world.steps.slice(2), [...world.state.proven]]).to.deep.equal([['60 search m'], []])
      expect(world.breakers()).to.deep.equal(['51 breaker market-quarantined'])
    })

    it('those who differed are in every audit until the end', async () => {
      const world = openWorld(['m'], 300)
      await world.turn(1)
      world.borrow(250, 7n)
      const all = world.state.books[0]
      // Somebody else's debt makes up for it: the totals agree, and only the account itself shows it.
      all?.apply(page(2, [{ account: 300, collateral: 60_000n, debt: 30_000n - 25_000n + 7n }]))
      for (let block = 52; world.breakers().length === 0; block += 51) await world.turn(block)
      const found = world.state.differences.get('m')?.accounts[0]
      world.begin('mirror')
      await world.turn(5000)
      expect(world.asked.findLast((calls) => calls.length > 1)?.[0]).to.equal(found)
      expect([address(250), address(300)]).to.include(found)
      expect([...world.state.proven]).to.deep.equal([])
    })

    it('a search that the node cuts short is taken up again by the next audit, not before', async () => {
      const world = await missed()
      await world.over(refused)
      await world.turn(52)
      await world.turn(53)
      expect(world.problems).to.deep.equal(['search for borrowers of m: eth_call: no (code -32000)'])
      expect(world.steps.slice(2)).to.deep.equal([])
      await world.turn(101)
      expect(world.steps.slice(2)).to.deep.equal(['101 search m'])
    })

    it('a store that fails ends the loop', async () => {
      const world = await missed()
      const full = new StoreError({ code: 'STORE_DISK_FULL', what: 'store', why: 'full', fix: 'make room' })
      await world.over(full)
      const error = await world.turn(52).catch((thrown: unknown) => thrown)
      expect(error).to.equal(full)
    })

    it('of one market leaves the other alone', async () => {
      const world = openWorld(['m', 'n'])
      await world.turn(1)
      world.state.books[0]?.apply(page(2, [{ account: 1, collateral: 1n, debt: 1n }]))
      await world.turn(52)
      expect([world.state.distrust('m') === undefined, world.state.distrust('n')]).to.deep.equal([false, undefined])
      expect([...world.state.proven]).to.deep.equal(['n'])
    })
  })
})
