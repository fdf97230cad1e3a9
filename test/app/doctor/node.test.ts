import { expect } from 'chai'
import type { Finding } from '../../../src/app/doctor/finding.ts'
import { checkNodes } from '../../../src/app/doctor/node.ts'
import type { ChainConfig, MarketConfig } from '../../../src/config/config.ts'
import { FakeChain } from '../../doubles/fake-chain.ts'
import { type Asked, type JsonRpcDouble, type Lie, startJsonRpc } from '../../doubles/json-rpc.ts'

const ZERO = `0x${'00'.repeat(20)}` as const
const PRUNED: Lie = { kind: 'error', code: -32000, message: 'missing trie node' }

describe('doctor: a node', () => {
  const blocks = new FakeChain(200, () => [])
  const head = blocks.blocks.at(-1)
  let node: JsonRpcDouble

  beforeEach(async () => {
    node = await startJsonRpc(blocks)
  })
  afterEach(() => node.close())

  async function look(lie: (asked: Asked) => Lie | undefined = () => undefined, over: Partial<ChainConfig> = {}) {
    node.lie = (asked) =>
      lie(asked) ?? (asked.method === 'eth_getBalance' ? { kind: 'result', result: '0x0' } : undefined)
    const chain: ChainConfig = {
      name: 'test',
      id: 1,
      rpc: [node.url],
      ws: [],
      finality: 'tag',
      blockTimeS: 12,
      requestsPerDay: undefined,
      integrity: 'bloom',
      logRange: 128,
      multicall: ZERO,
      wrappedNative: undefined,
      nativeSymbol: 'ETH',
      explorer: undefined,
      l1Fee: 'none',
      uniswapV3: undefined,
      ensResolver: undefined,
      pools: 'off',
      ...over,
    }
    const market: MarketConfig = {
      name: 'm',
      protocol: 'aave-v3',
      chain: 'test',
      addressesProvider: ZERO,
      uiPoolDataProvider: undefined,
      fromBlock: 3n,
      rules: 'auto',
      priceReads: 'every-block',
    }
    const findings = await checkNodes(chain, [market], Number(head?.timestamp ?? 0n) + 5)
    return (check: string): Finding | undefined => findings.find((one) => one.check.startsWith(check))
  }

  it('that can do everything', async () => {
    const of = await look()
    for (const check of ['RPC', 'head', 'log range', 'history', 'archive', 'WebSocket'])
      expect(of(check)?.state, check).to.equal('ok')
    expect([of('RPC')?.what, of('head')?.what, of('log range')?.what]).to.deep.equal([
      'chain id 1, block 199',
      '5 s old',
      '128 blocks in one request',
    ])
  })

  it('that limits ranges of logs: which range it takes', async () => {
    const of = await look(({ method, params }) => {
      if (method !== 'eth_getLogs') return undefined
      const { fromBlock, toBlock } = params[0] as { fromBlock: string; toBlock: string }
      const range = Number(toBlock) - Number(fromBlock) + 1
      return range > 20 ? { kind: 'error', code: -32005, message: 'block range is too large' } : undefined
    })
    expect(of('log range')).to.include({ state: 'warning', fix: 'Set logRange: 16.' })
    expect((await look(({ method }) => (method === 'eth_getLogs' ? PRUNED : undefined)))('log range')?.state).to.equal(
      'failed',
    )
  })

  it('that is no archive, and one that keeps hardly anything', async () => {
    const keeps = (blocksKept: number) =>
      look(({ method, params }) =>
        method === 'eth_getBalance' && Number(params[1]) < 199 - blocksKept ? PRUNED : undefined,
      )
    expect((await keeps(128))('archive')).to.include({ state: 'warning' })
    expect((await keeps(10))('archive')).to.include({ state: 'failed', what: 'no state of block 135' })
  })

  it('that has thrown old blocks away', async () => {
    const of = await look(({ method, params }) =>
      method === 'eth_getBlockByNumber' && params[0] === '0x3' ? { kind: 'result', result: null } : undefined,
    )
    expect(of('history')).to.include({ state: 'failed', what: 'the node does not have block 3' })
  })

  it('that goes away while it is asked', async () => {
    const of = await look(({ method }) => (method === 'eth_getBalance' ? { kind: 'reset' } : undefined))
    expect([of('RPC')?.state, of('archive')?.state]).to.deep.equal(['ok', 'failed'])
    expect(JSON.stringify(of('archive'))).not.to.include('canary')
  })

  it('whose WebSocket refuses, or is on another chain', async () => {
    expect((await look(undefined, { ws: ['ws://127.0.0.1:9/canary-key'] }))('WebSocket')).to.include({
      state: 'warning',
      what: 'it cannot be reached',
    })
  })
})
