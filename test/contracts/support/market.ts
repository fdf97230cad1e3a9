import { network } from 'hardhat'
import { type Address, concatHex, type Hex, numberToHex, parseAbi, parseUnits } from 'viem'
import { aggregatorAbi, poolAbi, erc20Abi as tokenAbi } from '../../../scripts/devnet/abis.ts'
import { Chain } from '../../../scripts/devnet/chain.ts'
import { chainSpec } from '../../../scripts/devnet/chain-spec.ts'
import { deployMarket, type Market } from '../../../scripts/devnet/market.ts'
import type { ReserveSymbol } from '../../../scripts/devnet/risk-parameters.ts'
import { Bench, type Contract, keeper, key, owner, type Receipt, treasury } from './bench.ts'
import { type Compiled, contract } from './compile.ts'
import { forever, type Order } from './stage.ts'

const erc20Abi = [...tokenAbi, ...parseAbi(['function allowance(address, address) view returns (uint256)'])]
const endless = 2n ** 127n
const variableRate = 2n
const quoterAbi = parseAbi([
  'function quoteExactInput(bytes path, uint256 amountIn) returns (uint256 amountOut, uint160[], uint32[], uint256)',
])
const routerAbi = parseAbi([
  'struct Swap { bytes path; address recipient; uint256 deadline; uint256 amountIn; uint256 amountOutMinimum; }',
  'function exactInput(Swap swap) payable returns (uint256)',
])

/** Fees of the exchange's pools between two assets, in hundredths of a basis point. */
export type Hop = ReserveSymbol | 100 | 500 | 3000
/** Owes USDC against WETH and some USDC; the second one, against WBTC. */
export const borrower: Address = key(5).address
export const bitcoinBorrower: Address = key(6).address
const lender: Address = key(7).address

/** The genuine pool and exchange of the local chain, two borrowers who have just become liquidatable, and our contract. */
export class RealMarket {
  readonly bench: Bench
  readonly market: Market
  readonly pool: Contract
  readonly router: Contract
  readonly quoter: Contract
  #snapshot: unknown

  private constructor(bench: Bench, market: Market) {
    const { pool, swapRouter, quoter } = market.addresses
    this.bench = bench
    this.market = market
    this.pool = { address: pool, abi: poolAbi }
    this.router = { address: swapRouter, abi: routerAbi }
    this.quoter = { address: quoter, abi: quoterAbi }
  }

  static async open(): Promise<RealMarket> {
    const spec = chainSpec('ethereum')
    const override = {
      chainId: spec.chainId,
      initialDate: spec.genesis,
      initialBaseFeePerGas: spec.baseFeeWei,
      blockGasLimit: 2_000_000_000n,
      mining: { auto: false, interval: 0 },
    }
    const { provider } = await network.create({ chainType: 'l1', override })
    const chain = new Chain(spec, provider)
    await chain.sync()
    const market = await deployMarket(chain)
    await provider.request({ method: 'evm_setAutomine', params: [true] })
    const real = new RealMarket(new Bench({ request: (args) => provider.request(args) }), market)
    await real.#seed()
    await real.keep()
    return real
  }

  token(symbol: ReserveSymbol): Contract {
    return { address: this.market.reserves[symbol].asset, abi: erc20Abi }
  }

  debtToken(symbol: ReserveSymbol): Contract {
    return { address: this.market.reserves[symbol].vToken, abi: erc20Abi }
  }

  units(symbol: ReserveSymbol, amount: string): bigint {
    return parseUnits(amount, this.market.reserves[symbol].decimals)
  }

  /** Uniswap's encoding of `WETH, 500, USDC` and so on. */
  path(...hops: Hop[]): Hex {
    return concatHex(
      hops.map((hop) => (typeof hop === 'number' ? numberToHex(hop, { size: 3 }) : this.token(hop).address)),
    )
  }

  order(changes: Partial<Order>): Order {
    return {
      collateralAsset: this.token('WETH').address,
      debtAsset: this.token('USDC').address,
      user: borrower,
      debtToCover: this.units('USDC', '12000'),
      firstCover: 0n,
      path: this.path('WETH', 500, 'USDC'),
      minProfit: 1n,
      deadline: forever,
      ...changes,
    }
  }

  deploy(code: Compiled = contract('Liquidator')): Promise<Contract> {
    return this.bench.deploy(code, [this.pool.address, this.router.address, treasury, owner, keeper])
  }

  /** What the exchange would pay now. */
  async quote(path: Hex, amountIn: bigint): Promise<bigint> {
    const answer = await this.bench.read(this.quoter, 'quoteExactInput', [path, amountIn])
    const amountOut: unknown = Array.isArray(answer) ? answer[0] : undefined
    if (typeof amountOut !== 'bigint') throw new TypeError('the quoter gave no amount')
    return amountOut
  }

  async mint(symbol: ReserveSymbol, account: Address, amount: bigint): Promise<void> {
    await this.bench.send(this.market.addresses.governance, this.token(symbol), 'mint', [account, amount])
  }

  /** Somebody trades on the exchange. */
  async swap(from: Address, hops: [ReserveSymbol, ...Hop[]], amountIn: bigint): Promise<Receipt> {
    await this.mint(hops[0], from, amountIn)
    await this.bench.send(from, this.token(hops[0]), 'approve', [this.router.address, amountIn])
    const swap = { path: this.path(...hops), recipient: from, deadline: forever, amountIn, amountOutMinimum: 0n }
    return this.bench.send(from, this.router, 'exactInput', [swap])
  }

  async keep(): Promise<void> {
    this.#snapshot = await this.bench.rpc.request({ method: 'evm_snapshot', params: [] })
  }

  /** Back to where `keep` was. */
  async rewind(): Promise<void> {
    await this.bench.rpc.request({ method: 'evm_revert', params: [this.#snapshot] })
    await this.keep()
  }

  /** Moves an oracle's price to so many hundredths of what it is. */
  async reprice(symbol: ReserveSymbol, percent: bigint): Promise<void> {
    const { addresses, reserves } = this.market
    const feed = { address: reserves[symbol].aggregator, abi: aggregatorAbi }
    const price = await this.bench.number(feed, 'latestAnswer')
    await this.bench.send(addresses.governance, feed, 'report', [(price * percent) / 100n])
  }

  /** Two loans with a health factor near 1.07, then prices that bring both to 0.99: half of each may be covered. */
  async #seed(): Promise<void> {
    await this.#supply('USDC', '1000000', lender)
    await this.#supply('WETH', '10', borrower)
    await this.#supply('USDC', '5000', borrower)
    await this.#borrow('USDC', '18000', borrower)
    await this.#supply('WBTC', '0.6', bitcoinBorrower)
    await this.#borrow('USDC', '15000', bitcoinBorrower)
    await this.reprice('WETH', 92n)
    await this.reprice('WBTC', 91n)
  }

  async #supply(symbol: ReserveSymbol, amount: string, account: Address): Promise<void> {
    await this.mint(symbol, account, this.units(symbol, amount))
    await this.bench.send(account, this.token(symbol), 'approve', [this.pool.address, endless])
    const { address } = this.token(symbol)
    await this.bench.send(account, this.pool, 'supply', [address, this.units(symbol, amount), account, 0])
  }

  async #borrow(symbol: ReserveSymbol, amount: string, account: Address): Promise<void> {
    const args = [this.token(symbol).address, this.units(symbol, amount), variableRate, 0, account]
    await this.bench.send(account, this.pool, 'borrow', args)
  }
}
