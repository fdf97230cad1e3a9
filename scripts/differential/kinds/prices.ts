import { type Address, type Hex, zeroAddress } from 'viem'
import { ownArtifact } from '../../devnet/artifacts.ts'
import { deployFeed } from '../../devnet/deploy-tokens.ts'
import { Deployer } from '../../devnet/deployer.ts'
import { feedCall, oracleCall, providerCall } from '../abis.ts'
import type { Listing } from '../ground.ts'
import { listingOf, lower, oracleOf, type Reserve, viewOf, type World } from '../world.ts'
import { type Kind, type Planned, sending, someReserve, type Turn } from './kind.ts'

const RATIO_UNIT = 10n ** 18n
const YEAR = 31_536_000n
const USD = 10n ** 8n

const governing = (world: World, to: Address, data: Hex): Planned =>
  sending(world, { from: world.addresses.governance, to, data })

interface Fed {
  readonly reserve: Reserve
  readonly listing: Listing
  readonly aggregator: Address
}

/** An asset with a feed of its own: those whose source is still the one it was listed with. */
function feeds({ world, reserves }: Turn): Fed[] {
  return reserves.flatMap((reserve) => {
    const listing = listingOf(world, reserve.asset)
    if (listing?.aggregator === undefined || lower(listing.source) !== reserve.source) return []
    return [{ reserve, listing, aggregator: listing.aggregator }]
  })
}

const someFeed = (turn: Turn): Fed | undefined => {
  const all = feeds(turn)
  return all.length === 0 ? undefined : turn.random.pick(all)
}

const report = ({ world }: Turn, { aggregator }: Fed, priceUsd8: bigint): Planned =>
  governing(world, aggregator, feedCall('report', [priceUsd8]))

/** By up to ten per cent, or half way back to where it was listed. */
function move(turn: Turn): Planned | undefined {
  const feed = someFeed(turn)
  if (feed === undefined) return undefined
  const { reserve, listing } = feed
  const price = reserve.priceUsd8 || listing.priceUsd8
  if (turn.random.chance(0.3)) return report(turn, feed, (price + listing.priceUsd8) / 2n || 1n)
  return report(turn, feed, (price * BigInt(turn.random.int(9_000, 11_000))) / 10_000n || 1n)
}

/** What has no price first: its source speaks again, or another one is named. */
function restore(turn: Turn): Planned | undefined {
  const { world, reserves, random } = turn
  const away = reserves.flatMap((reserve) => {
    const listing = listingOf(world, reserve.asset)
    return listing?.aggregator !== undefined && reserve.priceUsd8 !== listing.priceUsd8 ? [{ reserve, listing }] : []
  })
  const mute = away.filter(({ reserve }) => reserve.priceUsd8 === 0n)
  if (away.length === 0) return undefined
  const { reserve, listing } = random.pick(mute.length > 0 ? mute : away)
  const { governance: from } = world.addresses
  const oracle = oracleOf(world)
  const data = feedCall('report', [listing.priceUsd8])
  const speak = listing.aggregator === undefined ? [] : [{ from, to: listing.aggregator, data }]
  const name = { from, to: oracle, data: oracleCall('setAssetSources', [[listing.asset], [listing.source]]) }
  return sending(world, ...speak, ...(lower(listing.source) === reserve.source ? [] : [name]))
}

const crash = (turn: Turn): Planned | undefined => {
  const feed = someFeed(turn)
  return feed && report(turn, feed, (feed.reserve.priceUsd8 * BigInt(turn.random.int(20, 85))) / 100n || 1n)
}

/** One unit, a fortune, nothing, or less than nothing: the last two ask the fallback oracle. */
function extreme(turn: Turn): Planned | undefined {
  const feed = someFeed(turn)
  return feed && report(turn, feed, turn.random.pick([1n, 1n, 2n, 10n ** 14n, 10n ** 14n, 10n ** 16n, 0n, -5n]))
}

/** Moves the price of somebody's largest collateral to where health is just under, or just over, a line of the rules. */
function push(turn: Turn): Planned | undefined {
  const { world, random, timestamp } = turn
  const sick = world.people.flatMap(({ address }) => {
    const view = viewOf(world, address, timestamp)
    return view !== undefined && view.totalDebtBase > 0n && view.collaterals.length > 0 ? [view] : []
  })
  if (sick.length === 0) return undefined
  const view = random.pick(sick)
  const largest = view.collaterals.reduce((a, b) => (b.valueBase > a.valueBase ? b : a))
  const feed = feeds(turn).find(({ reserve }) => reserve.asset === largest.asset)
  const weighted = view.collaterals.reduce((sum, c) => sum + c.valueBase * c.liquidationThresholdBps, 0n)
  const part = largest.valueBase * largest.liquidationThresholdBps
  if (feed === undefined || part === 0n) return undefined
  const target = BigInt(random.pick([9_999, 9_990, 9_900, 9_700, 9_501, 9_500, 9_300, 8_000, 10_001]))
  const wanted = view.totalDebtBase * target - (weighted - part)
  if (wanted <= 0n) return undefined
  return report(turn, feed, (feed.reserve.priceUsd8 * wanted) / part || 1n)
}

/** The aggregator behind the proxy is another one: nothing but a read tells the new price. */
async function replaceAggregator(turn: Turn): Promise<Planned | undefined> {
  const { world, random } = turn
  const feed = someFeed(turn)
  if (feed === undefined) return undefined
  const { governance } = world.addresses
  const price = (feed.listing.priceUsd8 * BigInt(random.int(8_000, 12_000))) / 10_000n
  return {
    async send() {
      const deployer = await Deployer.create(world.chain, governance)
      const artifact = ownArtifact('mocks/Aggregator')
      const aggregator = await deployer.deploy(artifact, [governance, 8, 'another', price])
      await deployer.call(feed.listing.source, feedCall('confirmAggregator', [aggregator]))
      world.added.push({ ...feed.listing, aggregator })
    },
  }
}

/** Another source for an asset, with a feed of its own, or none at all: then the fallback oracle is asked. */
async function replaceSource(turn: Turn): Promise<Planned | undefined> {
  const { world, random } = turn
  const { governance } = world.addresses
  const listing = listingOf(world, someReserve(turn).asset)
  if (listing === undefined) return undefined
  const none = random.chance(0.15)
  return {
    async send() {
      const deployer = await Deployer.create(world.chain, governance)
      const feed = none
        ? { source: zeroAddress }
        : await deployFeed(deployer, `${listing.symbol}, another`, listing.priceUsd8)
      await deployer.call(oracleOf(world), oracleCall('setAssetSources', [[listing.asset], [feed.source]]))
      world.added.push({ ...listing, ...(none ? {} : feed) })
    },
  }
}

function fallbackOracle({ world, random }: Turn): Planned {
  const table = random.chance(0.75) ? world.priceTable : zeroAddress
  return governing(world, oracleOf(world), oracleCall('setFallbackOracle', [table]))
}

function fallbackPrice(turn: Turn): Planned {
  const { world, random } = turn
  const reserve = someReserve(turn)
  const usual = listingOf(world, reserve.asset)?.priceUsd8 ?? USD
  const price = random.pick([usual, (usual * 9n) / 10n, 0n, 1n])
  return governing(world, world.priceTable, feedCall('setAssetPrice', [reserve.asset, price]))
}

/** The ratio of a staked token, or the cap on it, takes another course; often the cap binds. */
function ratioLine(turn: Turn): Planned | undefined {
  const { world, random } = turn
  const ratio = world.listings.find(({ aggregator }) => aggregator === undefined)
  if (ratio === undefined) return undefined
  const genesisS = BigInt(world.chain.spec.genesis.getTime() / 1000)
  const startRatio = (RATIO_UNIT * BigInt(random.int(10_500, 13_000))) / 10_000n
  const growthPerSecond = (startRatio * BigInt(random.int(0, 3_000))) / 10_000n / YEAR
  // Long ago: a reorganisation may turn the clock back.
  const line = { startRatio, startTime: genesisS - BigInt(random.int(0, 1_000_000)), growthPerSecond }
  return governing(world, ratio.source, feedCall(random.chance(0.5) ? 'setRatio' : 'setCap', [line]))
}

/** Another oracle contract in the same role, with sources as they were listed and the table as its fallback. */
function replaceOracle({ world, reserves, random }: Turn): Planned {
  const { addressesProvider, governance } = world.addresses
  const listed = reserves.flatMap(({ asset }) => listingOf(world, asset) ?? [])
  return {
    async send() {
      const deployer = await Deployer.create(world.chain, governance)
      const assets = listed.map(({ asset }) => asset)
      const sources = listed.map(({ source }) => source)
      const fallback = random.chance(0.5) ? world.priceTable : zeroAddress
      const oracle = await world.deployOracle(deployer, { assets, sources, fallback })
      await deployer.call(addressesProvider, providerCall('setPriceOracle', [oracle]))
    },
  }
}

/** Taken away, or put back. */
function sentinel({ world, random }: Turn): Planned | undefined {
  const { priceOracleSentinel, addressesProvider } = world.addresses
  if (priceOracleSentinel === undefined) return undefined
  const next = random.chance(0.3) ? zeroAddress : priceOracleSentinel
  return governing(world, addressesProvider, providerCall('setPriceOracleSentinel', [next]))
}

/** The sequencer stops, or is back since some time. */
function sequencer({ world, random, timestamp }: Turn): Planned | undefined {
  const { sequencerOracle } = world.addresses
  if (sequencerOracle === undefined) return undefined
  const down = random.chance(0.4)
  const since = timestamp - BigInt(random.pick([0, 60, 3_500, 3_600, 3_601, 10_000]))
  return governing(world, sequencerOracle, feedCall('setAnswer', [down, since]))
}

export const priceKinds: readonly Kind[] = [
  { name: 'price moves', weight: 5, plan: move },
  { name: 'price is restored', weight: 5, plan: restore },
  { name: 'price crashes', weight: 1.5, plan: crash },
  { name: 'price is extreme', weight: 0.4, plan: extreme },
  { name: 'price to the line', weight: 7, plan: push },
  { name: 'aggregator replaced', weight: 0.5, plan: replaceAggregator },
  { name: 'source replaced', weight: 0.5, plan: replaceSource },
  { name: 'fallback oracle', weight: 0.4, plan: fallbackOracle },
  { name: 'fallback price', weight: 0.6, plan: fallbackPrice },
  { name: 'ratio or its cap', weight: 1, plan: ratioLine },
  { name: 'oracle replaced', weight: 0.3, plan: replaceOracle },
  { name: 'sequencer', weight: 1.5, plan: sequencer },
  { name: 'sentinel', weight: 0.5, plan: sentinel },
]
