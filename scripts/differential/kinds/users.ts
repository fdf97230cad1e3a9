import type { PrivateKeyAccount } from 'viem/accounts'
import { configuration, configurationCell, flags } from '../../../src/protocols/aave-v3/cells.ts'
import { poolCall, tokenCall } from '../abis.ts'
import {
  accountOf,
  balanceOf,
  drawAmount,
  drawPart,
  listingOf,
  lower,
  MAX_UINT256,
  type Reserve,
  viewOf,
  type World,
} from '../world.ts'
import { type Kind, type Order, type Planned, sending, somebody, someReserve, type Turn } from './kind.ts'

export const STABLE = 1n
export const VARIABLE = 2n

/** Bit 59 of a configuration of V3.0.2. */
export const isStableEnabled = ({ configuration: data }: Reserve): boolean => ((data >> 59n) & 1n) === 1n

/** How a debt of a reserve is to be taken up: in V3.0.2 sometimes at a fixed rate. */
export const someRateMode = ({ world, random }: Turn, reserve: Reserve): bigint =>
  world.set === 'aave-v3.0.2' && random.chance(isStableEnabled(reserve) ? 0.35 : 0.02) ? STABLE : VARIABLE

/** At the price it was listed with: after a fall of the price nobody suddenly owns the world. */
export const amountOf = ({ world, random }: Turn, reserve: Reserve): bigint =>
  drawAmount(random, reserve.decimals, listingOf(world, reserve.asset)?.priceUsd8 ?? 0n)

export interface Held {
  readonly who: PrivateKeyAccount
  readonly reserve: Reserve
  readonly amount: bigint
}

/** Somebody who has something on that side of a reserve; rarely anybody and anything, which the pool must refuse. */
export function someHeld(turn: Turn, side: 'supplied' | 'owed' | 'fixed', owner?: PrivateKeyAccount): Held {
  const { world, random, reserves, timestamp } = turn
  const held = (owner ? [owner] : world.people).flatMap((who) =>
    reserves
      .map((reserve) => ({ who, reserve, amount: balanceOf(world, who.address, reserve, timestamp)[side] }))
      .filter(({ amount }) => amount > 0n),
  )
  if (held.length > 0 && random.chance(0.95)) return random.pick(held)
  const reserve = someReserve(turn)
  return { who: owner ?? somebody(turn), reserve, amount: amountOf(turn, reserve) }
}

/** Somebody who may borrow more, mostly. */
export function someDebtor(turn: Turn): PrivateKeyAccount {
  const { world, random, timestamp } = turn
  const able = world.people.filter(
    ({ address }) => (viewOf(world, address, timestamp)?.availableBorrowsBase ?? 0n) > 0n,
  )
  return able.length > 0 && random.chance(0.85) ? random.pick(able) : somebody(turn)
}

export const pool = ({ addresses }: World, from: PrivateKeyAccount | `0x${string}`, data: `0x${string}`): Order => ({
  from: typeof from === 'string' ? from : from.address,
  to: addresses.pool,
  data,
})

/** A reserve that the account's category lets it borrow, mostly. */
export function someDebtReserve(turn: Turn, who: PrivateKeyAccount): Reserve {
  const { world, random, reserves, timestamp } = turn
  const category = viewOf(world, who.address, timestamp)?.eMode ?? 0
  const allowed = category === 0 ? reserves : reserves.filter((reserve) => isInEMode(world, reserve, category))
  return random.pick(allowed.length > 0 && random.chance(0.95) ? allowed : reserves)
}

/** By its listing, or (V3.0.2) by what its configuration says now. */
export const isInEMode = (world: World, { asset, configuration: data }: Reserve, category: number): boolean =>
  (configuration.eModeCategory(data) === category ||
    world.eModes.find(({ id }) => id === category)?.assets.some((one) => lower(one) === asset)) ??
  false

/** As much of a reserve as the account's room allows, or a share of it, or too much. */
export function borrowable(turn: Turn, who: PrivateKeyAccount, reserve: Reserve): bigint {
  const { world, random, timestamp } = turn
  const room = viewOf(world, who.address, timestamp)?.availableBorrowsBase ?? 0n
  if (room === 0n || reserve.priceUsd8 === 0n) return amountOf(turn, reserve)
  const most = (room * 10n ** BigInt(reserve.decimals)) / reserve.priceUsd8
  const draw = random.next()
  if (draw < 0.1) return most || 1n
  if (draw < 0.13) return most + 1n
  return drawPart(random, most)
}

function supply(turn: Turn): Planned {
  const who = somebody(turn)
  const reserve = someReserve(turn)
  const owner = turn.random.chance(0.15) ? somebody(turn) : who
  return sending(
    turn.world,
    pool(turn.world, who, poolCall('supply', [reserve.asset, amountOf(turn, reserve), owner.address, 0])),
  )
}

function withdraw(turn: Turn): Planned {
  const { who, reserve, amount } = someHeld(turn, 'supplied')
  const asked = turn.random.chance(0.2) ? MAX_UINT256 : drawPart(turn.random, amount)
  return sending(turn.world, pool(turn.world, who, poolCall('withdraw', [reserve.asset, asked, who.address])))
}

function borrow(turn: Turn): Planned {
  const who = someDebtor(turn)
  const reserve = someDebtReserve(turn, who)
  const amount = borrowable(turn, who, reserve)
  return sending(
    turn.world,
    pool(turn.world, who, poolCall('borrow', [reserve.asset, amount, someRateMode(turn, reserve), 0, who.address])),
  )
}

function repay(turn: Turn): Planned {
  const { who, reserve, amount } = someHeld(turn, 'owed')
  const byAnother = turn.random.chance(0.2)
  const payer = byAnother ? somebody(turn) : who
  const asked = turn.random.chance(0.2) ? (payer === who ? MAX_UINT256 : 2n * amount) : drawPart(turn.random, amount)
  return sending(turn.world, pool(turn.world, payer, poolCall('repay', [reserve.asset, asked, VARIABLE, who.address])))
}

function repayWithATokens(turn: Turn): Planned {
  const { world, random, reserves, timestamp } = turn
  const both = world.people.flatMap((who) =>
    reserves.flatMap((reserve) => {
      const { supplied, owed } = balanceOf(world, who.address, reserve, timestamp)
      return supplied > 0n && owed > 0n ? [{ who, reserve, amount: owed }] : []
    }),
  )
  const { who, reserve, amount } = both.length > 0 && random.chance(0.95) ? random.pick(both) : someHeld(turn, 'owed')
  const asked = random.chance(0.3) ? MAX_UINT256 : drawPart(random, amount)
  return sending(world, pool(world, who, poolCall('repayWithATokens', [reserve.asset, asked, VARIABLE])))
}

/** To another person, a stranger who never borrowed, or oneself. */
function transfer(turn: Turn): Planned {
  const { world, random } = turn
  const { who: from, reserve, amount } = someHeld(turn, 'supplied')
  const to = random.chance(0.15) ? random.pick(world.liquidators) : somebody(turn).address
  const asked = drawPart(random, amount)
  return sending(world, { from: from.address, to: reserve.aToken, data: tokenCall('transfer', [to, asked]) })
}

function useAsCollateral(turn: Turn): Planned {
  const { world, random } = turn
  const { who, reserve } = someHeld(turn, 'supplied')
  const on = isCollateral(world, who, reserve) ? random.chance(0.1) : random.chance(0.9)
  return sending(world, pool(world, who, poolCall('setUserUseReserveAsCollateral', [reserve.asset, on])))
}

export function isCollateral({ mirror }: World, who: PrivateKeyAccount, { id }: Reserve): boolean {
  const account = accountOf(mirror, who.address)
  if (account === undefined) return false
  const { ledger } = mirror.book
  return [...flags(ledger.get(configurationCell(account)))].some((flag) => flag.id === id && flag.collateral)
}

/** Categories that exist, one that may not, or none. */
export const someEMode = ({ world, random }: Turn): number =>
  random.chance(0.3) ? 0 : random.pick([...world.eModes, ...world.eModes].map(({ id }) => id).concat(3))

function setEMode(turn: Turn): Planned {
  return sending(turn.world, pool(turn.world, somebody(turn), poolCall('setUserEMode', [someEMode(turn)])))
}

/** Somebody comes, or comes back: collateral, and a loan close to what it allows. */
function arrive(turn: Turn): Planned {
  const { world, random } = turn
  const who = somebody(turn)
  const collateral = someReserve(turn)
  const debt = someDebtReserve(turn, who)
  const amount = amountOf(turn, collateral)
  const usd8 = (amount * collateral.priceUsd8) / 10n ** BigInt(collateral.decimals)
  const share = BigInt(random.int(20, 80))
  // At least a little over nothing, or the loan would be refused.
  const owed = (usd8 * share * 10n ** BigInt(debt.decimals)) / (100n * (debt.priceUsd8 || 1n)) || 1n
  return sending(
    world,
    pool(world, who, poolCall('supply', [collateral.asset, amount, who.address, 0])),
    pool(world, who, poolCall('borrow', [debt.asset, owed, someRateMode(turn, debt), 0, who.address])),
  )
}

export const userKinds: readonly Kind[] = [
  { name: 'arrive', weight: 10, plan: arrive },
  { name: 'supply', weight: 8, plan: supply },
  { name: 'withdraw', weight: 7, plan: withdraw },
  { name: 'borrow', weight: 9, plan: borrow },
  { name: 'repay', weight: 6, plan: repay },
  { name: 'repay with aTokens', weight: 3, plan: repayWithATokens },
  { name: 'transfer aTokens', weight: 4, plan: transfer },
  { name: 'switch collateral', weight: 4, plan: useAsCollateral },
  { name: 'change eMode', weight: 4.5, plan: setEMode },
]
