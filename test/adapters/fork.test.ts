import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { inspect } from 'node:util'
import { expect } from 'chai'
import { encodeFunctionData, type Hex, parseAbi, toFunctionSelector, zeroAddress } from 'viem'
import { type Devnet, startDevnet } from '../../scripts/devnet/index.ts'
import { type Fork, openFork } from '../../src/adapters/fork/fork.ts'
import { getHeader, Rpc } from '../../src/adapters/rpc/client.ts'
import { createBatch } from '../../src/adapters/rpc/multicall.ts'
import { MULTICALL3 } from '../../src/config/chains.ts'
import { ChainError, RpcFault, UnreachableError } from '../../src/core/errors.ts'
import { FakeChain } from '../doubles/fake-chain.ts'
import { type JsonRpcDouble, type Lie, startJsonRpc } from '../doubles/json-rpc.ts'

const POOL = parseAbi([
  'function getUserAccountData(address) view returns (uint256,uint256,uint256,uint256,uint256,uint256)',
  'function liquidationCall(address,address,address,uint256,bool)',
])
const L1_FEE = parseAbi(['function getL1Fee(bytes) view returns (uint256)'])
const GAS_PRICE_ORACLE = '0x420000000000000000000000000000000000000F'
const SECRET = /canary/

const failureOf = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => undefined).catch((e) => e)

for (const chain of ['ethereum', 'optimism'] as const)
  describe(`openFork of a local ${chain}`, () => {
    let devnet: Devnet
    let parent: Rpc
    let fork: Fork

    before(async function () {
      this.timeout(60_000)
      devnet = await startDevnet({ chain, accounts: 12, seed: 3 })
      const { chainId, chainType } = devnet.chain.spec
      parent = new Rpc({ chain, chainId, urls: [devnet.http], onProblem: () => {} })
      fork = await openFork({ url: devnet.http, chainId, chainType, blockNumber: devnet.chain.head.number })
    })

    after(async () => {
      await fork?.close()
      await devnet?.close()
    })

    const pool = () => devnet.market.addresses.pool
    const dataOf = (account: Hex) => ({
      to: pool(),
      data: encodeFunctionData({ abi: POOL, functionName: 'getUserAccountData', args: [account] }),
    })

    it('stands where the parent stands, and answers batches at its block as the parent does', async () => {
      const head = await getHeader(fork.node, 'latest')
      expect(head).to.deep.equal(await getHeader(parent, 'latest'))
      const calls = devnet.accounts.map(({ address }) => dataOf(address))
      const at = { blockHash: head?.hash ?? '0x' } as const
      const [ours, theirs] = await Promise.all(
        [fork.node, parent].map(async (node) => (await createBatch(node, MULTICALL3)).read(calls, at)),
      )
      expect(ours).to.deep.equal(theirs)
      expect(ours?.every(({ result }) => (result?.length ?? 0) > 2)).to.equal(true)
    })

    it('mines on purpose only: at the time and base fee asked for, a second later when nothing is said', async () => {
      const before = await getHeader(fork.node, 'latest')
      const id = await fork.snapshot()
      await fork.node.request('hardhat_setNextBlockBaseFeePerGas', ['0x7b'])
      await fork.mine((before?.timestamp ?? 0n) + 7n)
      const first = await getHeader(fork.node, 'latest')
      expect(first).to.include({ number: (before?.number ?? 0n) + 1n, baseFeeWei: 123n, parentHash: before?.hash })
      expect(first?.timestamp).to.equal((before?.timestamp ?? 0n) + 7n)
      await fork.mine()
      expect((await getHeader(fork.node, 'latest'))?.timestamp).to.equal((before?.timestamp ?? 0n) + 8n)
      await fork.revert(id)
      expect(await getHeader(fork.node, 'latest')).to.deep.equal(before)
      expect(await getHeader(parent, 'latest')).to.deep.equal(before)
    })

    it('goes back to a snapshot once', async () => {
      const id = await fork.snapshot()
      await fork.node.request('hardhat_setBalance', [pool(), '0x2a'])
      expect(await fork.node.request('eth_getBalance', [pool(), 'latest'])).to.equal('0x2a')
      await fork.revert(id)
      expect(await fork.node.request('eth_getBalance', [pool(), 'latest'])).to.equal('0x0')
      expect(await failureOf(fork.revert(id))).to.be.instanceOf(RangeError)
    })

    it("hands on the pool's custom errors as data", async () => {
      const { USDC, WETH } = devnet.market.reserves
      const healthy = devnet.accounts[0]?.address ?? zeroAddress
      const args = [WETH?.asset ?? zeroAddress, USDC?.asset ?? zeroAddress, healthy, 1n, false] as const
      const data = encodeFunctionData({ abi: POOL, functionName: 'liquidationCall', args })
      const fault = await failureOf(fork.node.request('eth_call', [{ to: pool(), data }, 'latest']))
      expect(fault).to.be.instanceOf(RpcFault)
      expect((fault as RpcFault).data).to.equal(toFunctionSelector('function HealthFactorNotBelowThreshold()'))
    })

    if (chain === 'optimism')
      it("keeps the parent's L1 fee parameters", async () => {
        const data = encodeFunctionData({ abi: L1_FEE, functionName: 'getL1Fee', args: [`0x${'ab'.repeat(300)}`] })
        const ask = [{ to: GAS_PRICE_ORACLE, data }, 'latest']
        const fee = await fork.node.request('eth_call', ask)
        expect(BigInt(fee as Hex) > 0n).to.equal(true)
        expect(fee).to.equal(await parent.request('eth_call', ask))
      })
  })

describe('openFork of a node in trouble', () => {
  let node: JsonRpcDouble

  beforeEach(async () => {
    node = await startJsonRpc(new FakeChain(10, () => []))
  })
  afterEach(() => node.close())

  const open = (blockNumber = 5n): Promise<unknown> =>
    failureOf(openFork({ url: node.url, chainId: 1, blockNumber, chainType: 'l1' }))
  const on = (method: string, lie: Lie): void => {
    node.lie = (asked) => (asked.method === method ? lie : undefined)
  }
  const expectNamed = (error: unknown, kind: typeof ChainError | typeof UnreachableError, code: string): void => {
    expect(error).to.be.instanceOf(kind)
    expect((error as ChainError).code).to.equal(code)
    expect(inspect(error, { depth: 9 })).not.to.match(SECRET)
  }

  it('says that nobody answers, with the host alone', async () => {
    await node.close()
    expectNamed(await open(), UnreachableError, 'FORK_PARENT_UNREACHABLE')
    node = await startJsonRpc(new FakeChain(10, () => []))
    on('eth_chainId', { kind: 'http', status: 401, body: `key ${node.url} is not valid` })
    expectNamed(await open(), UnreachableError, 'FORK_PARENT_UNREACHABLE')
  })

  it('refuses another chain', async () => {
    node.chainId = 10
    expectNamed(await open(), ChainError, 'WRONG_CHAIN_ID')
  })

  it('names a block that is not there, however the node puts it', async () => {
    expectNamed(await open(99n), ChainError, 'FORK_BLOCK_MISSING')
    on('eth_getBlockByNumber', { kind: 'error', code: -32000, message: 'header not found' })
    expectNamed(await open(), ChainError, 'FORK_BLOCK_MISSING')
  })

  it("names a state that the node has dropped, in the node's words", async () => {
    on('eth_getBalance', { kind: 'error', code: -32000, message: 'missing trie node' })
    const error = await open()
    expectNamed(error, ChainError, 'FORK_STATE_PRUNED')
    expect((error as ChainError).why).to.contain('missing trie node')
  })

  it('says so when the parent takes no more questions later, and shows no key', async function () {
    this.timeout(60_000)
    const devnet = await startDevnet({ chain: 'ethereum', accounts: 1, seed: 1 })
    const gate = await startGate(devnet.http)
    const url = `${gate.url}/v2/canary-key`
    const fork = await openFork({ url, chainId: 1, blockNumber: devnet.chain.head.number, chainType: 'l1' })
    gate.shut()
    const error = await failureOf(fork.node.request('eth_getBalance', [`0x${'ab'.repeat(20)}`, 'latest']))
    await fork.close()
    await gate.close()
    await devnet.close()
    expectNamed(error, UnreachableError, 'FORK_PARENT_UNREACHABLE')
  })
})

/** Hands requests on to a node until it is shut: then it answers like a provider whose key has run out. */
async function startGate(target: string): Promise<{ url: string; shut(): void; close(): Promise<void> }> {
  let open = true
  const server = createServer(async (request, response) => {
    const body = await text(request)
    if (!open) return void response.writeHead(401).end(`no credit for ${request.url}`)
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(target, { method: 'POST', headers, body })
    response.writeHead(answer.status, headers).end(await answer.text())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    shut: () => {
      open = false
    },
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  }
}
