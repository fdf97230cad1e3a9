import { expect } from 'chai'
import { encodeFunctionData } from 'viem'
import { poolAbi } from '../../scripts/devnet/abis.ts'
import { encodeMint } from '../../scripts/devnet/actions.ts'
import { type Devnet, startDevnet } from '../../scripts/devnet/index.ts'

describe('devnet control', function () {
  this.timeout(60_000)
  let devnet: Devnet

  before(async () => {
    devnet = await startDevnet({ chain: 'ethereum', accounts: 12, seed: 3 })
  })

  after(() => devnet?.close())

  const revision = () => {
    const pool = { address: devnet.market.addresses.pool, abi: poolAbi } as const
    return devnet.chain.client.readContract({ ...pool, functionName: 'POOL_REVISION' })
  }

  it('lists an eighth reserve', async () => {
    const { rates, ...parameters } = devnet.market.risk.reserves.LINK
    const listing = { ...parameters, rates }
    const { asset } = await devnet.control.addReserve({
      symbol: 'NEW',
      decimals: 18,
      priceUsd8: 10n ** 8n,
      parameters: listing,
    })
    const pool = { address: devnet.market.addresses.pool, abi: poolAbi } as const
    const listed = await devnet.chain.client.readContract({ ...pool, functionName: 'getReservesList' })
    expect(listed.at(-1)).to.equal(asset)
  })

  it('freezes a reserve', async () => {
    const { asset } = devnet.market.reserves.DAI
    const hash = await devnet.control.configure({ functionName: 'setReserveFreeze', args: [asset, true] })
    const { status } = await devnet.chain.client.getTransactionReceipt({ hash })
    expect(status).to.equal('success')
  })

  it('upgrades to a revision nobody knows, and back', async () => {
    await devnet.control.upgradePool(await devnet.control.deployPool('unknown revision'))
    expect(await revision()).to.equal(99n)
    await devnet.control.upgradePool(await devnet.control.deployPool('known revision'))
    expect(await revision()).to.equal(10n)
  })

  it('sets the clock', async () => {
    const { timestamp } = devnet.chain.head
    await devnet.control.advance(3600)
    expect(devnet.chain.head.timestamp).to.equal(timestamp + 3600n)
  })

  it('insists on success of what it executes', async () => {
    const stranger = devnet.control.as('0x00000000000000000000000000000000000000aa')
    const { asset } = devnet.market.reserves.USDC
    const refusal = await stranger.execute(asset, encodeMint(asset, 1n)).catch((error: unknown) => error)
    expect(refusal).to.be.an('error').with.property('name', 'TransactionReverted')
  })

  it('replaces blocks and keeps what was in them', async () => {
    const { chain, control, history } = devnet
    const { asset } = devnet.market.reserves.USDC
    const holder = '0x00000000000000000000000000000000000000bb'
    await control.as(devnet.market.addresses.governance).execute(asset, encodeMint(holder, 5n))
    await control.mine(2)
    const { number: height } = chain.head
    const { hash } = await chain.client.getBlock({ blockNumber: height })
    await history.reorg(3)
    expect(chain.head.number).to.equal(height + 1n)
    expect((await chain.client.getBlock({ blockNumber: height })).hash).not.to.equal(hash)
    const data = encodeFunctionData({
      abi: [
        { type: 'function', name: 'balanceOf', stateMutability: 'view', inputs: [{ type: 'address' }], outputs: [] },
      ],
      functionName: 'balanceOf',
      args: [holder],
    })
    expect(BigInt((await chain.client.call({ to: asset, data })).data ?? 0)).to.equal(5n)
  })
})
