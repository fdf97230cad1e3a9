import { type Address, encodeFunctionData } from 'viem'
import { aggregatorAbi, poolAbi, ratioFeedAbi } from '../../../../scripts/devnet/abis.ts'
import { namedAccount, type Transaction } from '../../../../scripts/devnet/chain.ts'
import { createRandom, type Random } from '../../../../scripts/devnet/random.ts'
import { poolCall, tokenCall } from '../../../../scripts/differential/abis.ts'
import {
  type ContractSet,
  type CountingChain,
  type Ground,
  type Listing,
  openGround,
} from '../../../../scripts/differential/ground.ts'
import { type Mirror, startMirror } from '../../../../scripts/differential/mirror.ts'

/** Owners near the line on the real contracts of one set, and the mirror of their market. */
export interface Owners {
  readonly ground: Ground
  readonly mirror: Mirror
  readonly addresses: readonly Address[]
  close(): Promise<void>
}

const ENDLESS = 2n ** 127n
const LENT_USD8 = 20_000_000n * 10n ** 8n
const DAY = 86_400n

interface Shape {
  readonly eMode: number
  readonly held: readonly Listing[]
  readonly owing: readonly Listing[]
  readonly usd: number
  /** Of what the pool would lend. */
  readonly share: number
  readonly dust: Listing | undefined
  readonly isIsolated: boolean
}

/** Half of them have an eMode, an asset on both sides, isolation, dust, or debt at a fixed rate. */
export async function openOwners(set: ContractSet, options: { seed: number; owners: number }): Promise<Owners> {
  const ground = await openGround(set, 'ethereum')
  try {
    const random = createRandom(options.seed)
    const addresses = Array.from({ length: options.owners }, (_, i) => namedAccount(`owner ${options.seed} ${i}`))
    const shapes = addresses.map(() => shapeOf(ground, random))
    await lend(ground)
    for (const [i, owner] of addresses.entries()) await supply(ground, owner, shapes[i] as Shape, random)
    await ground.chain.settle()
    for (const [i, owner] of addresses.entries()) await borrow(ground, owner, shapes[i] as Shape, random)
    await ground.chain.mineBlock()
    await ground.chain.takeReceipts()
    await ground.chain.mineBlock(ground.chain.head.timestamp + 40n * DAY)
    await fall(ground)
    const mirror = await startMirror(ground, 0n)
    const close = async () => {
      mirror.close()
      await ground.close()
    }
    return { ground, mirror, addresses, close }
  } catch (error) {
    await ground.close()
    throw error
  }
}

const take = <T>(random: Random, of: readonly T[], most: number): T[] => {
  const left = [...of]
  const count = Math.min(random.int(1, most), of.length)
  return Array.from({ length: count }, () => left.splice(random.int(0, left.length - 1), 1)[0] as T)
}

function shapeOf({ set, listings, eModes }: Ground, random: Random): Shape {
  const isLegacy = set === 'aave-v3.0.2'
  const usd = random.chance(0.4) ? random.between(200, 6_000) : random.logNormal(15_000, 1.5)
  const common = { usd, share: random.between(0.55, 0.995), isIsolated: false }
  const collateral = listings.filter(({ ltvBps, symbol }) => ltvBps > 0 && !(isLegacy && symbol === 'LINK'))
  const named = (...symbols: string[]) => listings.filter(({ symbol }) => symbols.includes(symbol))
  const category = random.pick(eModes)
  const members = listings.filter(({ asset }) => category.assets.includes(asset))
  const draw = random.next()
  if (draw < 0.25 && members.length > 1) {
    const held = take(
      random,
      members.filter(({ ltvBps }) => ltvBps > 0),
      2,
    )
    const owing = take(random, members, 2)
    return {
      ...common,
      eMode: category.id,
      held,
      owing,
      dust: random.chance(0.2) ? random.pick(collateral) : undefined,
    }
  }
  if (isLegacy && draw < 0.35)
    return {
      ...{ ...common, eMode: 0, held: named('LINK'), owing: take(random, named('USDC', 'DAI'), 2) },
      ...{ dust: undefined, isIsolated: true },
    }
  const held = take(random, collateral, 3)
  const others = named('USDC', 'DAI', 'USDT', 'WETH')
  const owing = draw < 0.6 ? take(random, [...held, ...others], 2) : take(random, others, 3)
  return { ...common, eMode: 0, held, owing, dust: random.chance(0.2) ? random.pick(collateral) : undefined }
}

const unitsOf = (usd: number, { decimals, priceUsd8 }: Listing): bigint =>
  (BigInt(Math.round(usd * 1e8)) * 10n ** BigInt(decimals)) / priceUsd8 || 1n

export const mint = (ground: Ground, asset: Address, to: Address, amount: bigint): Transaction => ({
  from: ground.addresses.governance,
  to: asset,
  data: tokenCall('mint', [to, amount]),
})

const GAS = 3_000_000n
const sendAll = async (chain: CountingChain, ...transactions: readonly Transaction[]): Promise<void> => {
  for (const transaction of transactions) await chain.send({ gas: GAS, ...transaction })
}

async function lend(ground: Ground): Promise<void> {
  const { chain, addresses, listings } = ground
  const from = namedAccount('lender')
  for (const { asset, priceUsd8, decimals } of listings) {
    const amount = (LENT_USD8 * 10n ** BigInt(decimals)) / priceUsd8
    await sendAll(chain, mint(ground, asset, from, ENDLESS), {
      from,
      to: asset,
      data: tokenCall('approve', [addresses.pool, ENDLESS]),
    })
    await sendAll(chain, { from, to: addresses.pool, data: poolCall('supply', [asset, amount, from, 0]) })
  }
  await chain.settle()
}

async function supply(ground: Ground, from: Address, shape: Shape, random: Random): Promise<void> {
  const { chain, addresses } = ground
  const to = addresses.pool
  const { held, dust, usd } = shape
  const amounts = new Map(held.map((one) => [one, unitsOf(usd * random.between(0.2, 1), one)]))
  if (dust) amounts.set(dust, amounts.get(dust) ?? BigInt(random.pick([1, 1, 2, 1000])))
  for (const [{ asset }, amount] of amounts)
    await sendAll(
      chain,
      mint(ground, asset, from, amount),
      { from, to: asset, data: tokenCall('approve', [to, amount]) },
      { from, to, data: poolCall('supply', [asset, amount, from, 0]) },
    )
  // An isolated asset is not switched on by itself.
  if (shape.isIsolated)
    for (const { asset } of held)
      await sendAll(chain, { from, to, data: poolCall('setUserUseReserveAsCollateral', [asset, true]) })
  if (shape.eMode !== 0) await sendAll(chain, { from, to, data: poolCall('setUserEMode', [shape.eMode]) })
}

const STABLE = 1n
const VARIABLE = 2n

/** What the pool refuses is not borrowed: there are enough of them. */
async function borrow(ground: Ground, from: Address, { owing, held, share }: Shape, random: Random): Promise<void> {
  const { chain, addresses, set } = ground
  const data = await accountData(ground, from)
  const room = Number(data.availableBorrowsBase) / 1e8
  for (const one of owing) {
    const amount = unitsOf((room * share) / owing.length, one)
    const mayBeFixed = set === 'aave-v3.0.2' && ['USDC', 'DAI'].includes(one.symbol) && !held.includes(one)
    const mode = mayBeFixed && random.chance(0.25) ? STABLE : VARIABLE
    await sendAll(chain, { from, to: addresses.pool, data: poolCall('borrow', [one.asset, amount, mode, 0, from]) })
  }
}

export async function accountData({ chain, addresses }: Ground, account: Address) {
  const [totalCollateralBase, totalDebtBase, availableBorrowsBase, , , healthFactor] = await chain.client.readContract({
    address: addresses.pool,
    abi: poolAbi,
    functionName: 'getUserAccountData',
    args: [account],
  })
  return { totalCollateralBase, totalDebtBase, availableBorrowsBase, healthFactor }
}

/** Ratios stand still from here on: the promise is made at the head's prices. */
async function fall(ground: Ground): Promise<void> {
  const { chain, addresses, listings, set } = ground
  const from = addresses.governance
  for (const { symbol, aggregator, priceUsd8, source } of listings) {
    const left = ['USDC', 'DAI', 'USDT', 'EURS'].includes(symbol) ? 1000n : symbol === 'WETH' ? 930n : 900n
    const report = (price: bigint) => encodeFunctionData({ abi: aggregatorAbi, functionName: 'report', args: [price] })
    if (aggregator) await sendAll(chain, { from, to: aggregator, data: report((priceUsd8 * left) / 1000n) })
    if (aggregator || set !== 'aave-v3.6') continue
    const startRatio = await chain.client.readContract({ address: source, abi: ratioFeedAbi, functionName: 'getRatio' })
    const line = { startRatio, startTime: chain.head.timestamp, growthPerSecond: 0n }
    const data = encodeFunctionData({ abi: ratioFeedAbi, functionName: 'setRatio', args: [line] })
    await sendAll(chain, { from, to: source, data })
  }
  await chain.settle()
}
