import { type Address, encodeFunctionData, parseAbi } from 'viem'
import { poolAbi } from '../../../../scripts/devnet/abis.ts'
import { namedAccount } from '../../../../scripts/devnet/chain.ts'
import { configuratorCall, legacyCall, poolCall, tokenCall } from '../../../../scripts/differential/abis.ts'
import type { Listing } from '../../../../scripts/differential/ground.ts'
import { mint, type Owners } from './owners.ts'

/** What stands in the way of owners, each done to one reserve; the mirror is told. */
export async function makeTrouble(owners: Owners): Promise<void> {
  const { chain, addresses, set, listings } = owners.ground
  const named = (symbol: string) => listings.find((one) => one.symbol === symbol) as Listing
  const configure = (data: `0x${string}`) =>
    chain.send({ from: addresses.governance, to: addresses.configurator, data, gas: 3_000_000n })
  const dai = named('DAI').asset
  const isOld = set === 'aave-v3.0.2'
  await configure(
    isOld ? legacyCall('setReservePause', [dai, true]) : configuratorCall('setReservePause', [dai, true, 0]),
  )
  await configure(configuratorCall('setReserveFreeze', [named('LINK').asset, true]))
  const { ltBps, bonusBps, asset } = named('WBTC')
  await configure(configuratorCall('configureReserveAsCollateral', [asset, 0n, BigInt(ltBps), BigInt(bonusBps)]))
  await fill(owners, named('WETH'), 20n)
  await fill(owners, named('USDC'), 2_000n)
  await chain.settle()
  await drain(owners, named('wstETH'))
  await owners.mirror.catchUp()
}

/** A cap that leaves room for so many whole units at most. */
async function fill({ ground: { chain, addresses } }: Owners, { asset, decimals }: Listing, room: bigint) {
  const total = await totalSupply(chain.client, addresses.pool, asset)
  const cap = total / 10n ** BigInt(decimals) + room
  const data = configuratorCall('setSupplyCap', [asset, cap])
  await chain.send({ from: addresses.governance, to: addresses.configurator, data })
}

/** Somebody rich borrows all but a ten-thousandth of what lies there. */
async function drain({ ground }: Owners, { asset, priceUsd8, decimals }: Listing): Promise<void> {
  const { chain, addresses, listings } = ground
  const from = namedAccount('whale')
  const collateral = listings.find(({ symbol }) => symbol === 'USDC') as Listing
  const aToken = await aTokenOf(ground.chain.client, addresses.pool, asset)
  const lies = await chain.client.readContract({
    address: asset,
    abi: balanceAbi,
    functionName: 'balanceOf',
    args: [aToken],
  })
  const usd8 = (3n * lies * priceUsd8) / 10n ** BigInt(decimals)
  const amount = (usd8 * 10n ** BigInt(collateral.decimals)) / collateral.priceUsd8
  const configure = (name: 'setSupplyCap' | 'setBorrowCap', of: Address, cap: bigint) =>
    chain.send({ from: addresses.governance, to: addresses.configurator, data: configuratorCall(name, [of, cap]) })
  const cap = await capOf(chain.client, addresses.pool, collateral.asset)
  await configure('setSupplyCap', collateral.asset, 0n)
  await configure('setBorrowCap', asset, 0n)
  await chain.send(mint(ground, collateral.asset, from, amount))
  await chain.send({ from, to: collateral.asset, data: tokenCall('approve', [addresses.pool, amount]) })
  await chain.send({
    from,
    to: addresses.pool,
    data: poolCall('supply', [collateral.asset, amount, from, 0]),
    gas: 3_000_000n,
  })
  const borrowed = (lies * 9_999n) / 10_000n
  await chain.send({
    from,
    to: addresses.pool,
    data: poolCall('borrow', [asset, borrowed, 2n, 0, from]),
    gas: 3_000_000n,
  })
  const filled = cap + amount / 10n ** BigInt(collateral.decimals)
  await configure('setSupplyCap', collateral.asset, filled)
  await chain.settle()
}

const balanceAbi = parseAbi([
  'function balanceOf(address) view returns (uint256)',
  'function totalSupply() view returns (uint256)',
])
type Client = Owners['ground']['chain']['client']

/** In both sets the aToken is the ninth word. */
async function aTokenOf(client: Client, pool: Address, asset: Address): Promise<Address> {
  const data = encodeFunctionData({ abi: dataAbi, functionName: 'getReserveData', args: [asset] })
  const { data: answer = '0x' } = await client.call({ to: pool, data })
  return `0x${answer.slice(2 + 64 * 8 + 24, 2 + 64 * 9)}`
}
const dataAbi = parseAbi(['function getReserveData(address asset) view'])

const totalSupply = async (client: Client, pool: Address, asset: Address): Promise<bigint> =>
  client.readContract({ address: await aTokenOf(client, pool, asset), abi: balanceAbi, functionName: 'totalSupply' })

async function capOf(client: Client, pool: Address, asset: Address): Promise<bigint> {
  const data = await client.readContract({
    address: pool,
    abi: poolAbi,
    functionName: 'getConfiguration',
    args: [asset],
  })
  return (data >> 116n) & (2n ** 36n - 1n)
}
