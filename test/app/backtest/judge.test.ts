import { expect } from 'chai'
import fc from 'fast-check'
import type { Address } from 'viem'
import { Judge } from '../../../src/app/backtest/judge.ts'
import { block, type Deed, has, liquidated, playBook, price, turn, verdicts } from './play.ts'

/** Worth 200 against a debt of 150 at a price of 2: healthy; below at 1. */
const OPENED: readonly Deed[] = [price(1, 2n), has(2, 1, 100n, 150n)]
const CALLED: readonly Deed[] = [has(9, 1, 60n, 20n), liquidated(9, 1)]

describe('Judge', () => {
  it('counts the lead from the first page of the stretch', () => {
    const pages = [block(1, OPENED), block(2, [price(1, 1n)]), block(3, []), block(7, CALLED)]
    expect(verdicts(pages)).to.deep.equal([{ account: 1, leadBlocks: 5, missed: null, detail: '' }])
  })

  it('begins anew after the account was healthy for a page', () => {
    const pages = [
      block(1, OPENED),
      block(2, [price(1, 1n)]),
      block(3, [price(1, 2n)]),
      block(4, [price(1, 1n)]),
      block(5, CALLED),
    ]
    expect(verdicts(pages)).to.deep.equal([{ account: 1, leadBlocks: 1, missed: null, detail: '' }])
  })

  it('knows each market alone', () => {
    const judge = new Judge()
    const [here, there] = [playBook({}, 'here'), playBook({}, 'there')]
    turn(judge, here, block(1, OPENED))
    turn(judge, there, block(1, OPENED))
    turn(judge, here, block(2, [price(1, 1n)]))
    turn(judge, there, block(2, []))
    const account = '0x0000000000000000000000000000000000000001'
    expect([judge.since('here', account), judge.since('there', account)]).to.deep.equal([2n, undefined])
  })

  it('counts as missed what it could not even read before: no liquidation is dropped', () => {
    const bent = {
      liquidations: (...[facts, ledger]: Parameters<ReturnType<typeof playBook>['protocol']['liquidations']>) =>
        ledger.has(0) ? playBook().protocol.liquidations(facts, ledger) : [],
    }
    const [only] = verdicts([block(1, [...OPENED, ...CALLED])], bent)
    expect(only).to.deep.include({ leadBlocks: null, missed: 'unknown-account' })
  })

  /** Prices after each page, and where the process is started anew; the account is liquidated in the page behind them. */
  const histories = fc.record({
    prices: fc.array(fc.constantFrom(1n, 2n), { minLength: 1, maxLength: 12 }),
    restarts: fc.uniqueArray(fc.nat(12)),
  })

  const property = (open: (...saved: ConstructorParameters<typeof Judge>) => Judge) =>
    fc.property(histories, ({ prices, restarts }) => {
      const book = playBook()
      let judge = open()
      turn(judge, book, block(1, OPENED))
      for (const [i, value] of prices.entries()) {
        turn(judge, book, block(i + 2, [price(1, value)]))
        if (restarts.includes(i)) judge = open(judge.happened, judge.stretches)
      }
      const last = prices.length + 2
      turn(judge, book, block(last, [price(1, 1n), ...CALLED]))
      const healthy = prices.lastIndexOf(2n)
      const [row] = judge.happened
      expect(row?.leadBlocks).to.equal(prices.length - 1 - healthy)
    })

  it('holds a stretch together over any prices and restarts', () => {
    fc.assert(property((...saved) => new Judge(...saved)))
  })

  it('would be caught if it forgot stretches from page to page, or over a restart', () => {
    class Forgetful extends Judge {
      override unhealthy(market: string, at: bigint, found: readonly Address[]): void {
        super.unhealthy(market, at, [])
        super.unhealthy(market, at, found)
      }
    }
    expect(fc.check(property((...saved) => new Forgetful(...saved))).failed).to.equal(true)
    expect(fc.check(property((happened) => new Judge(happened))).failed).to.equal(true)
  })
})
