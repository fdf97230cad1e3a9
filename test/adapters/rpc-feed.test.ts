import { expect } from 'chai'
import { Rpc, toHeader } from '../../src/adapters/rpc/client.ts'
import { RpcFeed } from '../../src/adapters/rpc/feed.ts'
import type { Heads } from '../../src/adapters/rpc/heads.ts'
import { ChainError } from '../../src/core/errors.ts'
import type { FeedEvent } from '../../src/core/ports.ts'
import type { Header } from '../../src/core/types.ts'
import { type FakeBlock, FakeChain, type Said, someAddress, someTopic } from '../doubles/fake-chain.ts'
import { type Asked, type JsonRpcDouble, type LogParameters, startJsonRpc, toRawHeader } from '../doubles/json-rpc.ts'

const POOL = someAddress(0xb0b)
const OURS = someTopic(1)
const said = (number: number): Said[] =>
  number % 2 === 0 ? [{ address: POOL, topics: [OURS, someTopic(number)] }] : [{ address: someAddress(7), topics: [] }]

const headerOf = (block: FakeBlock): Header => toHeader({ ...toRawHeader(block), baseFeePerGas: '0x1' })

describe('RpcFeed', () => {
  let chain: FakeChain
  let node: JsonRpcDouble
  let bench: Bench

  beforeEach(async () => {
    chain = new FakeChain(10, said)
    node = await startJsonRpc(chain)
    bench = benchOn(node, [headerOf(chain.head)])
  })

  afterEach(() => {
    bench.stop.abort()
    return node.close()
  })

  it('reads block after block, each with the logs that are ours', async () => {
    chain.mine(3, said)
    bench.tell(chain.head)
    const events = await bench.take(3)
    expect(events.map(shape)).to.deep.equal(['page 10 +1', 'page 11 +0', 'page 12 +1 live'])
    expect(bench.feed.tip?.hash).to.equal(chain.head.hash)
  })

  it('asks for no logs where the bloom shows none', async () => {
    chain.mine(4, said)
    bench.tell(chain.head)
    await bench.take(4)
    const asked = node.asked.filter(({ method }) => method === 'eth_getLogs').map(({ params }) => params[0])
    const wanted = [10, 12].map((number) => chain.blocks[number]?.hash)
    expect(asked.map((query) => (query as LogParameters).blockHash)).to.deep.equal(wanted)
  })

  it('makes one page of a long gap, at its last block', async () => {
    chain.mine(100, said)
    bench.tell(chain.head)
    expect((await bench.take(1)).map(shape)).to.deep.equal(['page 109 +50 live'])
    chain.mine(1, said)
    bench.tell(chain.head)
    expect((await bench.take(1)).map(shape)).to.deep.equal(['page 110 +1 live'])
  })

  it('takes nothing from a head that is told twice, or of a node that lags', async () => {
    chain.mine(2, said)
    bench.tell(chain.head)
    await bench.take(2)
    bench.tell(chain.blocks[10] as FakeBlock, chain.head, chain.blocks[9] as FakeBlock, chain.blocks[4] as FakeBlock)
    chain.mine(1, said)
    bench.tell(chain.head)
    expect((await bench.take(1)).map(shape)).to.deep.equal(['page 12 +1 live'])
  })

  it('takes nothing from a head inside a stretch that was read as one page', async () => {
    chain.mine(100, said)
    bench.tell(chain.head)
    await bench.take(1)
    bench.tell(chain.blocks[50] as FakeBlock)
    chain.mine(1, said)
    bench.tell(chain.head)
    expect((await bench.take(1)).map(shape)).to.deep.equal(['page 110 +1 live'])
  })

  for (const depth of [1, 5])
    it(`rolls ${depth} back, and goes on with the other branch`, async () => {
      chain.mine(6, said)
      bench.tell(chain.head)
      await bench.take(6)
      chain.reorg(depth, said)
      bench.tell(chain.head)
      const [first] = await bench.take(1)
      expect(first).to.deep.include({ kind: 'rollback', depth })
      expect(first?.kind === 'rollback' && first.to.number).to.equal(BigInt(15 - depth))
      const pages = await bench.take(depth + 1)
      expect(pages.map((page) => page.kind === 'page' && page.facts.block.hash)).to.deep.equal(
        chain.blocks.slice(16 - depth).map(({ hash }) => hash),
      )
    })

  it('rolls back to a branch that is not longer', async () => {
    chain.mine(3, said)
    bench.tell(chain.head)
    await bench.take(3)
    chain.reorg(2, said)
    bench.tell(chain.blocks.at(-2) as FakeBlock)
    const events = await bench.take(3)
    expect(events.map(shape)).to.deep.equal(['rollback 10 by 2', 'page 11 +0', 'page 12 +1 live'])
  })

  it('notices another branch by the parent hash, without being told of it', async () => {
    chain.mine(2, said)
    bench.tell(chain.head)
    await bench.take(2)
    chain.reorg(1, said)
    chain.mine(3, said)
    bench.tell(chain.head)
    const events = await bench.take(6)
    expect(events.map(shape).slice(0, 2)).to.deep.equal(['rollback 10 by 1', 'page 11 +0'])
  })

  it('tells of the rollback even if the node stumbled in the middle of the search', async () => {
    chain.mine(3, said)
    bench.tell(chain.head)
    await bench.take(3)
    chain.reorg(1, said)
    let stumbles = 2
    node.lie = ({ method, params }) =>
      method === 'eth_getBlockByNumber' && Number(params[0]) === 11 && stumbles-- > 0
        ? { kind: 'error', code: -32000, message: 'busy' }
        : undefined
    bench.tell(chain.blocks.at(-2) as FakeBlock)
    expect((await bench.take(2)).map(shape)).to.deep.equal(['rollback 11 by 1', 'page 12 +1 live'])
    expect(bench.problems).to.have.length(2)
  })

  it('ends with an error below what is final', async () => {
    chain.mine(5, said)
    bench.tell(chain.head)
    await bench.take(5)
    bench.feed.finalize(12n)
    expect(bench.feed.oldest?.number).to.equal(12n)
    chain.reorg(4, said)
    bench.tell(chain.head)
    const failure = await bench.take(1).catch((error: unknown) => error)
    expect(failure).to.be.an.instanceOf(ChainError).with.property('code', 'REORG_BELOW_FINALITY')
  })

  it('never applies logs of another block, and waits until the node serves the right ones', async () => {
    const wrong = chain.blocks[8] as FakeBlock
    let lies = 2
    node.lie = ({ method, params }) =>
      method === 'eth_getLogs' && lies-- > 0
        ? { kind: 'result', result: wrong.logs.map((log) => ({ ...log, blockHash: wrong.hash, asked: params })) }
        : undefined
    chain.mine(1, said)
    bench.tell(chain.head)
    const [page] = await bench.take(1)
    expect(page?.kind === 'page' && page.facts.logs.map(({ topics }) => topics[1])).to.deep.equal([someTopic(10)])
    expect(bench.problems).to.have.length(2)
  })

  /** The last blocks are replaced at that question, and the new head is told. */
  function turnAt(isTime: (asked: Asked) => boolean, depth: number): void {
    let turned = false
    node.lie = (asked) => {
      if (turned || !isTime(asked)) return undefined
      turned = true
      chain.reorg(depth, depth === 1 ? undefined : said)
      bench.tell(chain.head)
      return undefined
    }
  }

  it('never takes the silence of the block that came in its place for its own', async () => {
    chain.mine(2, said)
    bench.tell(chain.head)
    await bench.take(2)
    chain.mine(1, said)
    turnAt(({ method }) => method === 'eth_getLogs', 1)
    bench.tell(chain.head)
    const [first] = await bench.take(1)
    expect(first?.kind === 'page' && first.facts.block.hash).to.equal(chain.blocks[12]?.hash)
  })

  it('goes over to another branch in the middle of a stretch, and asks for the head anew', async () => {
    chain.mine(1, said)
    bench.tell(chain.head)
    await bench.take(1)
    chain.mine(4, said)
    turnAt(({ method, params }) => method === 'eth_getBlockByNumber' && Number(params[0]) === 13, 3)
    bench.tell(chain.head)
    const [, , ...others] = (await bench.take(7)).map(shape)
    expect(others).to.deep.equal(['rollback 11 by 1', 'page 12 +1', 'page 13 +0', 'page 14 +1', 'page 15 +0 live'])
    expect(bench.problems).to.have.length(1)
  })

  it('waits for a node that does not have the block yet', async () => {
    chain.mine(2, said)
    let missing = 2
    node.lie = ({ method, params }) =>
      method === 'eth_getBlockByNumber' && Number(params[0]) === 10 && missing-- > 0
        ? { kind: 'result', result: null }
        : undefined
    bench.tell(chain.head)
    expect((await bench.take(2)).map(shape)).to.deep.equal(['page 10 +1', 'page 11 +0 live'])
  })

  it('applies nothing of a long gap whose last block was replaced meanwhile', async () => {
    chain.mine(100, said)
    const replaced = chain.head
    let turned = false
    node.lie = ({ method }) => {
      if (method !== 'eth_getLogs' || turned) return undefined
      turned = true
      chain.reorg(1, said)
      return undefined
    }
    bench.tell(replaced)
    const events = bench.take(1)
    await new Promise((resolve) => setTimeout(resolve, 50))
    bench.tell(chain.head)
    const [page] = await events
    expect(page?.kind === 'page' && page.facts.block.hash).not.to.equal(replaced.hash)
  })

  it('keeps as many headers as may still be replaced', async () => {
    chain.mine(60, said)
    bench.tell(chain.head)
    await bench.take(60)
    expect(bench.feed.lastAt(33n)?.hash).to.equal(chain.blocks[33]?.hash)
    bench.feed.finalize(50n)
    expect(bench.feed.oldest?.number).to.equal(50n)
    expect(bench.feed.lastAt(33n)).to.equal(undefined)
    bench.feed.finalize(1000n)
    expect(bench.feed.oldest?.hash).to.equal(bench.feed.tip?.hash)
  })
})

const shape = (event: FeedEvent): string =>
  event.kind === 'page'
    ? `page ${event.facts.block.number} +${event.facts.logs.length}${event.live ? ' live' : ''}`
    : `rollback ${event.to.number} by ${event.depth}`

interface Bench {
  readonly feed: RpcFeed
  readonly stop: AbortController
  readonly problems: string[]
  tell(...heads: FakeBlock[]): void
  take(count: number): Promise<FeedEvent[]>
}

/** A feed on this node whose heads are told by hand, one after the other. */
function benchOn(node: JsonRpcDouble, known: readonly Header[]): Bench {
  const problems: string[] = []
  const onProblem = (problem: string) => void problems.push(problem)
  const rpc = new Rpc({ chain: 'test', chainId: 1, urls: [node.url], onProblem })
  const stop = new AbortController()
  const queue: Header[] = []
  let last: Header | undefined
  let wake = (): void => {}
  const heads: Heads = {
    async next(seen) {
      // After a failure the same head is given again, as `createHeads` does.
      if (last !== undefined && last.hash !== seen?.hash) return queue.length > 0 && seen ? take() : last
      while (queue.length === 0)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      return take()
    },
    forget: () => {},
    close: () => {},
  }
  const take = (): Header => {
    last = queue.shift() as Header
    return last
  }
  const batch = { read: async () => [] }
  const hooks = { onPage: () => {}, onCurrent: () => {}, onProblem }
  const feed = new RpcFeed({ rpc, batch, heads, signal: stop.signal, ...hooks }, known)
  const follower = { filters: () => [{ address: POOL, topics: [OURS] }], reads: () => [] }
  const events = feed.follow(() => [follower])
  return {
    feed,
    stop,
    problems,
    tell: (...blocks) => {
      queue.push(...blocks.map(headerOf))
      wake()
    },
    take: async (count) => {
      const taken: FeedEvent[] = []
      while (taken.length < count) {
        const { value, done } = await events.next()
        if (done) throw new Error('the feed has ended')
        taken.push(value)
      }
      return taken
    },
  }
}
