import * as arbitrum from '@aave-dao/aave-address-book/AaveV3Arbitrum'
import * as ethereum from '@aave-dao/aave-address-book/AaveV3Ethereum'
import * as optimism from '@aave-dao/aave-address-book/AaveV3Optimism'
import { expect } from 'chai'
import { type Address, parseAbi } from 'viem'
import { poolAbi } from '../../scripts/devnet/abis.ts'
import type { ChainName } from '../../scripts/devnet/chain-spec.ts'
import { type Devnet, startDevnet } from '../../scripts/devnet/index.ts'
import { l1FeeOf } from '../../scripts/devnet/l1-fees.ts'
import { reserveSymbols } from '../../scripts/devnet/risk-parameters.ts'
import { CHAINS } from '../../src/config/chains.ts'
import { MARKETS } from '../../src/config/markets.ts'

const abi = parseAbi([
  'function getPool() view returns (address)',
  'function getPoolConfigurator() view returns (address)',
  'function getPriceOracle() view returns (address)',
  'function getACLManager() view returns (address)',
  'function getPoolDataProvider() view returns (address)',
  'function getSourceOfAsset(address) view returns (address)',
  'function getAssetPrice(address) view returns (uint256)',
  'function ADDRESSES_PROVIDER() view returns (address)',
  'function WETH9() view returns (address)',
  'function factory() view returns (address)',
  'function symbol() view returns (string)',
])
const factoryAbi = parseAbi(['function getPool(address, address, uint24) view returns (address)'])
const quoterAbi = parseAbi([
  'struct Quote { address tokenIn; address tokenOut; uint256 amountIn; uint24 fee; uint160 sqrtPriceLimitX96; }',
  'function quoteExactInputSingle(Quote params) returns (uint256 amountOut, uint160, uint32, uint256)',
])

const books = { ethereum, optimism, arbitrum }
/** WETH against native USDC at 0.05 %, as everybody knows these pools: Uniswap derives them from factory, tokens and code. */
const knownPools: Readonly<Record<ChainName, Address>> = {
  ethereum: '0x88e6A0c2dDD26FEEb64F039a2c41296FcB3f5640',
  optimism: '0x1fb3cf6e48F1E7B10213E7b6d87D4c073C7Fdb7b',
  arbitrum: '0xC6962004f452bE9203591991D15f6b388e09E8D0',
}

for (const name of ['ethereum', 'optimism', 'arbitrum'] as const)
  describe(`replica of ${name}`, function () {
    this.timeout(60_000)
    const book = books[name]
    let devnet: Devnet

    before(async () => {
      devnet = await startDevnet({ chain: name, accounts: 12, seed: 4, replica: true })
    })
    after(() => devnet?.close())

    type Reader = Extract<(typeof abi)[number], { inputs: readonly [] }>['name']
    const ask = (address: Address, functionName: Reader): Promise<string> =>
      devnet.chain.client.readContract({ address, abi, functionName })
    const usdc = () => devnet.market.reserves.USDC.asset

    it("starts at the market's first block", async () => {
      const { client } = devnet.chain
      const fromBlock = BigInt(MARKETS[`aave-v3-${name}`]?.fromBlock ?? 0)
      const address: Address = book.POOL_ADDRESSES_PROVIDER
      expect(await client.getCode({ address, blockNumber: fromBlock - 1n })).to.equal(undefined)
      expect(Number(devnet.chain.head.number - fromBlock)).to.be.within(1, 200)
      expect((await client.getBlock({ blockNumber: fromBlock - 1000n })).transactions).to.deep.equal([])
    })

    it('has the market where it really is, reached from the addresses provider', async () => {
      const provider = book.POOL_ADDRESSES_PROVIDER
      expect(await ask(provider, 'getPool')).to.equal(book.POOL)
      expect(await ask(provider, 'getPoolConfigurator')).to.equal(book.POOL_CONFIGURATOR)
      expect(await ask(provider, 'getPriceOracle')).to.equal(book.ORACLE)
      expect(await ask(provider, 'getACLManager')).to.equal(book.ACL_MANAGER)
      expect(await ask(provider, 'getPoolDataProvider')).to.equal(book.AAVE_PROTOCOL_DATA_PROVIDER)
      const users: Address[] = [book.POOL, book.ORACLE, book.ACL_MANAGER, book.AAVE_PROTOCOL_DATA_PROVIDER]
      for (const address of users) expect(await ask(address, 'ADDRESSES_PROVIDER')).to.equal(provider)
    })

    it('lists the real tokens at prices from the real sources', async () => {
      const { client } = devnet.chain
      const pool = { address: book.POOL, abi: poolAbi } as const
      expect(await client.readContract({ ...pool, functionName: 'POOL_REVISION' })).to.equal(10n)
      const listed = await client.readContract({ ...pool, functionName: 'getReservesList' })
      const oracle = { address: book.ORACLE, abi } as const
      for (const [index, symbol] of reserveSymbols.entries()) {
        const real = symbol === 'USDC' && 'USDCn' in book.ASSETS ? book.ASSETS.USDCn : book.ASSETS[symbol]
        expect(listed[index]).to.equal(real.UNDERLYING)
        expect(await ask(real.UNDERLYING, 'symbol')).to.equal(symbol)
        const args = [real.UNDERLYING] as const
        expect(await client.readContract({ ...oracle, functionName: 'getSourceOfAsset', args })).to.equal(real.ORACLE)
        const price = await client.readContract({ ...oracle, functionName: 'getAssetPrice', args })
        expect(Number(price) / devnet.market.risk.reserves[symbol].priceUsd8).to.be.within(0.99, 1.01)
      }
    })

    it('has Uniswap where our configuration says, its pools included', async () => {
      const { uniswapV3, wrappedNative } = CHAINS[name] ?? expect.fail(`no chain ${name}`)
      const { quoter, router = expect.fail('no router'), factory } = uniswapV3
      for (const address of [quoter, router]) {
        expect(await ask(address, 'factory')).to.equal(factory)
        expect(await ask(address, 'WETH9')).to.equal(wrappedNative)
      }
      const { client } = devnet.chain
      const args = [wrappedNative, usdc(), 500] as const
      const found = await client.readContract({ address: factory, abi: factoryAbi, functionName: 'getPool', args })
      expect(found).to.equal(knownPools[name])
      const params = { tokenIn: wrappedNative, tokenOut: usdc(), amountIn: 10n ** 18n, fee: 500, sqrtPriceLimitX96: 0n }
      const quote = { address: quoter, abi: quoterAbi, functionName: 'quoteExactInputSingle', args: [params] } as const
      const { result } = await client.simulateContract(quote)
      expect((Number(result[0]) * 100) / devnet.market.risk.reserves.WETH.priceUsd8).to.be.within(0.99, 1.01)
    })

    it('gives the same blocks each time, with a story that moves', async () => {
      const other = await startDevnet({ chain: name, accounts: 12, seed: 4, replica: true })
      try {
        for (const { story, chain } of [devnet, other]) {
          const steps = story(12)
          for (let step = await steps.next(); step !== undefined; step = await steps.next())
            if (step.step === 6) expect(step.actions.some((action) => action.startsWith('report WETH'))).to.equal(true)
          expect(chain.head.number).to.equal(devnet.chain.head.number)
        }
        const [one, two] = await Promise.all([devnet, other].map(({ chain }) => chain.client.getBlock()))
        expect(two?.hash).to.equal(one?.hash)
      } finally {
        await other.close()
      }
    })

    if (name === 'ethereum')
      it('has its first aToken and its rewards controller where they really are: the same creations, counted alike', () => {
        expect(devnet.market.reserves.WETH.aToken).to.equal(ethereum.ASSETS.WETH.A_TOKEN)
        expect(devnet.market.addresses.rewardsController).to.equal(ethereum.DEFAULT_INCENTIVES_CONTROLLER)
      })

    if (name === 'optimism')
      it('charges for data on L1 although it stands on blocks of older rules', async () => {
        expect(Number(await l1FeeOf(devnet.chain, `0x${'a7'.repeat(700)}`))).to.be.within(1e10, 1e15)
      })
  })
