import { expect } from 'chai'
import type { Address } from 'viem'
import { encodeBorrow } from '../../../scripts/devnet/actions.ts'
import { Chain } from '../../../scripts/devnet/chain.ts'
import { chainSpec } from '../../../scripts/devnet/chain-spec.ts'
import { Control } from '../../../scripts/devnet/control.ts'
import { deployMarket, type Market } from '../../../scripts/devnet/market.ts'
import { startNetwork } from '../../../scripts/devnet/network.ts'
import { type PlannedAccount, planPopulation } from '../../../scripts/devnet/population.ts'
import { seedMarket } from '../../../scripts/devnet/seeding.ts'
import { Story } from '../../../scripts/devnet/story.ts'
import { Rpc } from '../../../src/adapters/rpc/client.ts'
import { RpcFeed } from '../../../src/adapters/rpc/feed.ts'
import { createBatch } from '../../../src/adapters/rpc/multicall.ts'
import type { Book } from '../../../src/core/book.ts'
import type { Batch } from '../../../src/core/ports.ts'
import { byHand, firstPage, headOf, verify } from './mirror.ts'

const ACCOUNTS = 12
const BLOCKS = 10
/** So many borrowers of the first market have a position in the second as well. */
const SHARED = 2

interface Place {
  readonly market: Market
  readonly accounts: readonly PlannedAccount[]
  readonly control: Control
  readonly story: Story
}

/** The first borrowers of a second market are people of the first one, with other positions. */
async function openPlace(chain: Chain, seed: number, other?: Place): Promise<Place> {
  await chain.setBlockGasLimit()
  const market = await deployMarket(chain, other?.market)
  const guests = borrowers(other?.accounts ?? []).slice(0, SHARED)
  const plan = planPopulation(market.risk, { accounts: ACCOUNTS, seed, scale: chain.spec.sizes })
  const hosts = borrowers(plan).slice(0, guests.length)
  const accounts = plan.map((one) => ({ ...one, address: guests[hosts.indexOf(one)]?.address ?? one.address }))
  await seedMarket(market, accounts)
  await chain.setBlockGasLimit(chain.spec.blockGasLimit)
  await chain.mineBlock()
  const control = new Control(market)
  return { market, accounts, control, story: new Story({ market, accounts, seed, blocks: BLOCKS, control }) }
}

const borrowers = (accounts: readonly PlannedAccount[]): PlannedAccount[] =>
  accounts.filter(({ borrows }) => borrows.length > 0)

/** One chain with two markets that know nothing of each other; one feed for both books. */
async function openWorld() {
  const spec = chainSpec('ethereum')
  const network = await startNetwork(spec, 0)
  const chain = new Chain(spec, network.connection.provider)
  await chain.sync()
  const first = await openPlace(chain, 31)
  const second = await openPlace(chain, 32, first)
  const problems: string[] = []
  const onProblem = (problem: string) => void problems.push(problem)
  const rpc = new Rpc({ chain: spec.name, chainId: spec.chainId, urls: [network.http], onProblem })
  await rpc.connect()
  const batch = await createBatch(rpc, first.market.addresses.multicall3)
  const head = await headOf(rpc)
  const read = (name: string, { market }: Place): Promise<Book> =>
    firstPage({
      rpc,
      batch,
      name,
      addressesProvider: market.addresses.addressesProvider,
      priceReadsS: 0n,
      rules: 'auto',
      head,
    })
  const books = [await read('first', first), await read('second', second)] as const
  const stop = new AbortController()
  const pushed = byHand()
  const follow = { onPage: () => {}, onCurrent: () => {}, onProblem }
  const feed = new RpcFeed({ rpc, batch, heads: pushed.heads, signal: stop.signal, ...follow }, [head])
  const events = feed.follow(() => books)
  const catchUp = async (): Promise<void> => {
    const latest = await headOf(rpc)
    pushed.tell(latest)
    while (books[0].head?.hash !== latest.hash) {
      const { value, done } = await events.next()
      if (done || value.kind !== 'page') throw new Error('the feed should go on, straight on')
      for (const book of books) book.apply(value.facts)
    }
  }
  const close = async (): Promise<void> => {
    stop.abort()
    await network.close()
  }
  return { first, second, books, batch, problems, catchUp, close }
}

type World = Awaited<ReturnType<typeof openWorld>>

async function expectExact(book: Book, batch: Batch): Promise<number> {
  const { checked, mismatches, totals } = await verify(book, batch)
  expect(mismatches, `${book.name}, block ${book.head?.number}`).to.deep.equal([])
  for (const { asset, sumScaledDebt, scaledTotalSupply } of totals)
    expect(sumScaledDebt, `${book.name}: debt of ${asset}`).to.equal(scaledTotalSupply)
  return checked
}

/** What this market's people do at once with the step of the other one's story: they borrow a little more. */
async function borrowIn({ market, control, accounts }: Place, n: number): Promise<void> {
  const everybody = borrowers(accounts)
  const [guest, local] = [everybody[n % SHARED], everybody[SHARED + (n % (everybody.length - SHARED))]]
  for (const one of [guest, local]) {
    const [debt] = one?.borrows ?? []
    if (one === undefined || debt === undefined) throw new Error('no borrower of that number')
    const data = encodeBorrow(market.reserves[debt.symbol].asset, debt.amount / 1000n + 1n, one.address)
    await control.as(one.address).send(market.addresses.pool, data)
  }
}

describe('two Aave V3 markets on one chain, one feed', function () {
  this.timeout(90_000)
  let world: World

  before(async () => {
    world = await openWorld()
  })

  after(() => world?.close())

  it('are two markets of the same assets', () => {
    const [first, second] = world.books.map((book) => book.protocol.market(book.ledger))
    expect(first?.pool).to.not.equal(second?.pool)
    const [here, there] = [first, second].map((market) => market?.reserves.map(({ asset }) => asset))
    expect(here).to.deep.equal(there)
  })

  it('both equal the chain in every account while both move, also in one block', async () => {
    const { first, second, books, batch, catchUp, problems } = world
    let checked = 0
    for (let n = 0; n < BLOCKS; n++) {
      const [told, beside] = n % 2 === 0 ? [first, second] : [second, first]
      await borrowIn(beside, n)
      await told.story.next()
      await catchUp()
      for (const book of books) checked += await expectExact(book, batch)
    }
    expect(checked).to.be.above(2 * BLOCKS * (ACCOUNTS / 2))
    expect(problems).to.deep.equal([])
  })

  it('neither holds borrowers of the other, and both hold those that they share', () => {
    const { first, second, books } = world
    const holds = (book: Book, address: Address): boolean => {
      const account = book.find(`0x${address.slice(2).toLowerCase()}`)
      return account !== undefined && book.protocol.knows(book.ledger, account)
    }
    for (const [place, book] of [
      [first, books[0]],
      [second, books[1]],
    ] as const)
      for (const { address } of borrowers([...first.accounts, ...second.accounts])) {
        const mine = place.accounts.some((one) => one.address === address)
        expect(holds(book, address), `${address} in ${book.name}`).to.equal(mine)
      }
  })
})
