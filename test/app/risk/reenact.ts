import { expect } from 'chai'
import { type Address, encodeFunctionData, type Log, parseAbi, parseEventLogs } from 'viem'
import { poolAbi } from '../../../scripts/devnet/abis.ts'
import { namedAccount } from '../../../scripts/devnet/chain.ts'
import { type ReserveSymbol, reserveSymbols } from '../../../scripts/devnet/risk-parameters.ts'
import { WAD } from '../../../src/core/math.ts'
import type { Cascade, CascadeCall } from '../../../src/core/risk/cascade.ts'
import type { Reference } from '../../../src/core/risk/reference.ts'
import type { Trade } from '../../../src/core/risk/trading.ts'
import { eventsOf } from '../../protocols/aave-v3/aftermath.ts'
import { type LeveragedMarket, liquidator } from './leveraged-market.ts'

const routerAbi = parseAbi([
  'struct Swap { address tokenIn; address tokenOut; uint24 fee; address recipient; uint256 deadline; uint256 amountIn; uint256 amountOutMinimum; uint160 sqrtPriceLimitX96; }',
  'function exactInputSingle(Swap params) payable returns (uint256)',
])
const swapAbi = parseAbi([
  'event Swap(address indexed sender, address indexed recipient, int256 amount0, int256 amount1, uint160 sqrtPriceX96, uint128 liquidity, int24 tick)',
])
const slotAbi = parseAbi(['function slot0() view returns (uint160, int24, uint16, uint16, uint16, uint8, bool)'])
const ENDLESS = 2n ** 100n
const UNITS_OUT = 0n

/** A swap as a chain's own event tells it. */
interface Told {
  readonly pool: string
  readonly amountIn: bigint
  readonly amountOut: bigint
  readonly sqrtPriceX96: bigint
}

const toldOf = ({ pool, amountIn, amountOut, sqrtPriceX96 }: Trade): Told => ({
  pool,
  amountIn,
  amountOut,
  sqrtPriceX96,
})

const swapsIn = (logs: Log[]): Told[] =>
  parseEventLogs({ abi: swapAbi, logs, eventName: 'Swap' }).map(({ address, args }) => {
    const [amountIn, out] = args.amount0 > 0n ? [args.amount0, args.amount1] : [args.amount1, args.amount0]
    return { pool: address.toLowerCase(), amountIn, amountOut: -out, sqrtPriceX96: args.sqrtPriceX96 }
  })

/**
 * The same wave on the chain itself, all of it at the mirror's moment: feeds that report, arbitrageurs, `liquidationCall`s, swaps
 * through the router, and feeds again by what the pools' `slot0` says. Every amount of it is held against the cascade.
 */
export class Reenactment {
  readonly #market: LeveragedMarket
  readonly #now: bigint
  readonly #prices = new Map<Address, bigint>()

  constructor(market: LeveragedMarket) {
    this.#market = market
    this.#now = market.book.head?.timestamp ?? 0n
  }

  async play(told: Cascade, { factors, kappaWad }: { factors: ReadonlyMap<Address, bigint>; kappaWad: bigint }) {
    for (const [root, price] of told.before) this.#prices.set(root, price)
    await this.#report(new Map([...factors].map(([root, wad]) => [root, ((told.before.get(root) ?? 0n) * wad) / WAD])))
    await this.#arbitrage(told.arbitrage)
    for (const [i, { prices, calls }] of told.rounds.entries()) {
      expect([...prices], `prices of round ${i + 1}`).to.have.deep.members([...this.#prices])
      expect(await this.#below(), `below health 1 in round ${i + 1}`).to.include.members(
        calls.map(({ seizure }) => seizure.borrower),
      )
      expect(await this.#below()).to.have.length(calls.length)
      const before = await Promise.all(told.references.map((one) => this.#sqrtOf(one)))
      for (const call of calls) await this.#liquidate(call)
      const answers = new Map<Address, bigint>()
      for (const [n, reference] of told.references.entries()) {
        const after = await this.#sqrtOf(reference)
        answers.set(reference.root, this.#answer(reference, { before: before[n] ?? 0n, after, kappaWad }))
      }
      await this.#report(answers)
    }
    expect([...told.finalPrices]).to.have.deep.members([...this.#prices])
    const left = await this.#below()
    expect(left).to.have.length(told.left.accounts)
    return left.length
  }

  /** What is repaid, seized, paid as a fee, written off, sold and received. */
  async #liquidate({ seizure, done, sale }: CascadeCall): Promise<void> {
    const { chain, market } = this.#market.devnet
    const { collateralAsset, debtAsset, borrower, debtToCover } = seizure
    const args = [collateralAsset, debtAsset, borrower, debtToCover, false] as const
    const data = encodeFunctionData({ abi: poolAbi, functionName: 'liquidationCall', args })
    await chain.send({ from: liquidator, to: market.addresses.pool, data })
    expect(eventsOf(await this.#settle())).to.deep.equal(done)
    for (const trade of sale?.trades ?? []) {
      await this.#swap(trade, { from: liquidator, amountIn: trade.amountIn, sqrtPriceLimitX96: 0n })
      expect(swapsIn(await this.#settle())).to.deep.equal([toldOf(trade)])
    }
  }

  async #arbitrage(trades: readonly Trade[]): Promise<void> {
    for (const trade of trades) {
      const { sqrtPriceX96 } = trade
      await this.#swap(trade, { from: liquidator, amountIn: ENDLESS, sqrtPriceLimitX96: sqrtPriceX96 })
      expect(swapsIn(await this.#settle())).to.deep.equal([toldOf(trade)])
    }
  }

  #swap(
    { assetIn: tokenIn, assetOut: tokenOut, feePips: fee }: Trade,
    how: { readonly from: Address; readonly amountIn: bigint; readonly sqrtPriceLimitX96: bigint },
  ) {
    const { chain, market } = this.#market.devnet
    const { from, ...amounts } = how
    const params = {
      tokenIn,
      tokenOut,
      fee,
      recipient: from,
      deadline: 2n ** 64n,
      amountOutMinimum: UNITS_OUT,
      ...amounts,
    }
    const data = encodeFunctionData({ abi: routerAbi, functionName: 'exactInputSingle', args: [params] })
    return chain.send({ from, to: market.addresses.swapRouter, data })
  }

  /** The feeds' new answers, in a block of the same time. */
  async #report(answers: ReadonlyMap<Address, bigint>): Promise<void> {
    const { control, market } = this.#market.devnet
    for (const [root, answer] of answers) {
      if (answer === this.#prices.get(root)) continue
      const symbol = reserveSymbols.find(
        (one) => one !== 'wstETH' && market.reserves[one].source.toLowerCase() === root,
      )
      await control.reportPrice((symbol ?? expect.fail(`no feed ${root}`)) as ReserveSymbol, answer)
      this.#prices.set(root, answer)
    }
    await this.#settle()
  }

  /** old × (1 − κ × fall of slot0's price), in integers of its own. */
  #answer({ root, asset, quote }: Reference, moved: { before: bigint; after: bigint; kappaWad: bigint }): bigint {
    const old = this.#prices.get(root) ?? 0n
    const [before, after] = [moved.before ** 2n, moved.after ** 2n]
    const ratio = BigInt(asset) < BigInt(quote) ? (after * WAD) / before : (before * WAD) / after
    const left = WAD * WAD - moved.kappaWad * (WAD - ratio)
    return (old * left) / WAD ** 2n
  }

  #sqrtOf({ pool }: Reference): Promise<bigint> {
    const contract = { address: pool, abi: slotAbi, functionName: 'slot0' } as const
    return this.#market.devnet.chain.client.readContract(contract).then(([sqrt]) => sqrt)
  }

  async #below(): Promise<Address[]> {
    const { chain, market, accounts } = this.#market.devnet
    const everybody = [...this.#market.borrowers, ...accounts.map(({ address }) => address), namedAccount('rival')]
    const contract = { address: market.addresses.pool, abi: poolAbi, functionName: 'getUserAccountData' } as const
    const answers = await chain.client.multicall({
      contracts: everybody.map((user) => ({ ...contract, args: [user] as const })),
      multicallAddress: market.addresses.multicall3,
      allowFailure: false,
    })
    return everybody
      .filter((_, i) => (answers[i]?.[5] ?? WAD) < WAD)
      .map((address): Address => `0x${address.slice(2).toLowerCase()}`)
  }

  async #settle(): Promise<Log[]> {
    const receipts = await this.#market.devnet.chain.settle(this.#now)
    return receipts.flatMap(({ logs }) => logs)
  }
}
