import { inspect } from 'node:util'
import { expect } from 'chai'
import { getHeader, getLogs, Rpc } from '../../src/adapters/rpc/client.ts'
import { ChainError, RpcFault, UnreachableError } from '../../src/core/errors.ts'
import { FakeChain, someAddress, someTopic } from '../doubles/fake-chain.ts'
import { type JsonRpcDouble, type Lie, startJsonRpc } from '../doubles/json-rpc.ts'

const SECRET = /canary|127\.0\.0\.1:\d+\//

describe('Rpc', () => {
  const chain = new FakeChain(10, (number) => [{ address: someAddress(1), topics: [someTopic(number % 2)] }])
  let first: JsonRpcDouble
  let second: JsonRpcDouble
  let problems: string[]

  beforeEach(async () => {
    first = await startJsonRpc(chain)
    second = await startJsonRpc(chain)
    problems = []
  })

  afterEach(() => Promise.all([first.close(), second.close()]))

  const connectTo = (...nodes: readonly { readonly url: string }[]) =>
    new Rpc({
      chain: 'test',
      chainId: 1,
      urls: nodes.map(({ url }) => url),
      onProblem: (problem) => void problems.push(problem),
      timeoutMs: 150,
    })
  const failureOf = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => undefined).catch((e) => e)

  it('answers from the first node alone while it is well', async () => {
    const rpc = connectTo(first, second)
    expect((await getHeader(rpc, 'latest'))?.number).to.equal(9n)
    expect((await getHeader(rpc, 3n))?.hash).to.equal(chain.blocks[3]?.hash)
    expect(await getHeader(rpc, 99n)).to.equal(undefined)
    expect(second.asked).to.deep.equal([])
    expect(rpc.total).to.equal(4)
  })

  it('shows its nodes by host, with what they were asked and what they last said', async () => {
    const rpc = connectTo(first, second)
    await rpc.connect()
    const host = ({ url }: JsonRpcDouble): string => new URL(url).host
    const well = { ok: true, lastError: undefined, requestsToday: 1 }
    expect(rpc.providers).to.deep.equal([
      { ...well, host: host(first) },
      { ...well, host: host(second) },
    ])
    first.lie = () => ({ kind: 'http', status: 502, body: 'canary-key' })
    await getHeader(rpc, 'latest')
    const [broken, other] = rpc.providers
    expect(broken).to.include({ ok: false, requestsToday: 2 })
    expect(broken?.lastError).to.include('502').and.not.match(SECRET)
    expect(other).to.deep.include({ ...well, requestsToday: 2 })
    first.lie = () => undefined
    await getHeader(rpc, 'latest')
    expect(rpc.providers[0]).to.include({ ok: true, requestsToday: 4 })
  })

  const TRANSPORT: readonly (readonly [string, Lie])[] = [
    ['HTML with status 200', { kind: 'http', status: 200, body: '<html>maintenance of canary-key</html>' }],
    ['429', { kind: 'http', status: 429, body: 'slow down, canary-key', headers: { 'retry-after': '3600' } }],
    ['502', { kind: 'http', status: 502, body: '<html>bad gateway</html>' }],
    ['403', { kind: 'http', status: 403, body: '{"message":"canary-key is not allowed"}' }],
    ['a truncated body', { kind: 'http', status: 200, body: '{"jsonrpc":"2.0","id":1,"res' }],
    ['a reset', { kind: 'reset' }],
    ['silence', { kind: 'hang' }],
    ['429 in the body', { kind: 'error', code: 429, message: 'Too Many Requests' }],
  ]

  for (const [what, lie] of TRANSPORT) {
    it(`goes to the second node on ${what}`, async () => {
      const rpc = connectTo(first, second)
      await rpc.connect()
      first.lie = () => lie
      expect((await getHeader(rpc, 'latest'))?.number).to.equal(9n)
      expect(problems).to.have.length(1)
      expect(problems.join()).not.to.match(SECRET)
    })

    it(`says so, and no URL, when every node answers with ${what}`, async () => {
      const rpc = connectTo(first, second)
      await rpc.connect()
      first.lie = () => lie
      second.lie = () => lie
      const failure = await failureOf(getHeader(rpc, 'latest'))
      expect(failure).to.be.an.instanceOf(UnreachableError).with.property('exitCode', 75)
      expect(`${inspect(failure, { depth: 9, showHidden: true })} ${JSON.stringify(failure)}`).not.to.match(SECRET)
      expect(problems.join()).not.to.match(SECRET)
    })
  }

  it('says so, and no URL, when nothing listens there', async () => {
    const rpc = connectTo({ url: 'http://127.0.0.1:9/v2/canary-key' })
    const failure = await failureOf(rpc.connect())
    expect(failure).to.be.an.instanceOf(UnreachableError)
    expect(inspect(failure, { depth: 9, showHidden: true })).not.to.match(SECRET)
  })

  it('refuses the wrong chain at the start, whichever node serves it', async () => {
    for (const wrong of [first, second]) {
      wrong.chainId = 5
      const failure = await failureOf(connectTo(first, second).connect())
      expect(failure).to.be.an.instanceOf(ChainError).with.property('code', 'WRONG_CHAIN_ID')
      expect(String(failure)).not.to.match(SECRET)
      wrong.chainId = 1
    }
  })

  it('starts when one of its nodes is away, and takes that one up only after it named the right chain', async () => {
    first.lie = () => ({ kind: 'reset' })
    const rpc = connectTo(first, second)
    await rpc.connect()
    first.lie = () => undefined
    first.chainId = 5
    expect((await getHeader(rpc, 'latest'))?.number).to.equal(9n)
    expect(problems.join()).to.match(/chain id 5/)
    const asked = first.asked.length
    await getHeader(rpc, 'latest')
    expect(first.asked, 'never asked again').to.have.length(asked)
  })

  it('notices the chain behind a URL being another after a break', async () => {
    const rpc = connectTo(first, second)
    await rpc.connect()
    first.lie = () => ({ kind: 'reset' })
    await getHeader(rpc, 'latest')
    first.lie = () => undefined
    first.chainId = 5
    await getHeader(rpc, 'latest')
    expect(problems.join()).to.match(/chain id 5/)
  })

  it('leaves a node alone for a while after three failures in a row', async () => {
    const rpc = connectTo(first, second)
    await rpc.connect()
    first.lie = () => ({ kind: 'reset' })
    for (let i = 0; i < 10; i++) await getHeader(rpc, 'latest')
    expect(first.asked.length).to.be.at.most(4)
  })

  it('takes a refusal to the next node, and a revert as the answer that it is', async () => {
    const rpc = connectTo(first, second)
    await rpc.connect()
    first.lie = () => ({ kind: 'error', code: -32000, message: 'missing trie node' })
    expect((await getHeader(rpc, 'latest'))?.number).to.equal(9n)
    first.lie = () => ({ kind: 'error', code: 3, message: 'execution reverted' })
    const asked = second.asked.length
    expect(await failureOf(rpc.request('eth_call', [])))
      .to.be.an.instanceOf(RpcFault)
      .with.property('code', 3)
    expect(second.asked).to.have.length(asked)
  })

  it('gives the refusal that both share', async () => {
    const rpc = connectTo(first, second)
    first.lie = ({ method }) => (method === 'eth_foo' ? { kind: 'error', code: -32005, message: 'limit' } : undefined)
    second.lie = ({ method }) => (method === 'eth_foo' ? { kind: 'reset' } : undefined)
    const failure = await failureOf(rpc.request('eth_foo', []))
    expect(failure).to.be.an.instanceOf(RpcFault).with.property('code', -32005)
  })

  describe('logs', () => {
    const at = { addresses: [someAddress(1)], topics: [someTopic(0)] }

    it('are those of the block that was asked for', async () => {
      const { hash } = chain.head
      expect(await getLogs(connectTo(first), { ...at, at: { blockHash: hash } })).to.have.length(0)
      const even = chain.blocks[8]?.hash ?? '0x'
      expect(await getLogs(connectTo(first), { ...at, at: { blockHash: even } })).to.have.length(1)
      const range = { fromBlock: 0n, toBlock: 9n }
      expect(await getLogs(connectTo(first), { ...at, at: range })).to.have.length(5)
    })

    for (const [what, result] of [
      ['of another block', [{ address: someAddress(1), topics: [], data: '0x', blockHash: chain.blocks[1]?.hash }]],
      ['that are no list', null],
      ['that are text', 'none'],
    ] as const)
      it(`${what} are refused`, async () => {
        first.lie = ({ method }) => (method === 'eth_getLogs' ? { kind: 'result', result } : undefined)
        const failure = await failureOf(getLogs(connectTo(first), { ...at, at: { blockHash: chain.head.hash } }))
        expect(failure).to.be.an.instanceOf(RpcFault)
      })
  })
})
