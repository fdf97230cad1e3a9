import type { PrivateKeyAccount } from 'viem/accounts'
import { legacyCall, poolCall, rolesCall, tokenCall } from '../abis.ts'
import { availableOf } from '../predict.ts'
import { balanceOf, drawPart, MAX_UINT256, viewOf } from '../world.ts'
import { configure, setRates } from './governance.ts'
import { type Kind, type Planned, sending, somebody, someReserve, type Turn } from './kind.ts'
import {
  amountOf,
  borrowable,
  type Held,
  isInEMode,
  isStableEnabled,
  pool,
  STABLE,
  someDebtor,
  someHeld,
  VARIABLE,
} from './users.ts'

/** A loan at a fixed rate; the pool lends a quarter of what it has at most. */
function borrowFixed(turn: Turn): Planned {
  const { world, random, reserves } = turn
  const who = someDebtor(turn)
  const able = reserves.filter(isStableEnabled)
  const reserve = able.length > 0 && random.chance(0.95) ? random.pick(able) : someReserve(turn)
  const most = availableOf(world.mirror.book.ledger, reserve.id) / 4n
  const wanted = borrowable(turn, who, reserve)
  const amount = wanted > most && most > 0n && random.chance(0.8) ? most : wanted
  return sending(world, pool(world, who, poolCall('borrow', [reserve.asset, amount, STABLE, 0, who.address])))
}

/** Somebody with a debt at a fixed rate; rarely one without. */
function someFixed(turn: Turn): Held | undefined {
  const held = someHeld(turn, 'fixed')
  const owes = balanceOf(turn.world, held.who.address, held.reserve, turn.timestamp).fixed > 0n
  return owes || turn.random.chance(0.1) ? held : undefined
}

/** Less than the interest, a part, or all of it; sometimes with aTokens, or by another one. */
function repayFixed(turn: Turn): Planned | undefined {
  const { world, random } = turn
  const held = someFixed(turn)
  if (held === undefined) return undefined
  const { who, reserve, amount } = held
  const asked = random.chance(0.3) ? MAX_UINT256 : random.chance(0.2) ? 1n : drawPart(random, amount)
  if (random.chance(0.2))
    return sending(world, pool(world, who, poolCall('repayWithATokens', [reserve.asset, asked, STABLE])))
  const another = asked < MAX_UINT256 && random.chance(0.2)
  const payer = another ? somebody(turn) : who
  return sending(world, pool(world, payer, poolCall('repay', [reserve.asset, asked, STABLE, who.address])))
}

function swapRateMode(turn: Turn): Planned | undefined {
  const { world, random } = turn
  const leaving = random.chance(0.5) ? STABLE : VARIABLE
  const held = leaving === STABLE ? someFixed(turn) : someHeld(turn, 'owed')
  return held && sending(world, pool(world, held.who, poolCall('swapBorrowRateMode', [held.reserve.asset, leaving])))
}

const DEAR = { optimalUsage: 8_000, base: 5_000, slope1: 5_000, slope2: 9_000 }

/** Anybody may ask for it; refused while the fixed rates are not far behind: mostly the others have just risen. */
function rebalance(turn: Turn): Planned | undefined {
  const { world, random } = turn
  const held = someFixed(turn)
  if (held === undefined) return undefined
  const { who, reserve } = held
  const rise = random.chance(0.6) ? setRates(turn, reserve.asset, DEAR) : undefined
  const data = poolCall('rebalanceStableBorrowRate', [reserve.asset, who.address])
  const ask = sending(world, pool(world, somebody(turn), data))
  return {
    async send() {
      await rise?.send()
      await ask.send()
    },
  }
}

function someWithout(turn: Turn, side: 'collaterals' | 'debts'): PrivateKeyAccount {
  const { world, timestamp } = turn
  const free = world.people.filter(({ address }) => (viewOf(world, address, timestamp)?.[side].length ?? 0) === 0)
  return free.length > 0 ? turn.random.pick(free) : somebody(turn)
}

/** Somebody without collateral borrows against an isolated asset, which must be switched on for that. */
function arriveInIsolation(turn: Turn): Planned | undefined {
  const { world, random, reserves } = turn
  const isolated = reserves.filter(({ configuration }) => (configuration >> 212n) % 2n ** 40n > 0n)
  if (isolated.length === 0) return undefined
  const who = someWithout(turn, 'collaterals')
  const collateral = random.pick(isolated)
  const borrowed = reserves.filter(({ configuration }) => (configuration >> 61n) % 2n === 1n)
  const debt = borrowed.length > 0 ? random.pick(borrowed) : someReserve(turn)
  const amount = amountOf(turn, collateral)
  const owed =
    (amount * collateral.priceUsd8 * 10n ** BigInt(debt.decimals) * BigInt(random.int(10, 55))) /
      (100n * 10n ** BigInt(collateral.decimals) * (debt.priceUsd8 || 1n)) || 1n
  return sending(
    world,
    pool(world, who, poolCall('setUserEMode', [0])),
    pool(world, who, poolCall('supply', [collateral.asset, amount, who.address, 0])),
    pool(world, who, poolCall('setUserUseReserveAsCollateral', [collateral.asset, true])),
    pool(world, who, poolCall('borrow', [debt.asset, owed, VARIABLE, 0, who.address])),
  )
}

/** Somebody enters a category, supplies one of its assets and borrows another. */
function arriveInCategory(turn: Turn): Planned | undefined {
  const { world, random, reserves } = turn
  const who = someWithout(turn, 'debts')
  const { id } = random.pick(world.eModes)
  const members = reserves.filter((reserve) => isInEMode(world, reserve, id))
  if (members.length === 0) return undefined
  const [collateral, debt] = [random.pick(members), random.pick(members)]
  const amount = amountOf(turn, collateral)
  const owed =
    (amount * 10n ** BigInt(debt.decimals) * BigInt(random.int(40, 92))) /
      (100n * 10n ** BigInt(collateral.decimals)) || 1n
  return sending(
    world,
    pool(world, who, poolCall('setUserEMode', [id])),
    pool(world, who, poolCall('supply', [collateral.asset, amount, who.address, 0])),
    pool(world, who, poolCall('borrow', [debt.asset, owed, VARIABLE, 0, who.address])),
  )
}

/** Of an asset that is isolated already it may change with borrowers in place, to 0 as well. */
function ceiling(turn: Turn): Planned {
  const { world, random, reserves } = turn
  const isolated = reserves.filter(({ configuration }) => (configuration >> 212n) % 2n ** 40n > 0n)
  const { asset } = isolated.length > 0 ? random.pick(isolated) : someReserve(turn)
  return configure(world, legacyCall('setDebtCeiling', [asset, BigInt(random.pick([0, 100, 500_000, 500_000_000]))]))
}

const stableBorrowing = (turn: Turn): Planned =>
  configure(turn.world, legacyCall('setReserveStableRateBorrowing', [someReserve(turn).asset, turn.random.chance(0.7)]))

/** A bridge mints aTokens for which nothing lies in the pool yet, or brings what is missing, with a fee for the lenders. */
function bridge(turn: Turn): Planned {
  const { world, random } = turn
  const { addresses, umbrella } = world
  const { governance: from, aclManager, configurator } = addresses
  const reserve = someReserve(turn)
  const amount = amountOf(turn, reserve)
  const cap = BigInt(random.pick([0, 1, 10_000_000, 10_000_000]))
  const orders = [
    { from, to: aclManager, data: rolesCall('addBridge', [umbrella]) },
    { from, to: configurator, data: legacyCall('setUnbackedMintCap', [reserve.asset, cap]) },
    pool(world, umbrella, poolCall('mintUnbacked', [reserve.asset, amount, somebody(turn).address, 0])),
  ]
  const back = pool(
    world,
    umbrella,
    poolCall('backUnbacked', [reserve.asset, drawPart(random, amount), amount / BigInt(random.int(50, 5_000))]),
  )
  return sending(world, ...orders, ...(random.chance(0.6) ? [back] : []))
}

/** What lies in the aToken is what there is to seize: sent there with nothing asked in return. */
function gift(turn: Turn): Planned {
  const { asset, aToken, ...reserve } = someReserve(turn)
  const amount = amountOf(turn, { asset, aToken, ...reserve })
  const data = tokenCall('transfer', [aToken, amount])
  return sending(turn.world, { from: somebody(turn).address, to: asset, data })
}

const sets = ['aave-v3.0.2'] as const
export const legacyKinds: readonly Kind[] = [
  { name: 'arrive in isolation', weight: 2.5, sets, plan: arriveInIsolation },
  { name: 'arrive in a category', weight: 4, sets, plan: arriveInCategory },
  { name: 'debt ceiling of an isolated asset', weight: 0.3, sets, plan: ceiling },
  { name: 'borrow at a fixed rate', weight: 6, sets, plan: borrowFixed },
  { name: 'repay a fixed rate', weight: 4, sets, plan: repayFixed },
  { name: 'swap of the rate mode', weight: 4, sets, plan: swapRateMode },
  { name: 'rebalance', weight: 2, sets, plan: rebalance },
  { name: 'fixed rates on or off', weight: 0.5, sets, plan: stableBorrowing },
  { name: 'bridge', weight: 1, sets, plan: bridge },
  { name: 'gift to an aToken', weight: 0.7, sets, plan: gift },
]
