import { expect } from 'chai'
import { type Address, concatHex, encodeAbiParameters, type Hex, pad, parseAbi, toHex } from 'viem'
import type { ReserveSymbol } from '../../scripts/devnet/risk-parameters.ts'
import { type Marketplace, uniswapV3Router } from '../../src/adapters/router/uniswap-v3.ts'
import type { Quote, Seizure } from '../../src/core/plan.ts'
import type { Batch, Router } from '../../src/core/ports.ts'
import type { Facts } from '../../src/core/types.ts'
import { type Mirror, startMirror } from '../protocols/aave-v3/mirror.ts'

const TIERS = [100, 500, 3000, 10_000]
const quoterAbi = parseAbi([
  'function quoteExactInput(bytes path, uint256 amountIn) returns (uint256, uint160[], uint32[], uint256)',
])
const PRIORITY_WEI = 7n
const NATIVE_USD8 = 2000n * 10n ** 8n

for (const chain of ['ethereum', 'optimism'] as const)
  describe(`Uniswap V3 router on ${chain}`, function () {
    this.timeout(60_000)
    let mirror: Mirror
    let counting: { batches: number; calls: number }

    before(async () => {
      mirror = await startMirror({ chain, accounts: 12, seed: 3 })
    })

    after(() => mirror?.close())

    const asset = (symbol: ReserveSymbol): Address =>
      mirror.devnet.market.reserves[symbol].asset.toLowerCase() as Address

    const seizure = (collateral: Address, debt: Address, collateralSeized: bigint): Seizure => ({
      borrower: pad('0x1', { size: 20 }),
      collateralAsset: collateral,
      debtAsset: debt,
      debtToCover: 1n,
      firstCover: 0n,
      debtCovered: 1n,
      collateralSeized,
      protocolFee: 0n,
      flashPremium: 0n,
      grossBase: 0n,
      debtPriceUsd8: 1n,
      debtDecimals: 6,
    })

    const marketplace = (over: Partial<Marketplace> = {}): Marketplace => ({
      contract: pad('0x2', { size: 20 }),
      encode: (_, { path }) => encodeAbiParameters([{ type: 'bytes' }], [path]),
      nativePriceUsd8: () => NATIVE_USD8,
      ...over,
    })

    function router(place: Marketplace | undefined = marketplace()): Router {
      counting = { batches: 0, calls: 0 }
      const batch: Batch = {
        read: (calls, at) => {
          counting.batches++
          counting.calls += calls.length
          return mirror.batch.read(calls, at)
        },
      }
      const { uniswapFactory: factory, quoter, wrappedNative } = mirror.devnet.market.addresses
      return uniswapV3Router({
        batch,
        chainId: mirror.rpc.chainId,
        factory,
        quoter,
        wrappedNative,
        l1Fee: chain === 'optimism' ? 'op' : 'none',
        priorityFeeWei: PRIORITY_WEI,
        marketplace: (market) => (market === 'm' ? place : undefined),
      })
    }

    const facts = (): Facts => {
      if (mirror.book.head === undefined) throw new Error('no head')
      return { block: mirror.book.head, logs: [], reads: [] }
    }

    /** Every path of one or two steps through any asset, asked one by one. */
    async function best(from: Address, to: Address, amountIn: bigint): Promise<bigint> {
      const { client } = mirror.devnet.chain
      const address = mirror.devnet.market.addresses.quoter
      const hub = asset('WETH')
      const direct = TIERS.map((fee) => encode([from, fee, to]))
      const through = TIERS.flatMap((a) => TIERS.map((b) => encode([from, a, hub, b, to])))
      const paths = from === hub || to === hub ? direct : [...direct, ...through]
      let most = 0n
      for (const path of paths) {
        const out = await client
          .simulateContract({ address, abi: quoterAbi, functionName: 'quoteExactInput', args: [path, amountIn] })
          .then(({ result }) => result[0])
          .catch(() => 0n)
        if (out > most) most = out
      }
      return most
    }

    for (const [from, to, amount] of [
      ['WETH', 'USDC', 10n ** 18n],
      ['WETH', 'USDC', 3000n * 10n ** 18n],
      ['WBTC', 'USDC', 10n ** 8n],
      ['WBTC', 'USDT', 10n ** 8n],
      ['wstETH', 'DAI', 10n ** 19n],
      ['LINK', 'USDC', 10n ** 21n],
      ['USDC', 'DAI', 10n ** 10n],
      ['DAI', 'WETH', 10n ** 22n],
    ] as const)
      it(`finds the best there is for ${amount} ${from} in ${to}`, async () => {
        const [quote] = await router().quote('m', [seizure(asset(from), asset(to), amount)], facts())
        expect(quote?.amountOut).to.equal(await best(asset(from), asset(to), amount))
        expect(quote && quote.gas > 600_000n && quote.gas < 2_000_000n).to.equal(true)
        expect(quote?.path.startsWith(asset(from))).to.equal(true)
        expect(quote?.path.endsWith(asset(to).slice(2))).to.equal(true)
      })

    it('swaps nothing when both are one asset', async () => {
      const [quote] = await router().quote('m', [seizure(asset('USDC'), asset('USDC'), 77n)], facts())
      expect(quote).to.include({ path: '0x', amountOut: 77n, nativePriceUsd8: NATIVE_USD8 })
    })

    it('leaves out what has no pool, and quotes the rest in their order', async () => {
      const wanted = [
        seizure(asset('WETH'), asset('USDC'), 10n ** 18n),
        seizure(pad('0xdead', { size: 20 }), asset('USDC'), 10n ** 18n),
        seizure(asset('USDC'), asset('USDC'), 5n),
        seizure(asset('WBTC'), asset('DAI'), 10n ** 8n),
      ]
      const quotes: readonly Quote[] = await router().quote('m', wanted, facts())
      expect(quotes.map((quote) => quote.seizure)).to.deep.equal([wanted[0], wanted[2], wanted[3]])
      expect(quotes.every(({ amountOut }) => amountOut > 0n)).to.equal(true)
    })

    it('looks for pools once, and then asks once for all quotes', async () => {
      const one = router()
      const wanted = [seizure(asset('WBTC'), asset('USDC'), 10n ** 8n)]
      await one.quote('m', wanted, facts())
      expect(counting.batches).to.equal(2)
      await one.quote('m', wanted, facts())
      expect(counting.batches).to.equal(3)
    })

    it('bids the highest base fee of the next block, and the tip', async () => {
      const [quote] = await router().quote('m', [seizure(asset('WETH'), asset('USDC'), 10n ** 18n)], facts())
      expect(quote?.gasPriceWei).to.equal((facts().block.baseFeeWei * 9n) / 8n + PRIORITY_WEI)
    })

    it(chain === 'optimism' ? 'counts the fee of the parent chain' : 'knows no fee of a parent chain', async () => {
      const both = [seizure(asset('USDC'), asset('USDC'), 5n), seizure(asset('WBTC'), asset('DAI'), 10n ** 8n)]
      const [short, long] = await router().quote('m', both, facts())
      if (chain === 'ethereum') expect([short?.l1FeeWei, long?.l1FeeWei]).to.deep.equal([0n, 0n])
      else {
        expect(short && short.l1FeeWei > 0n).to.equal(true)
        expect(short && long && long.l1FeeWei > short.l1FeeWei, 'a longer path costs more').to.equal(true)
      }
    })

    it('quotes nothing for a market that it does not know, or whose coin has no price', async () => {
      const wanted = [seizure(asset('WETH'), asset('USDC'), 10n ** 18n)]
      expect(await router().quote('other', wanted, facts())).to.deep.equal([])
      expect(await router(marketplace({ nativePriceUsd8: () => 0n })).quote('m', wanted, facts())).to.deep.equal([])
      expect(await router().quote('m', [], facts())).to.deep.equal([])
    })
  })

const encode = (steps: readonly (Address | number)[]): Hex =>
  concatHex(steps.map((step) => (typeof step === 'number' ? pad(toHex(step), { size: 3 }) : step)))

describe('Uniswap V3 router where every pool exists', () => {
  const [collateral, debt, hub] = [1, 2, 3].map((n) => pad(toHex(n), { size: 20 })) as [Address, Address, Address]

  it('tries the usual tiers of both steps before the unusual ones of either', async () => {
    const asked: string[] = []
    const one: Seizure = {
      borrower: collateral,
      collateralAsset: collateral,
      debtAsset: debt,
      debtToCover: 1n,
      firstCover: 0n,
      debtCovered: 1n,
      collateralSeized: 1n,
      protocolFee: 0n,
      flashPremium: 0n,
      grossBase: 0n,
      debtPriceUsd8: 1n,
      debtDecimals: 6,
    }
    const batch: Batch = {
      read: async (calls) => {
        asked.push(...calls.map(({ data }) => data))
        return calls.map((call) => ({ ...call, result: pad('0x1', { size: 32 }) }))
      },
    }
    const place: Marketplace = { contract: hub, encode: () => '0x', nativePriceUsd8: () => 1n }
    const options = { batch, chainId: 1, factory: hub, quoter: hub, wrappedNative: hub, l1Fee: 'none' as const }
    const router = uniswapV3Router({ ...options, priorityFeeWei: 0n, marketplace: () => place })
    const block = { number: 1n, hash: '0x', parentHash: '0x', timestamp: 0n, baseFeeWei: 0n, logsBloom: '0x' } as const
    await router.quote('m', [one], { block, logs: [], reads: [] }).catch(() => [])
    const tried = (...steps: (Address | number)[]) => asked.some((data) => data.includes(encode(steps).slice(2)))
    for (const fee of TIERS) expect(tried(collateral, fee, debt), `direct ${fee}`).to.equal(true)
    for (const [a, b] of [
      [500, 500],
      [500, 3000],
      [3000, 500],
    ] as const)
      expect(tried(collateral, a, hub, b, debt), `through ${a} ${b}`).to.equal(true)
  })
})
