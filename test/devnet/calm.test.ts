import { expect } from 'chai'
import { parseAbi } from 'viem'
import { type Devnet, startDevnet } from '../../scripts/devnet/index.ts'
import { accountData } from '../../scripts/devnet/seeding.ts'

const options = { chain: 'ethereum', accounts: 40, seed: 5 } as const

async function debtOf({ market, accounts }: Devnet): Promise<bigint> {
  const data = await Promise.all(accounts.map(({ address }) => accountData(market, address)))
  return data.reduce((sum, { totalDebtBase }) => sum + totalDebtBase, 0n)
}

const suppliedOf = ({ market, chain }: Devnet): Promise<bigint> =>
  chain.client.readContract({
    address: market.reserves.WETH.aToken,
    abi: parseAbi(['function totalSupply() view returns (uint256)']),
    functionName: 'totalSupply',
  })

/** Of the pool of ether and dollars, at its price. */
async function liquidityOf({ market, chain }: Devnet): Promise<bigint> {
  const { WETH, USDC } = market.reserves
  const pool = await chain.client.readContract({
    address: market.addresses.uniswapFactory,
    abi: parseAbi(['function getPool(address, address, uint24) view returns (address)']),
    functionName: 'getPool',
    args: [WETH.asset, USDC.asset, 500],
  })
  const abi = parseAbi(['function liquidity() view returns (uint128)'])
  return chain.client.readContract({ address: pool, abi, functionName: 'liquidity' })
}

const priceOf = async ({ market, chain }: Devnet): Promise<bigint> =>
  chain.client.readContract({
    address: market.reserves.WETH.aggregator,
    abi: [
      { type: 'function', name: 'latestAnswer', inputs: [], outputs: [{ type: 'int256' }], stateMutability: 'view' },
    ],
    functionName: 'latestAnswer',
  })

describe('devnet calm', function () {
  this.timeout(60_000)
  let devnet: Devnet

  before(async () => {
    devnet = await startDevnet(options)
  })

  after(() => devnet?.close())

  it('trembles around the price, one block so many seconds after the other, the same each time', async () => {
    const other = await startDevnet(options)
    const hashes: string[][] = []
    for (const one of [devnet, other]) {
      const calm = one.calm()
      const before = { price: await priceOf(one), head: one.chain.head }
      const seen = new Set<bigint>()
      const found: string[] = []
      for (let i = 0; i < 30; i++) {
        await calm.next(60, 'quiet')
        const now = await priceOf(one)
        seen.add(now)
        expect(Number(now) / Number(before.price)).to.be.within(0.997, 1.003)
        found.push((await one.chain.client.getBlock()).hash)
      }
      hashes.push(found)
      expect(seen.size).to.be.above(25)
      expect(one.chain.head.number).to.equal(before.head.number + 30n)
      expect(one.chain.head.timestamp).to.equal(before.head.timestamp + 1_800n)
    }
    await other.close()
    expect(hashes[1]).to.deep.equal(hashes[0])
  })

  it('lets people borrow more where it is asked to', async () => {
    const calm = devnet.calm()
    const before = await debtOf(devnet)
    for (let i = 0; i < 10; i++) await calm.next(60, 'build')
    expect(await debtOf(devnet)).to.satisfy((after: bigint) => after > (before * 1_001n) / 1_000n)
  })

  it('lets somebody bring ether, and liquidity come back to the price once, where bids are asked for', async () => {
    const calm = devnet.calm()
    const before = { supplied: await suppliedOf(devnet), liquidity: await liquidityOf(devnet) }
    await calm.next(60, 'bid')
    const once = await liquidityOf(devnet)
    expect(once).to.satisfy((now: bigint) => now > before.liquidity)
    await calm.next(60, 'bid')
    expect(await liquidityOf(devnet)).to.equal(once)
    // Twice ten, and what the reserve earns meanwhile.
    const brought = (await suppliedOf(devnet)) - before.supplied
    expect(Number(brought) / 1e18).to.be.within(20, 20.01)
  })

  it('stays where the price is when it settles anew', async () => {
    const calm = devnet.calm()
    await calm.next(60, 'quiet')
    const fallen = ((await priceOf(devnet)) * 80n) / 100n
    await devnet.control.setPrice('WETH', fallen)
    await calm.settle()
    await calm.next(60, 'quiet')
    expect(Number(await priceOf(devnet)) / Number(fallen)).to.be.within(0.997, 1.003)
  })
})
