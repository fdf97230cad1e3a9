import { expect } from 'chai'
import { Book } from '../../src/core/book.ts'
import { RpcFault, UnreachableError } from '../../src/core/errors.ts'
import type { Difference } from '../../src/core/trust.ts'
import { address, fakeProtocol, header } from '../core/fake-protocol.ts'
import { CHAIN, LIMITS, live, MARKET, openKeeper, past, people, price, sick, well } from './keeper-support.ts'

const FAULTS = [
  new RpcFault('eth_call', -32000, 'no', undefined),
  new UnreachableError({ code: 'X', what: 'node', why: 'away', fix: 'wait' }),
] as const

const difference: Difference = {
  since: 1n,
  rereads: 0,
  searching: true,
  accounts: [],
  detail: 'one account',
}

/** Twelve candidates, the best is number 12. */
const crowd = Array.from({ length: 12 }, (_, n) => sick(n + 1))

describe('keeper loop', () => {
  describe('pages', () => {
    it('are in the books, then in the store, before anything is made of them', async () => {
      const keeper = openKeeper()
      keeper.executor.onSettle = ({ block }) => {
        expect(keeper.book.head?.hash).to.equal(block.hash)
        expect(keeper.pages().at(-1)).to.equal(Number(block.number))
      }
      await keeper.run(live(1, [price, sick(1)]), live(2))
      expect(keeper.executor.settled).to.deep.equal([1n, 2n])
      expect(keeper.pages()).to.deep.equal([1, 2])
    })

    it('of the past decide nothing: no alert, no quote, not synced', async () => {
      const keeper = openKeeper()
      keeper.state.synced = true
      await keeper.run(past(1, [price, sick(1)]), past(2))
      expect([keeper.router.asked, keeper.store.journal({ after: 0, limit: 9 })]).to.deep.equal([[], []])
      expect([keeper.executor.settled, keeper.state.synced]).to.deep.equal([[1n, 2n], false])
      expect(keeper.state.turnedAtMs).to.be.a('number')
    })

    it('in watch mode warn, and plan nothing', async () => {
      const keeper = openKeeper()
      keeper.executor.mode = 'watch'
      await keeper.run(live(1, [price, sick(1)]))
      expect(keeper.store.journal({ after: 0, limit: 9 }).map(({ kind }) => kind)).to.deep.equal(['alert'])
      expect([keeper.router.asked, keeper.executor.executed]).to.deep.equal([[], []])
    })
  })

  describe('a candidate', () => {
    it('worth it is executed, best first, with its deadline from the page', async () => {
      const keeper = openKeeper()
      await keeper.run(live(7, [price, sick(1), sick(2), well(3)]))
      expect(keeper.executor.executed.map(({ borrower }) => borrower)).to.deep.equal(people(2, 1))
      expect(keeper.executor.executed[0]?.plan).to.include({ deadline: 37n, netUsd8: 1000n })
      expect(keeper.told()).to.deep.equal(['7 plan 2', '7 plan 1'])
    })

    it('whose plan only repeats is executed again and told once', async () => {
      const keeper = openKeeper()
      await keeper.run(live(1, [price, sick(1)]), live(2), live(3))
      expect([keeper.executor.executed.length, keeper.told()]).to.deep.equal([3, ['1 plan 1']])
    })

    it('refused for the same reason is told once, for another reason again, and anew after it was well', async () => {
      const keeper = openKeeper()
      const gain = (amount: bigint) => () => {
        keeper.router.gain = amount
      }
      keeper.router.gain = 50n
      const noRoute = () => {
        keeper.router.answer = async () => []
      }
      const turns = [live(1, [price, sick(1)]), live(2), noRoute, live(3), live(4)]
      await keeper.run(...turns, live(5, [well(1)]), live(6, [sick(1)]), gain(0n), live(7))
      const expected = ['1 refusal 1 unprofitable', '3 refusal 1 no-route', '6 refusal 1 no-route']
      expect(keeper.told()).to.deep.equal(expected)
    })

    for (const [reason, prepare] of [
      ['market-quarantined', ({ state }) => void state.quarantined.set(MARKET, 'audit')],
      ['market-quarantined', ({ state }) => void state.differences.set(MARKET, difference)],
      ['market-unproven', ({ state }) => state.proven.clear()],
      ['control-paused', ({ control }) => void Object.assign(control, { paused: true })],
    ] as readonly (readonly [string, (keeper: ReturnType<typeof openKeeper>) => void])[])
      it(`is refused without a quote: ${reason}`, async () => {
        const keeper = openKeeper()
        prepare(keeper)
        await keeper.run(live(1, [price, sick(1)]))
        expect([keeper.told(), keeper.router.asked]).to.deep.equal([[`1 refusal 1 ${reason}`], []])
      })

    it('is to be proven again after a page that changed everybody, and is a candidate on that very page once it is', async () => {
      const upgraded = {
        ...fakeProtocol,
        apply: (...page: Parameters<typeof fakeProtocol.apply>) => ({
          ...fakeProtocol.apply(...page),
          all: page[0].block.number === 2n,
        }),
      }
      const books = [new Book(MARKET, upgraded)]
      const unproven = openKeeper({ books })
      await unproven.run(live(1, [price]), live(2, [sick(1)]))
      expect(unproven.told()).to.deep.equal(['2 refusal 1 market-unproven'])
      const proven: ReturnType<typeof openKeeper> = openKeeper({
        books: [new Book(MARKET, upgraded)],
        afterPage: async () => void proven.state.proven.add(MARKET),
      })
      await proven.run(live(1, [price]), live(2, [sick(1)]))
      expect(proven.told()).to.deep.equal(['2 plan 1'])
    })

    it('on a deny list is refused without a quote', async () => {
      const denied = [
        { denyBorrowers: new Set([address(1)]) },
        { denyAssets: new Set([address(2)]) },
        { maxDebtUsd8: 99n },
      ]
      const told: string[] = []
      for (const over of denied) {
        const keeper = openKeeper({ limits: () => ({ ...LIMITS, ...over }) })
        await keeper.run(live(1, [price, sick(1)]))
        told.push(...keeper.told())
        expect(keeper.router.asked).to.deep.equal([])
      }
      const reasons = ['denied-borrower', 'denied-asset', 'debt-too-large']
      expect(told).to.deep.equal(reasons.map((reason) => `1 refusal 1 ${reason}`))
    })

    it('for whom something of ours is on its way is left alone, in silence', async () => {
      const keeper = openKeeper()
      keeper.executor.flying.add(address(1))
      await keeper.run(live(1, [price, sick(1), sick(2)]))
      expect([keeper.router.asked, keeper.told()]).to.deep.equal([people(2), ['1 plan 2']])
    })

    it('whose quote takes too long is refused, and the next one has its turn', async () => {
      const keeper = openKeeper({ quoteDeadlineMs: 5 })
      keeper.router.answer = (quotes) =>
        quotes[0]?.seizure.borrower === address(2) ? new Promise(() => {}) : Promise.resolve(quotes)
      await keeper.run(live(1, [price, sick(1), sick(2)]))
      expect(keeper.told()).to.deep.equal(['1 refusal 2 late-quote', '1 plan 1'])
    })

    it('is not executed when an operator pauses while it is being quoted', async () => {
      const keeper = openKeeper()
      keeper.router.answer = async (quotes) => {
        keeper.control.paused = true
        return quotes
      }
      await keeper.run(live(1, [price, sick(1)]))
      expect([keeper.executor.executed, keeper.told()]).to.deep.equal([[], ['1 refusal 1 control-paused']])
    })

    it('whose late quote fails afterwards harms nobody', async () => {
      const keeper = openKeeper({ quoteDeadlineMs: 1 })
      let fail = (_: Error): void => {}
      keeper.router.answer = () =>
        new Promise((_, reject) => {
          fail = reject
        })
      await keeper.run(live(1, [price, sick(1)]))
      fail(FAULTS[0])
      await new Promise((resolve) => setImmediate(resolve))
      expect(keeper.told()).to.deep.equal(['1 refusal 1 late-quote'])
    })
  })

  describe('a crowd of candidates', () => {
    it('eight are quoted, the rest waits for the next block', async () => {
      const keeper = openKeeper()
      await keeper.run(live(1, [price, ...crowd]))
      expect(keeper.router.asked).to.deep.equal(people(12, 11, 10, 9, 8, 7, 6, 5))
      expect(keeper.told().slice(8)).to.deep.equal([4, 3, 2, 1].map((n) => `1 refusal ${n} over-limit`))
    })

    it('those refused without a quote take no place, nor do those in flight', async () => {
      const keeper = openKeeper({
        limits: () => ({ ...LIMITS, denyBorrowers: new Set(people(12, 11) as `0x${string}`[]) }),
      })
      keeper.executor.flying.add(address(10))
      await keeper.run(live(1, [price, ...crowd]))
      expect(keeper.router.asked).to.deep.equal(people(9, 8, 7, 6, 5, 4, 3, 2))
      expect(keeper.told().at(-1)).to.equal('1 refusal 1 over-limit')
    })

    it('of any size: only those that are tried are sized, and nobody while nothing may be sent', async () => {
      const keeper = openKeeper()
      const sized: string[] = []
      const { sized: size } = keeper.book
      keeper.book.sized = (accounts, timestamp) => {
        sized.push(...accounts.map(({ account }) => keeper.book.ledger.address(account)))
        return size.call(keeper.book, accounts, timestamp)
      }
      const throng = Array.from({ length: 200 }, (_, n) => sick(n + 1))
      keeper.executor.flying.add(address(200))
      await keeper.run(live(1, [price, ...throng]))
      expect(sized.slice(0, 7)).to.deep.equal(people(199, 198, 197, 196, 195, 194, 193))
      expect(sized).to.have.length(15)
      expect(keeper.told()).to.have.length(199)
      keeper.state.quarantined.set(MARKET, 'differs')
      await keeper.run(live(2))
      expect(sized).to.have.length(15)
      expect(keeper.told().slice(-200)).to.deep.equal(throng.map((_, n) => `2 refusal ${200 - n} market-quarantined`))
    })

    it('a newer block ends it after the first', async () => {
      const keeper = openKeeper()
      keeper.router.answer = async (quotes) => {
        keeper.state.newest = header(2)
        return quotes
      }
      await keeper.run(live(1, [price, ...crowd]))
      expect([keeper.router.asked, keeper.told()]).to.deep.equal([people(12), ['1 plan 12']])
    })

    it('once it is aborted nothing more is decided: neither the one being quoted nor the others', async () => {
      const keeper = openKeeper()
      keeper.router.answer = async (quotes) => {
        keeper.abort.abort()
        return quotes
      }
      await keeper.run(live(1, [price, ...crowd]), live(2))
      expect([keeper.router.asked, keeper.executor.executed, keeper.told()]).to.deep.equal([people(12), [], []])
    })
  })

  describe('a node that fails', () => {
    for (const fault of FAULTS)
      it(`costs what was asked of it, and is told: ${fault.name}`, async () => {
        const afterPage = async (): Promise<void> => {
          throw fault
        }
        const keeper = openKeeper({ afterPage })
        keeper.executor.onSettle = () => {
          throw fault
        }
        keeper.router.answer = async (quotes) => {
          if (quotes[0]?.seizure.borrower === address(2)) throw fault
          return quotes
        }
        await keeper.run(live(1, [price, sick(1), sick(2)]), live(2))
        expect(keeper.executor.executed.map(({ block }) => block)).to.deep.equal([1n, 2n])
        expect([keeper.pages(), keeper.told()]).to.deep.equal([[1, 2], ['1 plan 1']])
        expect(keeper.problems).to.deep.equal(Array(6).fill(fault.message))
      })

    it('is another thing than a surprise, which ends the loop', async () => {
      const keeper = openKeeper()
      const surprise = new TypeError('surprise')
      keeper.executor.onSettle = () => {
        throw surprise
      }
      expect(await keeper.run(live(1)).catch((error: unknown) => error)).to.equal(surprise)
    })
  })

  describe('a rollback', () => {
    const back = { kind: 'rollback', to: header(1), depth: 2 } as const

    it('goes through books, journal, executor and store', async () => {
      const keeper = openKeeper()
      const look = () => {
        keeper.state.newest = header(3)
        expect(keeper.book.account(keeper.book.find(address(1)) ?? 0, 0n)?.totalDebtBase).to.equal(100n)
      }
      await keeper.run(past(1, [price, well(1)]), past(2, [sick(1)]), past(3), look, back)
      expect(keeper.book.account(keeper.book.find(address(1)) ?? 0, 0n)?.totalDebtBase).to.equal(1n)
      expect([keeper.book.head?.number, keeper.state.newest]).to.deep.equal([1n, undefined])
      expect([keeper.pages(), keeper.executor.rolledBack]).to.deep.equal([[1], [1n]])
      const [entry] = keeper.store.journal({ after: 0, limit: 9 })
      expect(entry).to.deep.include({ chainId: CHAIN, market: '', kind: 'rollback', data: { to: '1', depth: 2 } })
    })

    it('drops the pages last: a crash before that is found again by the orphans', async () => {
      const keeper = openKeeper()
      const crash = new Error('kill -9')
      keeper.executor.onRollback = () => {
        throw crash
      }
      expect(await keeper.run(past(1), past(2), back).catch((error: unknown) => error)).to.equal(crash)
      expect(keeper.pages()).to.deep.equal([1, 2])
    })

    it('is followed by the pages of the other branch', async () => {
      const keeper = openKeeper()
      await keeper.run(past(1, [price]), live(2, [sick(1)]), back, live(2, [well(1)], 1), live(3, [sick(2)], 1))
      expect(keeper.told()).to.deep.equal(['2 plan 1', '1 rollback', '3 plan 2'])
      expect(keeper.store.pages(CHAIN).map(({ block }) => block.hash)).to.deep.equal(
        [header(1), header(2, 1), header(3, 1)].map(({ hash }) => hash),
      )
    })
  })
})
