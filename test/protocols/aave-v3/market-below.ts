import { type Address, encodeFunctionData } from 'viem'
import { ratioFeedAbi } from '../../../scripts/devnet/abis.ts'
import { accountAddress } from '../../../scripts/devnet/accounts.ts'
import { encodeApprove, encodeMint } from '../../../scripts/devnet/actions.ts'
import { type Devnet, startDevnet } from '../../../scripts/devnet/index.ts'
import type { PlannedAccount, Position } from '../../../scripts/devnet/population.ts'
import { createRandom, type Random } from '../../../scripts/devnet/random.ts'
import { type ReserveSymbol, type RiskParameters, reserveSymbols } from '../../../scripts/devnet/risk-parameters.ts'
import { seedMarket } from '../../../scripts/devnet/seeding.ts'
import { unitsOf } from '../../../scripts/devnet/uniswap-math.ts'
import { Rpc } from '../../../src/adapters/rpc/client.ts'
import { createBatch } from '../../../src/adapters/rpc/multicall.ts'
import type { Book } from '../../../src/core/book.ts'
import { firstPage, headOf } from './mirror.ts'

/** A devnet after a fall, on which most of these accounts are below health 1, and its mirror. */
export interface MarketBelow {
  readonly devnet: Devnet
  readonly rpc: Rpc
  readonly book: Book
  close(): Promise<void>
}

/** What the fall leaves of each price. wstETH loses more than ether: its ratio falls too. */
const FALL: Readonly<Record<ReserveSymbol, number>> = {
  WETH: 0.76,
  wstETH: 0.76 * 0.91,
  WBTC: 0.79,
  LINK: 0.7,
  USDC: 1,
  USDT: 1.08,
  DAI: 0.985,
}
const RICH = 2n ** 100n

interface Shape {
  readonly eMode: 0 | 1 | 2
  readonly held: readonly ReserveSymbol[]
  readonly owing: readonly ReserveSymbol[]
}

const draw = (random: Random, of: readonly ReserveSymbol[], most: number): ReserveSymbol[] => {
  const left = [...of]
  const count = random.int(1, Math.min(most, of.length))
  return Array.from({ length: count }, () => left.splice(random.int(0, left.length - 1), 1)[0] as ReserveSymbol)
}

function shapeOf(random: Random): Shape {
  const kind = random.next()
  if (kind < 0.15) return { eMode: 1, held: draw(random, ['USDC', 'DAI'], 2), owing: ['USDT'] }
  if (kind < 0.3) return { eMode: 2, held: ['wstETH'], owing: ['WETH'] }
  if (kind < 0.36)
    return { eMode: 0, held: draw(random, ['WETH', 'WBTC', 'USDC'], 3), owing: draw(random, ['USDC', 'WETH'], 2) }
  return {
    eMode: 0,
    held: draw(random, ['WETH', 'wstETH', 'WBTC', 'LINK'], 4),
    owing: draw(random, ['USDC', 'USDT', 'DAI'], 3),
  }
}

/** Dollars of collateral before the fall. */
const sizeOf = (random: Random): number =>
  random.chance(0.5) ? random.between(1000, 6500) : random.logNormal(15_000, 1.5)

function plan(risk: RiskParameters, random: Random, seed: number, index: number): PlannedAccount {
  const { eMode, held, owing } = shapeOf(random)
  const terms = (symbol: ReserveSymbol) =>
    (eMode === 0 ? risk.reserves[symbol] : risk.eModes[eMode - 1]) ?? risk.reserves[symbol]
  const usd = sizeOf(random)
  const weights = held.map(() => random.between(0.1, 1))
  const values = weights.map((weight) => (usd * weight) / weights.reduce((a, b) => a + b, 0))
  const sum = (of: (symbol: ReserveSymbol, value: number) => number) =>
    held.reduce((total, symbol, i) => total + of(symbol, values[i] ?? 0), 0)
  const after = sum((symbol, value) => (value * FALL[symbol] * terms(symbol).ltBps) / 1e4)
  const most = sum((symbol, value) => (value * terms(symbol).ltvBps) / 1e4) * 0.97
  const health = random.chance(0.4) ? 0.95 + random.normal() * 0.004 : random.between(0.85, 1.0)
  const shares = owing.map(() => random.between(0.1, 1))
  const share = (i: number): number => (shares[i] ?? 0) / shares.reduce((a, b) => a + b, 0)
  const wanted = owing.map((symbol, i) => ((after / health) * share(i)) / FALL[symbol])
  const scale = Math.min(1, most / wanted.reduce((a, b) => a + b, 0))
  const position = (symbol: ReserveSymbol, value: number): Position => {
    const { decimals, priceUsd8 } = risk.reserves[symbol]
    return { symbol, amount: unitsOf(value, { decimals, priceUsd8: BigInt(priceUsd8) }) }
  }
  return {
    ...{ index, address: accountAddress(seed, index), kind: 'borrower', eMode },
    supplies: held.map((symbol, i) => position(symbol, values[i] ?? 0)),
    borrows: owing.map((symbol, i) => position(symbol, (wanted[i] ?? 0) * scale)),
  }
}

/** `asker` holds all assets and has approved the pool: it may try any call. */
export async function marketBelow(options: { accounts: number; seed: number }, asker: Address): Promise<MarketBelow> {
  const { accounts, seed } = options
  const devnet = await startDevnet({ chain: 'ethereum', accounts: 4, seed })
  try {
    const { market } = devnet
    const random = createRandom(seed)
    const planned = Array.from({ length: accounts }, (_, i) => plan(market.risk, random, seed + 1000, i))
    await market.chain.setBlockGasLimit()
    await seedMarket(market, planned)
    await enrich(devnet, asker)
    await fall(devnet)
    const rpc = new Rpc({
      chain: 'ethereum',
      chainId: market.chain.spec.chainId,
      urls: [devnet.http],
      onProblem: () => {},
    })
    await rpc.connect()
    const batch = await createBatch(rpc, market.addresses.multicall3)
    const { addressesProvider } = market.addresses
    const head = await headOf(rpc)
    const book = await firstPage({ rpc, batch, name: 'below', addressesProvider, priceReadsS: 0n, rules: 'auto', head })
    return { devnet, rpc, book, close: () => devnet.close() }
  } catch (error) {
    await devnet.close()
    throw error
  }
}

async function enrich({ market }: Devnet, asker: Address): Promise<void> {
  const { chain, reserves, addresses } = market
  for (const { asset } of Object.values(reserves)) {
    await chain.send({ from: addresses.governance, to: asset, data: encodeMint(asker, RICH) })
    await chain.send({ from: asker, to: asset, data: encodeApprove(addresses.pool, RICH) })
  }
  await chain.settle()
}

/** Everything is reported in one block. */
async function fall({ market, control }: Devnet): Promise<void> {
  const { chain, reserves, addresses, risk } = market
  const source = reserves.wstETH.source
  const ratio = await chain.client.readContract({ address: source, abi: ratioFeedAbi, functionName: 'getRatio' })
  const startRatio = (ratio * BigInt(Math.round((FALL.wstETH / FALL.WETH) * 1e6))) / 1_000_000n
  const line = { startRatio, startTime: chain.head.timestamp, growthPerSecond: 0n }
  const data = encodeFunctionData({ abi: ratioFeedAbi, functionName: 'setRatio', args: [line] })
  await chain.send({ from: addresses.governance, to: source, data })
  for (const symbol of reserveSymbols)
    if (symbol !== 'wstETH')
      await control.reportPrice(symbol, BigInt(Math.round(risk.reserves[symbol].priceUsd8 * FALL[symbol])))
  await chain.settle()
}
