import { expect } from 'chai'
import fc from 'fast-check'
import type { Hex } from 'viem'
import { Rpc } from '../../src/adapters/rpc/client.ts'
import { type HistoryProgress, scanHistory } from '../../src/adapters/rpc/history.ts'
import { ChainError, RpcFault } from '../../src/core/errors.ts'
import type { Scan } from '../../src/core/ports.ts'
import type { Log } from '../../src/core/types.ts'
import { FakeChain, type Said, someAddress, someTopic } from '../doubles/fake-chain.ts'
import { type Asked, type JsonRpcDouble, type Lie, type LogParameters, startJsonRpc } from '../doubles/json-rpc.ts'

const POOL = someAddress(0xb0b)
const BORROW = someTopic(1)
const BLOCKS = 4000
const PEOPLE = 40

/** One log in three blocks, of somebody or other; and some of no concern. */
const said = (number: number): Said[] =>
  number % 3 === 0
    ? [{ address: POOL, topics: [BORROW, someTopic(7), someTopic(100 + ((number * number) % PEOPLE))] }]
    : [{ address: POOL, topics: [someTopic(2)] }]

const key = (topics: readonly Hex[]): Hex => topics[2] ?? '0x'
const who = (logs: readonly Log[]): string[] => [...new Set(logs.map(({ topics }) => key(topics)))].sort()

const width = ({ params }: Asked): number => {
  const { fromBlock, toBlock } = params[0] as LogParameters
  return Number(toBlock) - Number(fromBlock) + 1
}

describe('scanHistory', function () {
  this.timeout(30_000)
  const chain = new FakeChain(BLOCKS, said)
  const everybody = who(chain.blocks.flatMap(({ logs }) => logs.filter(({ topics }) => topics[0] === BORROW)))
  let node: JsonRpcDouble
  let rpc: Rpc

  beforeEach(async () => {
    node = await startJsonRpc(chain)
    rpc = new Rpc({ chain: 'test', chainId: 1, urls: [node.url], onProblem: () => {} })
  })

  afterEach(() => node.close())

  const scan = (over: { progress?: Scan; range?: bigint; to?: bigint; save?: typeof ignore } = {}) =>
    scanHistory({
      rpc,
      market: 'test',
      filter: { address: POOL, topics: [BORROW] },
      key,
      from: 0n,
      to: over.to ?? BigInt(BLOCKS - 1),
      range: over.range ?? 2000n,
      progress: over.progress,
      save: over.save ?? ignore,
      onProgress: (state) => states.push(state),
      signal: new AbortController().signal,
    })
  const states: HistoryProgress[] = []
  const ignore = (_: { readonly next: bigint; readonly found: readonly Log[] }): void => {}

  const limitedTo = (blocks: number, refusal: Lie) => (asked: Asked) =>
    asked.method === 'eth_getLogs' && width(asked) > blocks ? refusal : undefined

  const REFUSALS: readonly (readonly [string, Lie])[] = [
    ['Infura', { kind: 'error', code: -32005, message: 'query returned more than 10000 results' }],
    ['Alchemy', { kind: 'error', code: -32600, message: 'up to a 500 block range', status: 400 }],
    ['geth', { kind: 'error', code: -32602, message: 'exceed max allowed range' }],
    ['QuickNode', { kind: 'error', code: -32614, message: 'eth_getLogs is limited to a 5 range', status: 413 }],
  ]

  for (const [dialect, refusal] of REFUSALS)
    for (const limit of [5, 499, 1999, 7000])
      it(`finds everybody within ${limit} blocks a request, refused as ${dialect} does`, async () => {
        const to = BigInt(limit < 100 ? 299 : BLOCKS - 1)
        node.lie = limitedTo(limit, refusal)
        expect(who(await scan({ to }))).to.deep.equal(everybody)
        const least = Math.ceil((Number(to) + 1) / limit)
        const log2 = Math.ceil(Math.log2(Math.max(limit, 2000))) + 1
        expect(node.count('eth_getLogs'), 'requests').to.be.at.most(2 * least + log2)
      })

  it('finds everybody whatever the limit and the first guess', async () => {
    const limits = fc.record({
      blocks: fc.integer({ min: 200, max: 5000 }),
      range: fc.integer({ min: 1, max: 9000 }),
    })
    await fc.assert(
      fc.asyncProperty(limits, async ({ blocks, range }) => {
        node.asked.length = 0
        node.lie = limitedTo(blocks, REFUSALS[0]?.[1] as Lie)
        expect(who(await scan({ range: BigInt(range) }))).to.deep.equal(everybody)
        const least = Math.ceil(BLOCKS / blocks)
        expect(node.count('eth_getLogs')).to.be.at.most(2 * least + Math.ceil(Math.log2(range + blocks)) + 2)
      }),
      { numRuns: 20 },
    )
  })

  it('finds everybody where the number of logs is limited, and only in places', async () => {
    node.lie = (asked) => {
      const { fromBlock } = (asked.params[0] ?? {}) as LogParameters
      const tooMany = Number(fromBlock) < 300 && width(asked) > 20
      return asked.method === 'eth_getLogs' && tooMany ? REFUSALS[0]?.[1] : undefined
    }
    expect(who(await scan())).to.deep.equal(everybody)
  })

  it('slows down, and does not narrow, when it is told that it asks too often', async () => {
    let hasty = true
    node.lie = ({ method }) => {
      if (method !== 'eth_getLogs' || !hasty) return undefined
      hasty = false
      return { kind: 'error', code: -32005, message: 'daily request count exceeded, request rate limited' }
    }
    expect(who(await scan())).to.deep.equal(everybody)
    const widths = node.asked.filter(({ method }) => method === 'eth_getLogs').map(width)
    expect(widths.slice(0, 2)).to.deep.equal([2000, 2000])
  })

  it('keeps one log for each account, and says how far it is', async () => {
    states.length = 0
    const logs = await scan()
    expect(logs).to.have.length(everybody.length)
    expect(states.at(-1)).to.include({ next: BigInt(BLOCKS), found: everybody.length, requestsLeft: 0 })
    const nexts = states.map(({ next }) => next)
    expect(nexts).to.deep.equal(nexts.toSorted((a, b) => Number(a - b)))
  })

  it('goes on where it was cut short, asking for no block twice', async () => {
    const saved: { next: bigint; logs: Log[] } = { next: 0n, logs: [] }
    const save = ({ next, found }: { readonly next: bigint; readonly found: readonly Log[] }) => {
      saved.next = next
      saved.logs.push(...found)
    }
    node.lie = (asked) =>
      asked.method === 'eth_getLogs' && Number((asked.params[0] as LogParameters).fromBlock) > 1500
        ? { kind: 'error', code: -32000, message: 'internal error' }
        : undefined
    expect(await scan({ save, range: 300n }).catch((error: unknown) => error)).to.be.an.instanceOf(RpcFault)
    expect(saved.next > 1500n && saved.next < 3500n).to.equal(true)
    node.asked.length = 0
    node.lie = () => undefined
    expect(who(await scan({ progress: saved }))).to.deep.equal(everybody)
    const froms = node.asked.filter(({ method }) => method === 'eth_getLogs').map(({ params }) => params[0])
    expect(Math.min(...froms.map((params) => Number((params as LogParameters).fromBlock)))).to.equal(Number(saved.next))
  })

  it('does nothing when all was looked at', async () => {
    const progress = { next: BigInt(BLOCKS), logs: [] }
    expect(await scan({ progress })).to.deep.equal([])
    expect(node.count('eth_getLogs')).to.equal(0)
  })

  it('refuses a node that has thrown the first block away', async () => {
    node.lie = ({ method }) => (method === 'eth_getBlockByNumber' ? { kind: 'result', result: null } : undefined)
    const failure = await scan().catch((error: unknown) => error)
    expect(failure).to.be.an.instanceOf(ChainError).with.property('code', 'HISTORY_PRUNED')
  })
})
