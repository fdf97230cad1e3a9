import type { Address } from 'viem'
import { parseAbi } from 'viem'
import { accountAddress } from '../../../scripts/devnet/accounts.ts'
import { encodeApprove, encodeBorrow, encodeMint, encodeSupply } from '../../../scripts/devnet/actions.ts'
import { namedAccount, type Transaction } from '../../../scripts/devnet/chain.ts'
import { type Devnet, startDevnet } from '../../../scripts/devnet/index.ts'
import { poolSpecs } from '../../../scripts/devnet/liquidity.ts'
import { createRandom, type Random } from '../../../scripts/devnet/random.ts'
import { type ReserveSymbol, reserveSymbols } from '../../../scripts/devnet/risk-parameters.ts'
import { unitsOf } from '../../../scripts/devnet/uniswap-math.ts'
import { Rpc } from '../../../src/adapters/rpc/client.ts'
import { completeReads } from '../../../src/adapters/rpc/feed.ts'
import { createBatch } from '../../../src/adapters/rpc/multicall.ts'
import type { Book } from '../../../src/core/book.ts'
import { PoolBook } from '../../../src/core/pool-book.ts'
import { uniswapV3 } from '../../../src/protocols/uniswap-v3/index.ts'
import { firstPage, headOf } from '../../protocols/aave-v3/mirror.ts'

/** A chain on which much is owed against ether and little depth is there, and its mirrors. Its blocks may share a timestamp. */
export interface LeveragedMarket {
  readonly devnet: Devnet
  readonly book: Book
  readonly exchange: PoolBook
  readonly borrowers: readonly Address[]
  close(): Promise<void>
}

export const liquidator = namedAccount('cascade liquidator')
const ENDLESS = 2n ** 120n
const LENT_USD = 150e6
const factoryAbi = parseAbi(['function getPool(address, address, uint24) view returns (address)'])

interface Shape {
  readonly held: readonly ReserveSymbol[]
  readonly owed: readonly ReserveSymbol[]
}

/** No wstETH: its feed rounds a price of its own, and a cascade's scaled price is off by a unit. */
function shapeOf(random: Random): Shape {
  const kind = random.next()
  if (kind < 0.1) return { held: ['USDC'], owed: ['WETH'] }
  if (kind < 0.25) return { held: ['WBTC'], owed: ['USDT'] }
  if (kind < 0.35) return { held: ['LINK', 'WETH'], owed: ['DAI', 'USDC'] }
  if (kind < 0.55) return { held: ['WETH', 'WBTC'], owed: ['USDC', 'USDT'] }
  return { held: ['WETH'], owed: [random.chance(0.7) ? 'USDC' : random.chance(0.5) ? 'USDT' : 'DAI'] }
}

export async function openLeveragedMarket(seed: number, accounts: number): Promise<LeveragedMarket> {
  const devnet = await startDevnet({ chain: 'arbitrum', accounts: 0, seed })
  try {
    const borrowers = await populate(devnet, createRandom(seed), accounts)
    const { market, chain } = devnet
    const rpc = new Rpc({ chain: 'arbitrum', chainId: chain.spec.chainId, urls: [devnet.http], onProblem: () => {} })
    await rpc.connect()
    const batch = await createBatch(rpc, market.addresses.multicall3)
    const head = await headOf(rpc)
    const { addressesProvider, uniswapFactory: address } = market.addresses
    const book = await firstPage({ rpc, batch, name: 'wave', addressesProvider, priceReadsS: 0n, rules: 'auto', head })
    const pools = await Promise.all(
      poolSpecs.map(({ pair: [a, b], fee }): Promise<Address> => {
        const args = [market.reserves[a].asset, market.reserves[b].asset, fee] as const
        return chain.client.readContract({ address, abi: factoryAbi, functionName: 'getPool', args })
      }),
    )
    const exchange = new PoolBook('uniswap', uniswapV3(pools))
    exchange.apply(await completeReads({ batch }, head, [], [exchange]))
    return { devnet, book, exchange, borrowers, close: () => devnet.close() }
  } catch (error) {
    await devnet.close()
    throw error
  }
}

/** Caps are lifted, dollars and coins are lent, and everybody borrows close to what is allowed. */
async function populate(devnet: Devnet, random: Random, accounts: number): Promise<Address[]> {
  const { market, chain, control } = devnet
  const { addresses, reserves } = market
  await chain.setBlockGasLimit()
  for (const { asset } of Object.values(reserves)) {
    await control.configure({ functionName: 'setSupplyCap', args: [asset, 0n] })
    await control.configure({ functionName: 'setBorrowCap', args: [asset, 0n] })
  }
  const lender = namedAccount('cascade lender')
  const amount = (symbol: ReserveSymbol, usd: number): bigint => {
    const { decimals, priceUsd8 } = market.risk.reserves[symbol]
    return unitsOf(usd, { decimals, priceUsd8: BigInt(priceUsd8) })
  }
  const supply = (symbol: ReserveSymbol, usd: number, owner: Address): Transaction => {
    const data = encodeSupply(reserves[symbol].asset, amount(symbol, usd), owner)
    return { from: lender, to: addresses.pool, data }
  }
  const all = async (transactions: readonly Transaction[]): Promise<void> => {
    for (const transaction of transactions) await chain.send(transaction)
    await chain.settle()
  }
  for (const one of [lender, liquidator])
    await all(
      Object.values(reserves).flatMap(({ asset }) => [
        { from: addresses.governance, to: asset, data: encodeMint(one, ENDLESS) },
        { from: one, to: asset, data: encodeApprove(addresses.pool, ENDLESS) },
        { from: one, to: asset, data: encodeApprove(addresses.swapRouter, ENDLESS) },
      ]),
    )
  await all(reserveSymbols.map((symbol) => supply(symbol, LENT_USD, lender)))
  const borrowers = Array.from({ length: accounts }, (_, n) => accountAddress(seedOf(random), n))
  for (const borrower of borrowers) {
    await chain.unlock(borrower, 10n ** 19n)
    const { held, owed } = shapeOf(random)
    const usd = Math.min(3e6, random.logNormal(350_000, 1.1))
    const ltv = held.reduce((total, symbol) => total + market.risk.reserves[symbol].ltvBps / held.length, 0) / 1e4
    const most = usd * ltv * random.between(0.72, 0.985)
    await all(held.map((symbol) => supply(symbol, usd / held.length, borrower)))
    await all(
      owed.map((symbol) => ({
        from: borrower,
        to: addresses.pool,
        data: encodeBorrow(reserves[symbol].asset, amount(symbol, most / owed.length), borrower),
      })),
    )
  }
  // A day of interest, so that no index is one ray.
  await chain.settle(chain.head.timestamp + 86_400n)
  await all(reserveSymbols.map((symbol) => supply(symbol, 10, lender)))
  return borrowers
}

const seedOf = (random: Random): number => random.int(1, 1_000_000)
