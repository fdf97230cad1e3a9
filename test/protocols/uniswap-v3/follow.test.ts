import { expect } from 'chai'
import { type Address, parseAbi } from 'viem'
import { type Devnet, startDevnet } from '../../../scripts/devnet/index.ts'
import { poolSpecs } from '../../../scripts/devnet/liquidity.ts'
import { Rpc } from '../../../src/adapters/rpc/client.ts'
import { completeReads, RpcFeed } from '../../../src/adapters/rpc/feed.ts'
import { createBatch } from '../../../src/adapters/rpc/multicall.ts'
import type { Book } from '../../../src/core/book.ts'
import { PoolBook } from '../../../src/core/pool-book.ts'
import type { Batch } from '../../../src/core/ports.ts'
import { sellAcross } from '../../../src/core/risk/depth.ts'
import { uniswapV3 } from '../../../src/protocols/uniswap-v3/index.ts'
import { byHand, firstPage, headOf, verify } from '../aave-v3/mirror.ts'

const blocks = 24
const factoryAbi = parseAbi(['function getPool(address, address, uint24) view returns (address)'])
const quoterAbi = parseAbi([
  'struct Quote { address tokenIn; address tokenOut; uint256 amountIn; uint24 fee; uint160 sqrtPriceLimitX96; }',
  'function quoteExactInputSingle(Quote params) returns (uint256 amountOut, uint160, uint32, uint256)',
])

/** A lending market and the exchange beside it, mirrored from one feed as the program would. */
async function openWorld() {
  const devnet = await startDevnet({ chain: 'ethereum', accounts: 20, seed: 11 })
  const { addresses, reserves } = devnet.market
  const pools = await Promise.all(
    poolSpecs.map(async ({ pair, fee }): Promise<Address> => {
      const args = [reserves[pair[0]].asset, reserves[pair[1]].asset, fee] as const
      const factory = { address: addresses.uniswapFactory, abi: factoryAbi, functionName: 'getPool' } as const
      return devnet.chain.client.readContract({ ...factory, args })
    }),
  )
  const { chainId } = devnet.chain.spec
  const rpc = new Rpc({ chain: 'ethereum', chainId, urls: [devnet.http], onProblem: () => {} })
  await rpc.connect()
  const batch = await createBatch(rpc, addresses.multicall3)
  const head = await headOf(rpc)
  const { addressesProvider } = addresses
  const book = await firstPage({ rpc, batch, name: 'aave', addressesProvider, priceReadsS: 0n, rules: 'auto', head })
  const poolBook = new PoolBook('uniswap', uniswapV3(pools))
  poolBook.apply(await completeReads({ batch }, head, [], [poolBook]))
  return { devnet, rpc, batch, book, poolBook, ...follow({ rpc, batch, book, poolBook }) }
}

function follow({ rpc, batch, book, poolBook }: { rpc: Rpc; batch: Batch; book: Book; poolBook: PoolBook }) {
  const stop = new AbortController()
  const pushed = byHand()
  const requests: number[] = []
  const problems: string[] = []
  const feed = new RpcFeed(
    {
      ...{ rpc, batch, heads: pushed.heads, signal: stop.signal, onCurrent: () => {} },
      onPage: (count) => void requests.push(count),
      onProblem: (problem) => void problems.push(problem),
    },
    book.head === undefined ? [] : [book.head],
  )
  const events = feed.follow(() => [book, poolBook])
  const catchUp = async (): Promise<{ rollbacks: number; logs: number }> => {
    const latest = await headOf(rpc)
    pushed.tell(latest)
    const seen = { rollbacks: 0, logs: 0 }
    while (book.head?.hash !== latest.hash) {
      const { value, done } = await events.next()
      if (done) throw new Error('the feed has ended')
      if (value.kind === 'rollback') {
        for (const one of [book, poolBook]) one.rollback(value.to)
        seen.rollbacks++
      } else {
        for (const one of [book, poolBook]) one.apply(value.facts)
        const ours = new Set(poolBook.filters().map(({ address }) => address))
        seen.logs += value.facts.logs.filter(({ address }) => ours.has(address)).length
      }
    }
    return seen
  }
  return { catchUp, requests, problems, stop: () => stop.abort() }
}

describe('uniswap v3 pools in the pages of a lending market', function () {
  this.timeout(240_000)
  let world: Awaited<ReturnType<typeof openWorld>>
  let devnet: Devnet

  before(async () => {
    world = await openWorld()
    devnet = world.devnet
  })
  after(async () => {
    world?.stop()
    await devnet?.close()
  })

  const expectExact = async () => {
    const { book, poolBook, batch } = world
    expect((await verify(book, batch)).mismatches).to.deep.equal([])
    expect(poolBook.head).to.deep.equal(book.head)
    // The empty words of the finest pools are left out here: thousands of calls each time.
    for (const { pool } of poolBook.pools()) {
      const calls = poolBook.exchange.audit.calls(poolBook.ledger, pool)
      const short = calls.length < 300 ? calls : [...calls.slice(0, 6), ...calls.slice(-6)]
      const answers = await batch.read(short, { blockHash: poolBook.head?.hash ?? '0x' })
      expect(poolBook.exchange.audit.compare(poolBook.ledger, answers), pool).to.deep.equal([])
    }
  }

  it('have all been found, and lie where the chain says', async () => {
    expect(world.poolBook.pools()).to.have.length(poolSpecs.length)
    await expectExact()
  })

  it('cost no request of their own while a crash runs through them, and stay exact', async () => {
    const story = devnet.story(blocks)
    let logs = 0
    for (let n = 0; n < blocks; n++) {
      await story.next()
      logs += (await world.catchUp()).logs
      if (n % 6 === 5) await expectExact()
    }
    expect(world.problems).to.deep.equal([])
    expect(logs).to.be.above(20)
    // The head, the logs, and the lending market's one batched read.
    expect(Math.max(...world.requests)).to.be.at.most(3)
  })

  it('follow a reorganisation', async () => {
    await devnet.history.reorg(5, false)
    expect((await world.catchUp()).rollbacks).to.be.above(0)
    await expectExact()
  })

  it('quote what QuoterV2 quotes, and share a size between two tiers for more than either pays', async () => {
    const { market, chain } = devnet
    const [weth, usdc] = [market.reserves.WETH.asset, market.reserves.USDC.asset].map(
      (asset) => asset.toLowerCase() as Address,
    ) as [Address, Address]
    const bids = world.poolBook.bids(weth, usdc)
    expect(bids.map(({ feePips }) => feePips)).to.deep.equal([500, 3000])
    const quote = async (fee: number, amountIn: bigint) => {
      const params = { tokenIn: weth, tokenOut: usdc, amountIn, fee, sqrtPriceLimitX96: 0n }
      const quoter = {
        address: market.addresses.quoter,
        abi: quoterAbi,
        functionName: 'quoteExactInputSingle',
      } as const
      const { result } = await chain.client.simulateContract({ ...quoter, args: [params] })
      return result[0]
    }
    for (const ether of [1n, 500n, 5000n]) {
      const size = ether * 10n ** 18n
      const { amountIn, amountOut, parts } = sellAcross(bids, size)
      expect(amountIn).to.equal(size)
      let theirs = 0n
      for (const [i, { amountIn: share }] of parts.entries())
        if (share > 0n) theirs += await quote(bids[i]?.feePips ?? 0, share)
      expect(amountOut).to.equal(theirs)
      for (const { feePips } of bids) expect(amountOut >= (await quote(feePips, size))).to.equal(true)
    }
  })
})
