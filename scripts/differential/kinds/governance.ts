import { type Address, encodeAbiParameters, type Hex, parseAbi, parseAbiParameters } from 'viem'
import { configuration } from '../../../src/protocols/aave-v3/cells.ts'
import { deployFeed, deployToken } from '../../devnet/deploy-tokens.ts'
import { Deployer } from '../../devnet/deployer.ts'
import { deployStrategy } from '../../devnet/legacy/list-reserves.ts'
import type { Random } from '../../devnet/random.ts'
import { configuratorCall, legacyCall, oracleCall, poolCall, tokenAbi } from '../abis.ts'
import type { Listing } from '../ground.ts'
import { fund, listingOf, lower, oracleOf, type Reserve, type World } from '../world.ts'
import { type Kind, type Order, type Planned, sending, someReserve, type Turn } from './kind.ts'

const deficitAbi = parseAbi(['function getReserveDeficit(address asset) view returns (uint256)'])
const MOST_RESERVES = 11
const USD = 10n ** 8n
const RATES = parseAbiParameters('(uint16 optimalUsage, uint32 base, uint32 slope1, uint32 slope2)')

const order = ({ addresses }: World, data: Hex): Order => ({
  from: addresses.governance,
  to: addresses.configurator,
  data,
})
export const configure = (world: World, ...data: readonly Hex[]): Planned =>
  sending(world, ...data.map((one) => order(world, one)))

/** One listed since the start, where there is one: it may have nobody in it. */
function someYoung(turn: Turn): Reserve {
  const { world, reserves, random } = turn
  const young = reserves.filter(({ asset }) => !world.listings.some((one) => lower(one.asset) === asset))
  return young.length > 0 && random.chance(0.9) ? random.pick(young) : someReserve(turn)
}

/** A threshold and a bonus that the configurator takes: their product is at most the whole. */
export function terms(random: Random): { ltv: bigint; lt: bigint; bonus: bigint } {
  const lt = BigInt(random.pick([1, 500, 3_000, 5_000, 6_500, 7_800, 8_300, 9_300, 9_700]))
  const most = Math.min(20_000, Math.floor(99_990_000 / Number(lt)))
  const bonus = BigInt(random.int(10_001, Math.max(10_001, Math.min(most, 12_000))))
  const ltv = random.chance(0.15) ? 0n : (lt * BigInt(random.int(50, 100))) / 100n
  return { ltv, lt, bonus }
}

function collateralTerms(turn: Turn): Planned {
  const { ltv, lt, bonus } = terms(turn.random)
  return configure(
    turn.world,
    configuratorCall('configureReserveAsCollateral', [someReserve(turn).asset, ltv, lt, bonus]),
  )
}

/** Threshold 0: only where nobody supplies, so mostly refused. */
const notCollateral = (turn: Turn): Planned =>
  configure(turn.world, configuratorCall('configureReserveAsCollateral', [someYoung(turn).asset, 0n, 0n, 0n]))

const ltvZero = (turn: Turn): Planned =>
  configure(turn.world, configuratorCall('setReserveLtvzero', [someReserve(turn).asset, turn.random.chance(0.5)]))

const freeze = (turn: Turn): Planned =>
  configure(turn.world, configuratorCall('setReserveFreeze', [someReserve(turn).asset, true]))

const GRACES = [0, 0, 60, 3_600, 14_400, 14_401]
const isOld = ({ set }: World): boolean => set === 'aave-v3.0.2'
/** V3.0.2 has no grace periods. */
const pausing = (world: World, asset: Address, paused: boolean, graceS: number): Hex =>
  isOld(world)
    ? legacyCall('setReservePause', [asset, paused])
    : configuratorCall('setReservePause', [asset, paused, graceS])
const pausingAll = (world: World, paused: boolean, graceS: number): Hex =>
  isOld(world) ? legacyCall('setPoolPause', [paused]) : configuratorCall('setPoolPause', [paused, graceS])

const pause = (turn: Turn): Planned =>
  configure(turn.world, pausing(turn.world, someReserve(turn).asset, turn.random.chance(0.5), turn.random.pick(GRACES)))

/** A pause and its end at once leave the grace period behind. */
const grace = (turn: Turn): Planned =>
  configure(
    turn.world,
    configuratorCall('setReservePause', [someReserve(turn).asset, false, turn.random.pick([60, 3_600, 14_400])]),
  )

const pausePool = ({ world, random }: Turn): Planned =>
  configure(world, pausingAll(world, random.chance(0.3), random.pick(GRACES)))

const noGrace = (turn: Turn): Planned =>
  configure(turn.world, configuratorCall('disableLiquidationGracePeriod', [someReserve(turn).asset]))

function caps(turn: Turn): Planned {
  const cap = BigInt(turn.random.pick([0, 0, 1, 1_000, 10_000_000]))
  const name = turn.random.pick(['setSupplyCap', 'setBorrowCap'] as const)
  return configure(turn.world, configuratorCall(name, [someReserve(turn).asset, cap]))
}

const fees = (turn: Turn): Planned => {
  const bps = BigInt(turn.random.pick([0, 1, 1_000, 2_500, 9_999, 10_000, 10_001]))
  const name = turn.random.pick(['setReserveFactor', 'setLiquidationProtocolFee'] as const)
  return configure(turn.world, configuratorCall(name, [someReserve(turn).asset, bps]))
}

function rates(turn: Turn): Planned {
  const { random } = turn
  const data = {
    optimalUsage: random.int(100, 9_900),
    base: random.pick([0, 0, 100, 2_000]),
    slope1: random.pick([0, 100, 400, 5_000]),
    slope2: random.pick([5_000, 8_000, 40_000, 90_000]),
  }
  if (isOld(turn.world)) return setRates(turn, someReserve(turn).asset, data)
  const encoded = encodeAbiParameters(RATES, [data])
  return configure(turn.world, configuratorCall('setReserveInterestRateData', [someReserve(turn).asset, encoded]))
}

/** V3.0.2 has its rates in a contract for each reserve. */
export function setRates(
  { world }: Turn,
  asset: Address,
  data: { optimalUsage: number; base: number; slope1: number; slope2: number },
): Planned {
  const { addressesProvider, governance, configurator } = world.addresses
  const rates = {
    optimalUsageBps: data.optimalUsage,
    baseBps: data.base,
    slope1Bps: data.slope1,
    slope2Bps: data.slope2,
  }
  return {
    async send() {
      const deployer = await Deployer.create(world.chain, governance)
      const where = await deployStrategy(deployer, addressesProvider, rates)
      await deployer.call(configurator, legacyCall('setReserveInterestRateStrategyAddress', [asset, where]))
    },
  }
}

function switches(turn: Turn): Planned {
  const name = turn.random.pick(['setReserveBorrowing', 'setReserveFlashLoaning', 'setBorrowableInIsolation'] as const)
  return configure(turn.world, configuratorCall(name, [someReserve(turn).asset, turn.random.chance(0.5)]))
}

/** Only without borrowers, or suppliers: refused for reserves in use. */
const siloed = (turn: Turn): Planned =>
  configure(turn.world, configuratorCall('setSiloedBorrowing', [someYoung(turn).asset, turn.random.chance(0.7)]))
const debtCeiling = (turn: Turn): Planned =>
  configure(
    turn.world,
    configuratorCall('setDebtCeiling', [someYoung(turn).asset, BigInt(turn.random.pick([0, 100, 1_000_000]))]),
  )
const inactive = (turn: Turn): Planned =>
  configure(turn.world, configuratorCall('setReserveActive', [someYoung(turn).asset, turn.random.chance(0.5)]))

function flashPremium({ world, random }: Turn): Planned {
  const bps = BigInt(random.pick([0, 5, 9, 100]))
  if (!isOld(world)) return configure(world, configuratorCall('updateFlashloanPremium', [bps]))
  const share = BigInt(random.pick([0, 3_000, 10_000]))
  return configure(
    world,
    legacyCall('updateFlashloanPremiumTotal', [bps]),
    legacyCall('updateFlashloanPremiumToProtocol', [share]),
  )
}

export const someCategory = ({ world, random }: Turn): number =>
  random.pick([...world.eModes.map(({ id }) => id), 3, 200])

function eModeTerms(turn: Turn): Planned {
  const { ltv, lt, bonus } = terms(turn.random)
  const args = [someCategory(turn), Number(ltv || 1n), Number(lt), Number(bonus), 'another'] as const
  return configure(turn.world, configuratorCall('setEModeCategory', args))
}

function eModeMembers(turn: Turn): Planned {
  const names = ['setAssetCollateralInEMode', 'setAssetBorrowableInEMode', 'setAssetLtvzeroInEMode'] as const
  const args = [someReserve(turn).asset, someCategory(turn), turn.random.chance(0.65)] as const
  return configure(turn.world, configuratorCall(turn.random.pick(names), args))
}

/** All as it was when it was listed: what was broken is mended. */
function mend(turn: Turn): Planned | undefined {
  const { world, reserves, random } = turn
  const paused = reserves.filter(({ configuration: data }) => configuration.paused(data))
  if (paused.length > 2) return configure(world, pausingAll(world, false, random.pick(GRACES)))
  const hurt = reserves.filter(({ configuration: data }) => isHurt(data))
  const reserve = hurt.length > 0 ? random.pick(hurt) : someReserve(turn)
  const listing = listingOf(world, reserve.asset)
  if (listing === undefined) return undefined
  return configure(world, ...mending(world, reserve, listing))
}

const isHurt = (data: bigint): boolean =>
  configuration.paused(data) ||
  configuration.frozen(data) ||
  !configuration.active(data) ||
  configuration.ltv(data) === 0n

function mending(world: World, { asset, configuration: data }: Reserve, listing: Listing): Hex[] {
  const { ltvBps, ltBps, bonusBps } = listing
  return [
    ...(configuration.active(data) ? [] : [configuratorCall('setReserveActive', [asset, true])]),
    ...(configuration.paused(data) ? [pausing(world, asset, false, 0)] : []),
    ...(configuration.frozen(data) ? [configuratorCall('setReserveFreeze', [asset, false])] : []),
    configuratorCall('configureReserveAsCollateral', [asset, BigInt(ltvBps), BigInt(ltBps), BigInt(bonusBps)]),
    configuratorCall('setReserveBorrowing', [asset, true]),
    configuratorCall('setReserveFlashLoaning', [asset, true]),
    configuratorCall('setSupplyCap', [asset, 0n]),
    configuratorCall('setBorrowCap', [asset, 0n]),
  ]
}

/** A new token with a feed of its own; it takes a dropped one's place. Some are collateral in no way at first. */
function addReserve(turn: Turn): Planned | undefined {
  const { world, random, reserves } = turn
  if (reserves.length >= MOST_RESERVES) return undefined
  const model = random.pick(world.listings)
  const symbol = `N${random.int(1, 9_999)}`
  const never = random.chance(0.3)
  const none = { ltvBps: 0, ltBps: 0, bonusBps: 0 }
  return {
    async send() {
      const { chain, addresses } = world
      const deployer = await Deployer.create(chain, addresses.governance)
      const decimals = random.pick([2, 6, 8, 18, 18, 24])
      const priceUsd8 = random.pick([1n, 1_000n, USD, 7n * USD, 40_000n * USD])
      const asset = await deployToken(deployer, symbol, decimals)
      const feed = await deployFeed(deployer, symbol, priceUsd8)
      const listing: Listing = { ...model, ...(never ? none : {}), ...feed, symbol, asset, decimals, priceUsd8 }
      await deployer.call(oracleOf(world), oracleCall('setAssetSources', [[asset], [feed.source]]))
      const parameters = { ...listing, protocolFeeBps: random.pick([0, 1_000]), reserveFactorBps: 1_000 }
      await world.list(deployer, { asset, symbol, decimals, parameters }, random)
      await fund(world, deployer, asset)
      world.added.push(listing)
    },
  }
}

/** One that nobody uses, if there is one. */
async function dropReserve(turn: Turn): Promise<Planned | undefined> {
  const { world, random, reserves } = turn
  const unused: Reserve[] = []
  for (const reserve of reserves.filter(
    ({ asset }) => !world.listings.some((one) => one.asset.toLowerCase() === asset),
  )) {
    const call = { address: reserve.aToken, abi: tokenAbi, functionName: 'totalSupply' } as const
    if ((await world.chain.client.readContract(call)) === 0n) unused.push(reserve)
  }
  if (unused.length === 0 && random.chance(0.8)) return undefined
  const { asset } = random.pick(unused.length > 0 ? unused : reserves)
  return configure(world, configuratorCall('dropReserve', [asset]))
}

function mintToTreasury({ world, reserves, random }: Turn): Planned {
  const assets = reserves.filter(() => random.chance(0.5)).map(({ asset }) => asset)
  const data = poolCall('mintToTreasury', [assets])
  return sending(world, { from: random.pick(world.liquidators), to: world.addresses.pool, data })
}

/** The umbrella supplies, and burns what it has for a deficit that bad debt left. */
async function eliminateDeficit(turn: Turn): Promise<Planned | undefined> {
  const { world, random, reserves } = turn
  const { pool } = world.addresses
  const short: { asset: Address; deficit: bigint }[] = []
  for (const { asset } of reserves) {
    const call = { address: pool, abi: deficitAbi, functionName: 'getReserveDeficit', args: [asset] } as const
    const deficit = await world.chain.client.readContract(call)
    if (deficit > 0n) short.push({ asset, deficit })
  }
  if (short.length === 0 && random.chance(0.95)) return undefined
  const { asset, deficit } = short.length > 0 ? random.pick(short) : { asset: someReserve(turn).asset, deficit: 1n }
  const of = (data: Hex): Order => ({ from: world.umbrella, to: pool, data })
  return sending(
    world,
    of(poolCall('supply', [asset, deficit + 2n, world.umbrella, 0])),
    of(poolCall('eliminateReserveDeficit', [asset, random.pick([1n, deficit / 2n || 1n, deficit, 2n * deficit])])),
  )
}

const sets = ['aave-v3.6'] as const
export const governanceKinds: readonly Kind[] = [
  { name: 'mend a reserve', weight: 4, plan: mend },
  { name: 'collateral terms', weight: 1, plan: collateralTerms },
  { name: 'no longer collateral', weight: 0.4, plan: notCollateral },
  { name: 'LTV zero', weight: 0.8, sets, plan: ltvZero },
  { name: 'freeze', weight: 0.5, plan: freeze },
  { name: 'pause', weight: 0.6, plan: pause },
  { name: 'grace period', weight: 0.8, sets, plan: grace },
  { name: 'pause the pool', weight: 0.3, plan: pausePool },
  { name: 'no grace period', weight: 0.8, sets, plan: noGrace },
  { name: 'caps', weight: 0.8, plan: caps },
  { name: 'reserve factor, protocol fee', weight: 1, plan: fees },
  { name: 'interest rates', weight: 0.8, plan: rates },
  { name: 'borrowing, flash loans on or off', weight: 0.6, plan: switches },
  { name: 'siloed borrowing', weight: 0.4, plan: siloed },
  { name: 'debt ceiling', weight: 0.4, plan: debtCeiling },
  { name: 'active or not', weight: 0.4, plan: inactive },
  { name: 'flash premium', weight: 0.4, plan: flashPremium },
  { name: 'eMode terms', weight: 1, sets, plan: eModeTerms },
  { name: 'eMode members', weight: 1.5, sets, plan: eModeMembers },
  { name: 'reserve added', weight: 0.6, plan: addReserve },
  { name: 'reserve dropped', weight: 0.8, plan: dropReserve },
  { name: 'mint to treasury', weight: 1.5, plan: mintToTreasury },
  { name: 'deficit eliminated', weight: 1, sets, plan: eliminateDeficit },
]
