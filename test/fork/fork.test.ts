import { join } from 'node:path'
import { expect } from 'chai'
import { type Fork, openFork } from '../../src/adapters/fork/fork.ts'
import { getHeader } from '../../src/adapters/rpc/client.ts'
import { completeReads } from '../../src/adapters/rpc/feed.ts'
import { createBatch } from '../../src/adapters/rpc/multicall.ts'
import { openStore } from '../../src/adapters/store/sqlite.ts'
import { everyAccount, verify } from '../../src/app/audit.ts'
import { limitsOf, nativePriceUsd8, routerOf } from '../../src/app/executors.ts'
import { deployOnFork, executeOnFork, type Stand } from '../../src/app/fork-stage.ts'
import { firstPage } from '../../src/app/open-chain.ts'
import type { Book } from '../../src/core/book.ts'
import { decide, screenCandidate } from '../../src/core/plan.ts'
import type { Batch } from '../../src/core/ports.ts'
import { liquidationPrices } from '../../src/core/position.ts'
import type { AccountView } from '../../src/core/protocol.ts'
import type { Facts, Header } from '../../src/core/types.ts'
import { chainTypes, isReplica, openParent, type Parent, whatIsForked } from './parent.ts'
import { liquidatingTransactions, liquidationsIn, pastTransaction, replay } from './past.ts'

const minute = 60_000
const sampled = 40
/** Worth liquidating however dear the gas, and not so large that selling the collateral costs more than the bonus. */
const debtUsd8 = { least: 2_000n * 10n ** 8n, most: 60_000n * 10n ** 8n }

for (const name of ['ethereum', 'optimism', 'arbitrum'] as const)
  describe(`fork of ${name}: ${whatIsForked(name)}`, function () {
    // Reading the real chain goes over somebody's network.
    this.timeout(isReplica(name) ? minute : 10 * minute)
    let parent: Parent
    let fork: Fork
    let batch: Batch
    let book: Book

    const forkAt = (blockNumber: bigint): Promise<Fork> => {
      const { chain } = parent
      return openFork({ url: chain.rpc[0] ?? '', chainId: chain.id, blockNumber, chainType: chainTypes[name] })
    }

    before(async () => {
      parent = await openParent(name)
      fork = await forkAt(parent.head)
      batch = await createBatch(fork.node, parent.chain.multicall)
    })
    after(async () => {
      await fork?.close()
      await parent?.close()
    })

    it('mirrors borrowers of the shipped market to the wei', async () => {
      book = await mirror(parent, batch, await headOf(fork))
      const everybody = everyAccount(book)
      const verification = await verify(book, batch, everybody.slice(0, sampled))
      expect(verification.checked).to.be.above(5)
      expect(verification.mismatches).to.deep.equal([])
      // Only who knows all the borrowers can add them up.
      if (isReplica(name))
        for (const { sumScaledDebt, scaledTotalSupply } of verification.reserves)
          expect(sumScaledDebt).to.equal(scaledTotalSupply)
    })

    it('runs past liquidations again with the amounts they had', async function () {
      const { rpc, liquidated } = parent
      const { pool } = book.protocol.market(book.ledger)
      const hashes = await liquidatingTransactions(rpc, pool, liquidated)
      if (!isReplica(name) && hashes.length === 0) return this.skip()
      expect(hashes).to.have.length.above(0)
      // The first and the last: on a replica one in the block of a report, and others later.
      for (const hash of new Set([hashes[0], hashes.at(-1)])) {
        if (hash === undefined) continue
        const past = await pastTransaction(rpc, hash)
        const earlier = await forkAt(BigInt(past.blockNumber) - 1n)
        try {
          const again = await replay(earlier, rpc, past)
          const happened = await liquidationsIn(rpc, hash)
          expect(happened).to.have.length.above(0)
          expect(await liquidationsIn(earlier.node, again)).to.deep.equal(happened)
        } finally {
          await earlier.close()
        }
      }
    })

    it('liquidates with our own contract, and earns what was predicted', async () => {
      const { chain, config, market } = parent
      const limits = limitsOf(config, market.name)
      const router = chain.uniswapV3?.router ?? expect.fail('no router is shipped for this chain')
      const { pool } = book.protocol.market(book.ledger)
      const stand = await deployOnFork(fork, { pool, router })
      const view = weakest(book)
      await pushUnder(fork, book, view)
      const facts = await nextPage(fork, batch, book)
      const time = facts.block.timestamp + BigInt(Math.max(1, Math.round(chain.blockTimeS)))
      const candidate = book.liquidatable(time).find(({ borrower }) => borrower === view.address)
      if (candidate === undefined) return expect.fail(`${view.address} is not liquidatable`)
      const seizures = screenCandidate(candidate, limits)
      if ('kind' in seizures) return expect.fail(seizures.reason)
      const quotes = await routerFor(parent, batch, book, stand).quote(market.name, seizures, facts)
      const plan = decide(candidate, quotes, facts.block.timestamp, limits)
      if (plan.kind === 'refusal') return expect.fail(`${plan.reason} ${plan.detail}`)
      const { encode } = book.protocol
      const order = { stand, encode, plan, timestamp: time, baseFeeWei: facts.block.baseFeeWei }
      const { status, revert, profit, debtCovered, collateralSeized } = await executeOnFork(fork, order)
      const { seizure } = plan.quote
      expect({ status, revert }).to.deep.equal({ status: 'success', revert: undefined })
      expect({ profit, debtCovered, collateralSeized }).to.deep.equal({
        profit: plan.profit,
        debtCovered: seizure.debtCovered,
        collateralSeized: seizure.collateralSeized,
      })
      expect(profit > 0n).to.equal(true)
    })
  })

async function headOf({ node }: Fork): Promise<Header> {
  return (await getHeader(node, 'latest')) ?? expect.fail('the fork has no head')
}

/** As the program does at its start; the fork answers what stands in the state, its parent the logs. */
async function mirror({ rpc, chain, market, borrowed, folder }: Parent, batch: Batch, head: Header): Promise<Book> {
  const store = openStore(join(folder, 'plimsoll.db'))
  const progress = { backfill: () => {}, snapshot: () => {} }
  const { signal } = new AbortController()
  try {
    const reading = { chain, rpc, batch, store, signal, progress }
    return await firstPage(reading, { ...market, fromBlock: borrowed.from }, head)
  } finally {
    store.close()
  }
}

/** The lowest health among those whose fall can be brought about by one price. */
function weakest(book: Book): AccountView {
  const time = book.head?.timestamp ?? 0n
  book.screen(time)
  for (const account of book.ranked(book.ledger.size)) {
    const view = book.account(account, time)
    if (view === undefined || view.healthFactor < 10n ** 18n) continue
    if (view.totalDebtBase < debtUsd8.least || view.totalDebtBase > debtUsd8.most) continue
    if (liquidationPrices(view).driving !== undefined) return view
  }
  return expect.fail('nobody to liquidate')
}

/** The source of the driving collateral's price is replaced by one that always answers a price two per cent too low. */
async function pushUnder({ node }: Fork, book: Book, view: AccountView): Promise<void> {
  const fall = liquidationPrices(view).driving ?? expect.fail('no price brings this account down')
  const { reserves } = book.protocol.market(book.ledger)
  const { source } = reserves.find(({ asset }) => asset === fall.asset) ?? expect.fail(`${fall.symbol} is not listed`)
  const priceUsd8 = (fall.priceUsd8 * 98n) / 100n
  // PUSH32 price, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN: whatever is asked, the price is the answer.
  await node.request('hardhat_setCode', [source, `0x7f${priceUsd8.toString(16).padStart(64, '0')}5f5260205ff3`])
}

async function nextPage(fork: Fork, batch: Batch, book: Book): Promise<Facts> {
  // Late enough that prices are read again in any market.
  await fork.mine((await headOf(fork)).timestamp + 12n)
  const facts = await completeReads({ batch }, await headOf(fork), [], [book])
  book.apply(facts)
  return facts
}

function routerFor({ chain }: Parent, batch: Batch, book: Book, { contract }: Stand) {
  const nativePrice = (): bigint => nativePriceUsd8(book, chain)
  const { encode } = book.protocol
  return routerOf({ config: chain, batch }, () => ({ contract, encode, nativePriceUsd8: nativePrice }))
}
