import { expect } from 'chai'
import { getHeader, type Rpc } from '../../src/adapters/rpc/client.ts'
import { createBatch } from '../../src/adapters/rpc/multicall.ts'
import { RpcFault } from '../../src/core/errors.ts'
import type { Call } from '../../src/core/types.ts'
import { type Mirror, startMirror } from '../protocols/aave-v3/mirror.ts'

const NOWHERE = '0x0000000000000000000000000000000000000999'

const nobody = (n: number) => `0x${(0xabcdef0000 + n).toString(16).padStart(40, '0')}` as const

describe('batched reads', function () {
  this.timeout(60_000)
  let mirror: Mirror
  let calls: Call[]

  before(async () => {
    mirror = await startMirror({ chain: 'ethereum', accounts: 40, seed: 5 })
    const { audit } = mirror.book.protocol
    const { ledger } = mirror.book
    const accounts = [...Array(ledger.size).keys()].map((account) => audit.account(ledger, account))
    const reverting = { ...(accounts[0] as Call), data: '0xdeadbeef' } as const
    const empty = { to: NOWHERE, data: '0x01020304' } as const
    calls = [reverting, ...accounts, empty, ...audit.totals(ledger), reverting]
  })

  after(() => mirror?.close())

  const at = () => ({ blockHash: mirror.book.head?.hash ?? '0x' })

  it('answer alike through Multicall3, through our own Batch, and in any size', async () => {
    const { multicall3 } = mirror.devnet.market.addresses
    const through = await (await createBatch(mirror.rpc, multicall3)).read(calls, at())
    const own = await createBatch(mirror.rpc, NOWHERE)
    expect(through.map(({ to, data }) => ({ to, data }))).to.deep.equal(calls)
    expect(through[0]?.result).to.equal(undefined)
    expect(through.at(-1)?.result).to.equal(undefined)
    expect(through[1]?.result).to.have.length(2 + 6 * 64)
    for (const size of [1, 7, 1000]) expect(await own.read(calls, at(), { size })).to.deep.equal(through)
    expect(await own.read([], at())).to.deep.equal([])
  })

  it('are halved when the node finds them too much, and whole in the end', async () => {
    const truth = await mirror.batch.read(calls, at())
    const halved = await createBatch(limited(mirror.rpc, 5000), mirror.devnet.market.addresses.multicall3)
    expect(await halved.read(calls, at())).to.deep.equal(truth)
  })

  it('tell who is a contract, many at once and among other calls', async () => {
    const { chain, market } = mirror.devnet
    const delegated = '0x00000000000000000000000000000000000de1e6'
    await chain.rpc('hardhat_setCode', delegated, `0xef0100${NOWHERE.slice(2)}`)
    await mirror.devnet.control.mine(1)
    const asked = [market.addresses.pool, NOWHERE, delegated, market.addresses.multicall3] as const
    const codes = asked.map((to) => ({ to, data: '0x' as const }))
    const many = Array.from({ length: 2100 }, (_, n) => ({ to: nobody(n), data: '0x' as const }))
    const at = { blockHash: (await getHeader(mirror.rpc, 'latest'))?.hash ?? '0x' }
    const mixed = [...codes.slice(0, 2), calls[1] as Call, ...codes.slice(2), ...many]
    const told = await mirror.batch.read(mixed, at)
    expect(told.map(({ to, data }) => ({ to, data }))).to.deep.equal(mixed)
    expect(told.slice(0, 5).map(({ result }) => result?.length)).to.deep.equal([4, 4, 2 + 6 * 64, 4, 4])
    expect([0, 1, 3, 4].map((i) => told[i]?.result)).to.deep.equal(['0x01', '0x00', '0x00', '0x01'])
    expect(new Set(told.slice(5).map(({ result }) => result))).to.deep.equal(new Set(['0x00']))
  })

  it('are asked at the block by its hash: an orphan is a fault, not an answer', async () => {
    await mirror.devnet.control.mine(2)
    const orphan = await getHeader(mirror.rpc, 'latest')
    await mirror.devnet.history.reorg(1)
    const failure = await mirror.batch.read(calls, { blockHash: orphan?.hash ?? '0x' }).catch((error: unknown) => error)
    expect(failure).to.be.an.instanceOf(RpcFault)
  })
})

/** The same node, which refuses calls of more than so many characters. */
function limited(rpc: Rpc, most: number): Rpc {
  return new Proxy(rpc, {
    get: (target, name) => {
      if (name !== 'request') return Reflect.get(target, name)
      return (method: string, params: readonly unknown[]) => {
        if (method === 'eth_call' && JSON.stringify(params).length > most)
          throw new RpcFault(method, -32000, 'out of gas: gas required exceeds allowance', undefined)
        return target.request(method, params)
      }
    },
  })
}
