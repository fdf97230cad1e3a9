import { expect } from 'chai'
import fc from 'fast-check'
import type { Address } from 'viem'
import { Rpc } from '../../src/adapters/rpc/client.ts'
import { type PastFollower, type PastStep, readPast } from '../../src/adapters/rpc/past.ts'
import { ChainError } from '../../src/core/errors.ts'
import type { Batch } from '../../src/core/ports.ts'
import { type Call, callKey, type Facts, type Read } from '../../src/core/types.ts'
import { FakeChain, type Said, someAddress, someTopic } from '../doubles/fake-chain.ts'
import { type JsonRpcDouble, type LogParameters, startJsonRpc } from '../doubles/json-rpc.ts'

const POOL = someAddress(0xb0b)
const LATER = someAddress(0x1a7e)
const EVENT = someTopic(1)
const BLOCKS = 300

/** Ours in every seventh block, somebody else's in every third. */
const said = (number: number): Said[] => [
  ...(number % 7 === 0 ? [{ address: POOL, topics: [EVENT] }] : []),
  ...(number % 3 === 0 ? [{ address: POOL, topics: [someTopic(2)] }] : []),
  ...(number % 10 === 5 ? [{ address: LATER, topics: [EVENT] }] : []),
]

describe('readPast', function () {
  this.timeout(30_000)
  const chain = new FakeChain(BLOCKS, said)
  let node: JsonRpcDouble
  let rpc: Rpc

  beforeEach(async () => {
    node = await startJsonRpc(chain)
    rpc = new Rpc({ chain: 'test', chainId: 1, urls: [node.url], onProblem: () => {} })
  })
  afterEach(() => node.close())

  interface Given {
    readonly from?: bigint
    readonly to?: bigint
    readonly range?: bigint
    readonly derives?: boolean
    readonly follower?: PastFollower
    readonly onPage?: (facts: Facts) => void
  }

  const plain: PastFollower = {
    filters: () => [{ address: POOL, topics: [EVENT] }],
    reads: () => [],
    derive: () => [],
  }
  const asked: Call[][] = []
  const batch: Batch = {
    async read(calls) {
      asked.push([...calls])
      return calls.map((call) => ({ ...call, result: '0x01' as const }))
    },
  }

  async function all(given: Given = {}): Promise<PastStep[]> {
    const steps: PastStep[] = []
    const { from = 1n, to = BigInt(BLOCKS - 1), range = 50n, derives = true, follower = plain } = given
    const { signal } = new AbortController()
    const options = { rpc, batch, followers: [follower], from, to, range, derives, signal, onProgress: () => {} }
    for await (const step of readPast(options)) {
      steps.push(step)
      if (step.kind === 'page') given.onPage?.(step.facts)
    }
    return steps
  }

  const numbers = (steps: readonly PastStep[]): bigint[] =>
    steps.flatMap((step) => (step.kind === 'page' ? [step.facts.block.number] : []))

  /** No block twice, none left out. */
  function expectWhole(steps: readonly PastStep[], from: bigint, to: bigint): void {
    let next = from
    for (const step of steps) {
      const [first, last] =
        step.kind === 'page' ? [step.facts.block.number, step.facts.block.number] : [step.from, step.to]
      expect(first).to.equal(next)
      expect(last >= first).to.equal(true)
      next = last + 1n
    }
    expect(next).to.equal(to + 1n)
  }

  it('makes a page of each block with a log of ours, and of the last one', async () => {
    const steps = await all()
    expectWhole(steps, 1n, BigInt(BLOCKS - 1))
    expect(numbers(steps)).to.deep.equal([...multiples(7), BigInt(BLOCKS - 1)])
    for (const step of steps)
      if (step.kind === 'page') for (const log of step.facts.logs) expect(log.topics[0]).to.equal(EVENT)
  })

  it('covers any range in any width, whatever the node refuses', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: BLOCKS - 1 }),
        fc.integer({ min: 0, max: BLOCKS }),
        fc.bigInt(1n, 400n),
        fc.integer({ min: 3, max: 300 }),
        async (first, length, range, widest) => {
          node.lie = ({ method, params }) => {
            if (method !== 'eth_getLogs') return undefined
            const { fromBlock, toBlock } = params[0] as LogParameters
            return Number(toBlock) - Number(fromBlock) >= widest
              ? { kind: 'error', code: -32005, message: 'block range too wide' }
              : undefined
          }
          const from = BigInt(first)
          const to = BigInt(Math.min(BLOCKS - 1, first + length))
          const steps = await all({ from, to, range })
          expectWhole(steps, from, to)
          const wanted = multiples(7).filter((n) => n >= from && n <= to)
          expect(numbers(steps)).to.deep.equal(wanted.includes(to) ? wanted : [...wanted, to])
        },
      ),
      { numRuns: 25 },
    )
  })

  it('asks again from where a market grew: no log of what joined is left out, none before', async () => {
    const addresses: Address[] = [POOL]
    const growing: PastFollower = {
      ...plain,
      filters: () => addresses.map((address) => ({ address, topics: [EVENT] })),
    }
    const steps = await all({
      follower: growing,
      range: 400n,
      onPage: ({ block }) => {
        if (block.number === 70n) addresses.push(LATER)
      },
    })
    expectWhole(steps, 1n, BigInt(BLOCKS - 1))
    const fives = Array.from({ length: BLOCKS }, (_, n) => n).filter((n) => n > 70 && n % 10 === 5)
    const wanted = new Set([...multiples(7), ...fives.map(BigInt), BigInt(BLOCKS - 1)])
    expect(numbers(steps)).to.deep.equal([...wanted].sort((a, b) => (a < b ? -1 : 1)))
  })

  it('asks the node only for what cannot be derived, and says how much was', async () => {
    const calls: Call[] = [1, 2, 3].map((n) => ({ to: someAddress(n), data: '0x12' }))
    const answered = new Set<string>()
    const deriving: PastFollower = {
      filters: plain.filters,
      reads: ({ reads }) => (reads.length > 0 ? [] : calls),
      derive: (_, wanted): Read[] => {
        for (const call of wanted) answered.add(callKey(call))
        return wanted.filter(({ to }) => to !== someAddress(2)).map((call) => ({ ...call, result: '0x02' }))
      },
    }
    asked.length = 0
    const [, page] = await all({ follower: deriving, to: 7n })
    if (page?.kind !== 'page') throw new Error('block 7 is a page')
    expect(page.derived).to.equal(2)
    expect(page.facts.reads.map(({ to, result }) => [to, result])).to.deep.equal([
      [someAddress(1), '0x02'],
      [someAddress(3), '0x02'],
      [someAddress(2), '0x01'],
    ])
    expect(asked).to.deep.equal([[calls[1]]])
    asked.length = 0
    const [, whole] = await all({ follower: deriving, to: 7n, derives: false })
    expect(whole?.kind === 'page' && whole.derived).to.equal(0)
    expect(asked).to.deep.equal([calls])
  })

  it('refuses a header that is not that of the logs', async () => {
    node.lie = ({ method, params }) => {
      if (method !== 'eth_getBlockByNumber' || params[0] !== '0x23') return undefined
      const other = chain.blocks[34]
      return { kind: 'result', result: { ...headerOf(other), number: '0x23' } }
    }
    const error = await all().then(
      () => undefined,
      (fault: unknown) => fault,
    )
    expect(error).to.be.instanceOf(ChainError)
    expect((error as ChainError).code).to.equal('PAST_CHANGED')
  })
})

const multiples = (of: number): bigint[] =>
  Array.from({ length: BLOCKS }, (_, n) => n)
    .filter((n) => n > 0 && n % of === 0)
    .map(BigInt)

const headerOf = (block: FakeChain['head'] | undefined): object => ({
  hash: block?.hash,
  parentHash: block?.parentHash,
  timestamp: `0x${block?.timestamp.toString(16)}`,
  logsBloom: block?.logsBloom,
})
