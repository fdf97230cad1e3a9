import { expect } from 'chai'
import { Judge } from '../../../src/app/backtest/judge.ts'
import { PaperExecutor, type PaperOptions } from '../../../src/app/backtest/paper.ts'
import type { Candidate, Plan } from '../../../src/core/plan.ts'
import type { Outcome } from '../../../src/core/ports.ts'
import type { Facts } from '../../../src/core/types.ts'
import { address } from '../../core/fake-protocol.ts'
import { block, has, liquidated, MARKET, playBook, price, RIVAL, turn } from './play.ts'

const OURS = address(0x77)
/** A market whose name begins like the other's. */
const OTHER = `${MARKET}2`
const UNDER = [price(1, 1n), has(2, 1, 100n, 150n), has(3, 2, 100n, 150n)]

/** Two markets after the same pages, and a stack of paper that plans whatever it may. */
class Desk {
  readonly books = new Map([MARKET, OTHER].map((name) => [name, playBook({}, name)]))
  readonly judge = new Judge()
  readonly told: Outcome[] = []
  paper: PaperExecutor

  constructor(bent: Partial<PaperOptions> = {}) {
    this.paper = this.open(bent)
  }

  open(bent: Partial<PaperOptions>): PaperExecutor {
    return new PaperExecutor({
      books: this.books,
      judge: this.judge,
      latencyBlocks: 1,
      quoteOf: () => 'assumed',
      contract: () => OURS,
      onPlan: () => {},
      ...bent,
    })
  }

  /** As the loop: the page, what came of plans, candidates, and a plan for each who has none under way. */
  async page(market: string, facts: Facts): Promise<void> {
    const book = this.books.get(market)
    if (book === undefined) throw new RangeError(market)
    turn(this.judge, book, facts)
    await this.paper.settle(facts)
    const candidates = book.liquidatable(facts.block.timestamp)
    this.paper.unhealthy(
      market,
      candidates.map(({ borrower }) => borrower),
    )
    for (const candidate of candidates)
      if (!this.paper.inFlight(market, candidate.borrower))
        await this.paper.execute(market, candidate, planFor(candidate), facts, (_, __, outcome) => {
          this.told.push(outcome)
        })
  }

  get rows() {
    return this.paper.ours.map((row) => ({
      at: `${row.market} ${Number(row.user)} ${row.block}`,
      late: row.latenessBlocks,
      rival: row.rival && `${row.rival.block} ${Number(row.rival.liquidator)}`,
    }))
  }
}

function planFor(candidate: Candidate): Plan {
  const [seizure] = candidate.seizures
  if (seizure === undefined) throw new RangeError('nothing to seize')
  const quote = {
    seizure,
    path: '0x',
    amountOut: 9n,
    gas: 1n,
    gasPriceWei: 1n,
    l1FeeWei: 0n,
    nativePriceUsd8: 1n,
  } as const
  return {
    kind: 'plan',
    quote,
    healthFactor: candidate.healthFactor,
    profit: 5n,
    minProfit: 1n,
    grossUsd8: 5n,
    costUsd8: 1n,
    netUsd8: 4n,
    deadline: 100n,
  }
}

describe('PaperExecutor', () => {
  it('counts a chance once, however long it lasts', async () => {
    const desk = new Desk()
    for (const number of [1, 2, 3, 9]) await desk.page(MARKET, block(number, number === 1 ? UNDER : []))
    expect(desk.rows).to.deep.equal([
      { at: 'm 1 1', late: 1, rival: null },
      { at: 'm 2 1', late: 1, rival: null },
    ])
    expect(desk.told.map(({ kind }) => kind)).to.deep.equal(['planned', 'planned'])
  })

  it('says who came instead, and looks anew at what is left in the very page', async () => {
    const desk = new Desk()
    await desk.page(MARKET, block(1, UNDER))
    await desk.page(MARKET, block(4, [has(9, 1, 50n, 70n), liquidated(9, 1)]))
    await desk.page(MARKET, block(5, [has(9, 1, 0n, 0n), liquidated(9, 1)]))
    expect(desk.rows).to.deep.equal([
      { at: 'm 1 1', late: 1, rival: `4 ${Number(RIVAL)}` },
      { at: 'm 2 1', late: 1, rival: null },
      // Liquidatable since block 1 without a break.
      { at: 'm 1 4', late: 4, rival: `5 ${Number(RIVAL)}` },
    ])
  })

  it('takes the first of two calls in a block for the rival', async () => {
    const desk = new Desk()
    await desk.page(MARKET, block(1, UNDER))
    const calls = [has(8, 1, 80n, 90n), liquidated(8, 1, address(0xe1)), has(9, 1, 60n, 20n), liquidated(9, 1)]
    await desk.page(MARKET, block(2, calls))
    expect(desk.rows[0]?.rival).to.equal(`2 ${0xe1}`)
  })

  it('does not call our own contract a rival', async () => {
    const desk = new Desk()
    await desk.page(MARKET, block(1, UNDER))
    await desk.page(MARKET, block(2, [has(9, 1, 60n, 20n), liquidated(9, 1, OURS)]))
    await desk.page(MARKET, block(3, [has(9, 1, 10n, 20n)]))
    expect(desk.rows.filter(({ at }) => at.startsWith('m 1'))).to.deep.equal([
      { at: 'm 1 1', late: 1, rival: null },
      { at: 'm 1 3', late: 1, rival: null },
    ])
  })

  it('takes health for the end of a chance; the next fall is another', async () => {
    const desk = new Desk()
    await desk.page(MARKET, block(1, UNDER.slice(0, 2)))
    await desk.page(MARKET, block(2, [price(1, 2n)]))
    await desk.page(MARKET, block(3, [has(9, 1, 0n, 0n), liquidated(9, 1)]))
    await desk.page(MARKET, block(4, [has(9, 1, 10n, 90n)]))
    expect(desk.rows).to.deep.equal([
      { at: 'm 1 1', late: 1, rival: null },
      { at: 'm 1 4', late: 1, rival: null },
    ])
  })

  it('leaves the plans of another market alone, even of the same account and a name that begins alike', async () => {
    const desk = new Desk()
    await desk.page(OTHER, block(1, UNDER.slice(0, 2)))
    await desk.page(MARKET, block(1, UNDER.slice(0, 2)))
    await desk.page(MARKET, block(2, [price(1, 9n)]))
    await desk.page(OTHER, block(2, []))
    await desk.page(MARKET, block(3, [price(1, 1n)]))
    expect(desk.rows.map(({ at }) => at)).to.deep.equal(['m2 1 1', 'm 1 1', 'm 1 3'])
  })

  it('adds the latency to the blocks since the account became liquidatable', async () => {
    const desk = new Desk({ latencyBlocks: 3 })
    await desk.page(MARKET, block(1, UNDER.slice(0, 2)))
    expect(desk.rows[0]?.late).to.equal(3)
  })

  it('goes on after a restart: no chance is counted again, and its rival is still found', async () => {
    const desk = new Desk()
    await desk.page(MARKET, block(1, UNDER.slice(0, 2)))
    const { ours, open } = desk.paper
    desk.paper = desk.open({ ours, open })
    await desk.page(MARKET, block(2, []))
    await desk.page(MARKET, block(3, [has(9, 1, 0n, 0n), liquidated(9, 1)]))
    expect(desk.rows).to.deep.equal([{ at: 'm 1 1', late: 1, rival: `3 ${Number(RIVAL)}` }])
    // Planted: what forgets its open plans counts the chance twice.
    const forgetful = new Desk()
    await forgetful.page(MARKET, block(1, UNDER.slice(0, 2)))
    forgetful.paper = forgetful.open({ ours: forgetful.paper.ours })
    await forgetful.page(MARKET, block(2, []))
    expect(forgetful.rows).to.have.length(2)
  })
})
