import { type Address, type Hex, keccak256, toHex } from 'viem'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import type { Book } from '../../src/core/book.ts'
import type { Ledger } from '../../src/core/ledger.ts'
import type { AccountView } from '../../src/core/protocol.ts'
import type { AccountId } from '../../src/core/types.ts'
import {
  addressIn,
  COLLATERAL,
  configuration,
  DEBT,
  MARKET,
  NO_PRICE,
  reserveAddress,
  reserveCell,
  reserveIds,
  scaledCell,
  stableCell,
} from '../../src/protocols/aave-v3/cells.ts'
import { normalizedDebt, normalizedIncome } from '../../src/protocols/aave-v3/moment.ts'
import { type Rules, rulesFor } from '../../src/protocols/aave-v3/rules.ts'
import { ownArtifact } from '../devnet/artifacts.ts'
import { namedAccount } from '../devnet/chain.ts'
import { Deployer } from '../devnet/deployer.ts'
import type { Random } from '../devnet/random.ts'
import { poolCall, providerCall, tokenCall } from './abis.ts'
import type { Ground, Listing } from './ground.ts'
import type { Mirror } from './mirror.ts'

const PEOPLE = 16
const LIQUIDATORS = 3
const ENDLESS = 2n ** 127n
const LENT_USD8 = 3_000_000n * 10n ** 8n

/** Everybody and everything that actions are about. */
export interface World extends Ground {
  readonly mirror: Mirror
  readonly people: readonly PrivateKeyAccount[]
  readonly liquidators: readonly Address[]
  readonly umbrella: Address
  readonly flashReceiver: Address
  readonly priceTable: Address
  /** Reserves listed since the start; after a reorganisation some may be gone. */
  readonly added: Listing[]
}

export type Cast = Omit<World, 'mirror'>

/** A reserve as the mirror knows it now. */
export interface Reserve {
  readonly id: number
  readonly asset: Address
  readonly aToken: Address
  readonly vToken: Address
  /** Of V3.0.2; the zero address elsewhere. */
  readonly sToken: Address
  readonly source: Address
  readonly decimals: number
  readonly priceUsd8: bigint
  readonly configuration: bigint
}

/** People with money of every kind, each allowing the pool to take it, and a lender in every reserve. */
export async function populate(ground: Ground, seed: number): Promise<Cast> {
  const { chain, addresses, listings } = ground
  const keyOf = (index: number): Hex => keccak256(toHex(`plimsoll differential ${seed} ${index}`))
  const people = Array.from({ length: PEOPLE }, (_, index) => privateKeyToAccount(keyOf(index)))
  const liquidators = Array.from({ length: LIQUIDATORS }, (_, index) => namedAccount(`liquidator ${index}`))
  const umbrella = namedAccount('umbrella')
  const deployer = await Deployer.create(chain, addresses.governance)
  const flashReceiver = await deployer.deploy(ownArtifact('mocks/FlashReceiver'), [])
  const priceTable = await deployer.deploy(ownArtifact('mocks/PriceTable'), [addresses.governance])
  await deployer.call(addresses.addressesProvider, providerCall('setAddress', [umbrellaId, umbrella]))
  const cast = { ...ground, people, liquidators, umbrella, flashReceiver, priceTable, added: [] }
  for (const { asset } of listings) await fund(cast, deployer, asset)
  for (const listing of listings) {
    const amount = (LENT_USD8 * 10n ** BigInt(listing.decimals)) / listing.priceUsd8
    const data = poolCall('supply', [listing.asset, amount, lender, 0])
    await chain.send({ from: lender, to: addresses.pool, data })
  }
  await chain.settle()
  return cast
}

const lender = namedAccount('lender')
/** bytes32('UMBRELLA') */
const umbrellaId = toHex('UMBRELLA', { size: 32 })

/** Everybody gets as much of a token as anybody could want, and lets the pool take it. Left pending. */
export async function fund(cast: Cast, deployer: Deployer, asset: Address): Promise<void> {
  const { chain, addresses, people, liquidators, umbrella, flashReceiver } = cast
  const holders = [...people.map(({ address }) => address), ...liquidators, addresses.multicall3, umbrella, lender]
  await deployer.call(asset, tokenCall('mint', [flashReceiver, ENDLESS]))
  for (const holder of holders) {
    await deployer.call(asset, tokenCall('mint', [holder, ENDLESS]))
    await chain.send({ from: holder, to: asset, data: tokenCall('approve', [addresses.pool, ENDLESS]) })
  }
}

export function reservesOf({ ledger }: Book): Reserve[] {
  return reserveIds(ledger).map((id) => {
    const data = ledger.get(reserveCell(id, 'configuration'))
    return {
      id,
      asset: reserveAddress(ledger, id, 'asset'),
      aToken: reserveAddress(ledger, id, 'aToken'),
      vToken: reserveAddress(ledger, id, 'vToken'),
      sToken: reserveAddress(ledger, id, 'sToken'),
      source: `0x${ledger.get(reserveCell(id, 'source')).toString(16).padStart(40, '0')}`,
      decimals: Number(configuration.decimals(data)),
      priceUsd8: priceOf(ledger, id),
      configuration: data,
    }
  })
}

/** The oracle in use: governance may name another. */
export const oracleOf = ({ mirror }: World): Address => addressIn(mirror.book.ledger, MARKET.oracle)

export const listingOf = (world: World, asset: Address): Listing | undefined =>
  [...world.listings, ...world.added].findLast((listing) => listing.asset.toLowerCase() === asset.toLowerCase())

/** Account of an address in the mirror, if it is known there. */
export function accountOf({ book }: Mirror, address: Address): AccountId | undefined {
  const account = book.find(lower(address))
  return account !== undefined && book.protocol.knows(book.ledger, account) ? account : undefined
}

export const lower = (address: Address): Address => `0x${address.slice(2).toLowerCase()}`

export function viewOf({ mirror }: World, address: Address, timestamp: bigint): AccountView | undefined {
  const account = accountOf(mirror, address)
  return account === undefined ? undefined : mirror.book.account(account, timestamp)
}

/** What somebody known holds of a reserve, flagged as collateral or not, and owes, at a fixed rate less its interest; 0 for others. */
export function balanceOf({ mirror }: World, address: Address, { id }: Reserve, timestamp: bigint) {
  const { ledger } = mirror.book
  const account = accountOf(mirror, address)
  if (account === undefined) return { supplied: 0n, owed: 0n, fixed: 0n }
  const at = (index: bigint, side: typeof COLLATERAL | typeof DEBT) =>
    (ledger.get(scaledCell(account, id, side)) * index) / 10n ** 27n
  return {
    supplied: at(normalizedIncome(ledger, id, timestamp), COLLATERAL),
    owed: at(normalizedDebt(ledger, id, timestamp, rulesFor('auto', ledger.get(MARKET.revision)) as Rules), DEBT),
    fixed: ledger.get(stableCell(account, id, 'principal')),
  }
}

/** An amount of an asset: dust, or of a size that people have, with many around the pool's own limits of $1,000 and $2,000. */
export function drawAmount(random: Random, decimals: number, priceUsd8: bigint): bigint {
  const draw = random.next()
  if (draw < 0.06) return BigInt(random.int(1, 3))
  if (draw < 0.11) return BigInt(random.int(1, 100_000))
  const usd = draw < 0.4 ? random.between(500, 5_000) : random.logNormal(8_000, 1.6)
  const price = priceUsd8 === 0n ? 10n ** 8n : priceUsd8
  return (BigInt(Math.round(usd * 1e8)) * 10n ** BigInt(decimals)) / price || 1n
}

/** Some of what there is: all, the last unit left or taken, or any share. */
export function drawPart(random: Random, whole: bigint): bigint {
  if (whole <= 1n) return 1n
  const draw = random.next()
  if (draw < 0.1) return whole
  if (draw < 0.15) return whole - 1n
  if (draw < 0.2) return 1n
  return (whole * BigInt(random.int(1, 1_000_000))) / 1_000_000n || 1n
}

export const MAX_UINT256 = 2n ** 256n - 1n

/** 0 also where the oracle does not answer. */
function priceOf(ledger: Ledger, id: number): bigint {
  const price = ledger.get(reserveCell(id, 'price'))
  return price === NO_PRICE ? 0n : price
}
