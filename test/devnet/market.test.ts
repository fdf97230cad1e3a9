import { expect } from 'chai'
import { parseAbi } from 'viem'
import { poolAbi } from '../../scripts/devnet/abis.ts'
import { type Devnet, startDevnet } from '../../scripts/devnet/index.ts'
import { l1FeeOf } from '../../scripts/devnet/l1-fees.ts'
import { multicall3Address } from '../../scripts/devnet/multicall3.ts'
import { type ReserveSymbol, reserveSymbols } from '../../scripts/devnet/risk-parameters.ts'
import { accountData } from '../../scripts/devnet/seeding.ts'
import { unitsOf } from '../../scripts/devnet/uniswap-math.ts'

const quoterAbi = parseAbi([
  'struct Quote { address tokenIn; address tokenOut; uint256 amountIn; uint24 fee; uint160 sqrtPriceLimitX96; }',
  'function quoteExactInputSingle(Quote params) returns (uint256 amountOut, uint160, uint32, uint256)',
])

const minute = 60_000
/** Seconds. */
const blockTimes = { ethereum: 12, optimism: 2, arbitrum: 0.25 }

for (const name of ['ethereum', 'optimism', 'arbitrum'] as const) {
  describe(`devnet market on ${name}`, function () {
    this.timeout(minute)
    let devnet: Devnet

    before(async () => {
      devnet = await startDevnet({ chain: name, accounts: 60, seed: 7 })
    })

    after(() => devnet?.close())

    const read = () => ({ address: devnet.market.addresses.pool, abi: poolAbi }) as const

    it('is Aave V3.6 with seven reserves', async () => {
      const { client } = devnet.chain
      expect(await client.readContract({ ...read(), functionName: 'POOL_REVISION' })).to.equal(10n)
      expect(await client.readContract({ ...read(), functionName: 'FLASHLOAN_PREMIUM_TOTAL' })).to.equal(5n)
      const listed = await client.readContract({ ...read(), functionName: 'getReservesList' })
      expect(listed).to.deep.equal(reserveSymbols.map((symbol) => devnet.market.reserves[symbol].asset))
    })

    it('has both eMode categories', async () => {
      const { client } = devnet.chain
      for (const { id, ltvBps, ltBps, bonusBps } of devnet.market.risk.eModes) {
        const args = [id] as const
        const config = await client.readContract({ ...read(), functionName: 'getEModeCategoryCollateralConfig', args })
        expect(config).to.deep.equal({ ltv: ltvBps, liquidationThreshold: ltBps, liquidationBonus: bonusBps })
      }
      const stables = { ...read(), functionName: 'getEModeCategoryCollateralBitmap', args: [1] } as const
      expect(await client.readContract(stables)).to.equal(0b0111000n)
    })

    it('has moved its indices before anybody looks', async () => {
      const args = [devnet.market.reserves.USDC.asset] as const
      const income = { ...read(), functionName: 'getReserveNormalizedIncome', args } as const
      expect(Number(await devnet.chain.client.readContract(income)) / 1e27).to.be.within(1.0001, 1.02)
    })

    it('has a population with a crowd above health 1 and nobody below', async () => {
      const healths: number[] = []
      for (const { address } of devnet.accounts) {
        healths.push(Number((await accountData(devnet.market, address)).healthFactor) / 1e18)
      }
      expect(Math.min(...healths)).to.be.above(1)
      expect(healths.filter((health) => health < 1.05)).to.have.length.above(3)
      expect(healths.filter((health) => health > 1e20)).to.have.length.above(3)
    })

    it('has users in both eModes', async () => {
      const modes: bigint[] = []
      for (const { address } of devnet.accounts) {
        const args = [address] as const
        modes.push(await devnet.chain.client.readContract({ ...read(), functionName: 'getUserEMode', args }))
      }
      expect(modes.filter((mode) => mode === 1n)).to.have.length.above(2)
      expect(modes.filter((mode) => mode === 2n)).to.have.length.above(2)
    })

    it('quotes $10,000 within one per cent of the oracle', async () => {
      const routes: [ReserveSymbol, ReserveSymbol, number][] = [
        ['WETH', 'USDC', 500],
        ['WBTC', 'WETH', 3000],
        ['wstETH', 'WETH', 100],
        ['USDT', 'USDC', 100],
        ['LINK', 'WETH', 3000],
      ]
      for (const [from, to, fee] of routes) {
        const { risk, reserves, addresses } = devnet.market
        const priced = (symbol: ReserveSymbol) => ({
          decimals: risk.reserves[symbol].decimals,
          priceUsd8: BigInt(risk.reserves[symbol].priceUsd8),
        })
        const params = {
          tokenIn: reserves[from].asset,
          tokenOut: reserves[to].asset,
          amountIn: unitsOf(10_000, priced(from)),
          fee,
          sqrtPriceLimitX96: 0n,
        }
        const quoter = { address: addresses.quoter, abi: quoterAbi, functionName: 'quoteExactInputSingle' } as const
        const { result } = await devnet.chain.client.simulateContract({ ...quoter, args: [params] })
        const ratio = Number(result[0]) / Number(unitsOf(10_000, priced(to)))
        expect(ratio, `${from} to ${to}`).to.be.within(0.99, 1.01)
      }
    })

    it('answers over HTTP and has Multicall3 in its place', async () => {
      const body = JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'eth_getCode',
        params: [multicall3Address, 'latest'],
      })
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(devnet.http, { method: 'POST', headers, body })
      expect(JSON.stringify(await answer.json())).to.match(/"result":"0x6080/)
    })

    it('shows the time of the next block at pending', async () => {
      const { head, client } = devnet.chain
      const { timestamp } = await client.getBlock({ blockTag: 'pending' })
      expect(timestamp).to.equal(devnet.chain.nextTimestamp)
      await devnet.control.mine()
      expect(devnet.chain.head).to.deep.equal({ number: head.number + 1n, timestamp })
    })

    it('keeps the time between blocks of the chain it stands for', async () => {
      const { timestamp } = devnet.chain.head
      await devnet.control.mine(20)
      expect(Number(devnet.chain.head.timestamp - timestamp) / 20).to.equal(blockTimes[name])
    })

    if (name === 'optimism') {
      it('charges for data on L1', async () => {
        // A liquidation is about 700 bytes: some tens of cents at most.
        const feeWei = await l1FeeOf(devnet.chain, `0x${'a7'.repeat(700)}`)
        expect(Number(feeWei)).to.be.within(1e10, 1e15)
      })
    }
  })
}
