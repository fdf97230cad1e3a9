import { type Address, getAddress } from 'viem'
import type { AccountView, ReserveView } from '../../core/protocol.ts'
import { type Covariance, ewmaCovariance, type PricePoint } from '../../core/risk/covariance.ts'
import {
  byRoot,
  chanceOfLiquidation,
  type Exposure,
  eulerWeights,
  exposuresOf,
  sigmaOf,
  weighted,
} from '../../core/risk/margin.ts'
import { known, lacking } from '../../core/risk/measure.ts'
import type { PlanAnswer, PlanContribution } from '../../core/risk/move-answers.ts'
import type { RiskWorld } from './world.ts'

/** Three days: a wave is over in as many, and what was before it says little of the next day. */
const HALF_LIFE_HOURS = 72
/** Fewer say nothing. */
const LEAST_RETURNS = 48
const DAY_S = 86_400
/** Of the debt, that is added as another collateral. */
const ADDED_BPS = 1_000n

type Chance = Pick<PlanAnswer, 'probability24h' | 'returns' | 'contributions' | 'additions'>

/** P(health < 1 within 24 h) of one account, where it comes from, and what another collateral would make of it. */
export function chanceAnswer(world: RiskWorld, view: AccountView): Chance {
  const { reserves } = world.book.protocol.market(world.book.ledger)
  const exposures = exposuresOf(view)
  // What has no feed has no history either: it is taken to stand still.
  const roots = rootsOf(exposures)
  const history = historyOf(world)
  const covariance = history(roots)
  const nothing = { contributions: [], additions: [] }
  if (view.totalDebtBase === 0n) return { probability24h: known(0), returns: covariance.returns, ...nothing }
  if (!isEnough(world, covariance)) return { probability24h: lacking('hours'), returns: covariance.returns, ...nothing }
  return {
    probability24h: known(chance(world, exposures, byRoot(exposures, roots), covariance)),
    returns: covariance.returns,
    contributions: contributionsOf(exposures, roots, covariance, reserves),
    additions: additionsOf(world, history, view, exposures),
  }
}

const rootsOf = (exposures: readonly Exposure[]): readonly Address[] => [
  ...new Set(exposures.flatMap(({ root }) => (BigInt(root) === 0n ? [] : [root]))),
]

type History = (roots: readonly Address[]) => Covariance

/** Each feed's hours are read once. */
function historyOf(world: RiskWorld): History {
  const kept = new Map<Address, readonly PricePoint[]>()
  const pointsOf = (root: Address): readonly PricePoint[] => {
    const points = kept.get(root) ?? world.hours(root).map(({ hour, oraclePriceUsd: price }) => ({ hour, price }))
    kept.set(root, points)
    return points
  }
  return (roots) => ewmaCovariance(roots.map(pointsOf), HALF_LIFE_HOURS)
}

/** Enough hours, the last of them not longer ago than one looks ahead. */
const isEnough = ({ book, binS }: RiskWorld, { returns, newestHour }: Covariance): boolean =>
  returns >= LEAST_RETURNS && Number(book.head?.timestamp ?? 0n) / binS - newestHour <= DAY_S / binS + 1

const chance = (
  { binS }: RiskWorld,
  exposures: readonly Exposure[],
  moving: readonly number[],
  { matrix }: Covariance,
): number =>
  chanceOfLiquidation(
    exposures.reduce((sum, { base }) => sum + base, 0),
    sigmaOf(moving, matrix, DAY_S / binS),
  )

function contributionsOf(
  exposures: readonly Exposure[],
  roots: readonly Address[],
  { matrix }: Covariance,
  reserves: readonly ReserveView[],
): readonly PlanContribution[] {
  const weights = eulerWeights(byRoot(exposures, roots), matrix)
  return roots
    .flatMap((root, i): PlanContribution[] => {
      const weight = weights[i]
      if (weight === undefined) return []
      const holdings = exposures
        .filter((one) => one.root === root)
        .map(({ symbol, side, base }) => ({ symbol, side, share: base * weight }))
      const share = holdings.reduce((sum, one) => sum + one.share, 0)
      return [{ root: getAddress(root), symbol: symbolOf(reserves, root), share, holdings }]
    })
    .sort((a, b) => b.share - a.share)
}

const symbolOf = (reserves: readonly ReserveView[], root: Address): string => {
  const own = reserves.filter((reserve) => reserve.root === root)
  return (own.find(({ source }) => source === root) ?? own[0])?.symbol ?? root
}

/** One asset of each feed, that of the highest threshold: by its own threshold, not that of an eMode. */
function additionsOf(
  world: RiskWorld,
  history: History,
  view: AccountView,
  exposures: readonly Exposure[],
): PlanAnswer['additions'] {
  const { reserves } = world.book.protocol.market(world.book.ledger)
  const valueBase = (view.totalDebtBase * ADDED_BPS) / 10_000n
  return candidatesOf(reserves)
    .flatMap(({ asset, symbol, root, liquidationThresholdBps }) => {
      const base = weighted(valueBase, liquidationThresholdBps)
      const all: readonly Exposure[] = [...exposures, { root, symbol, side: 'collateral', base }]
      const roots = rootsOf(all)
      const covariance = history(roots)
      if (!isEnough(world, covariance)) return []
      const probability24h = chance(world, all, byRoot(all, roots), covariance)
      return [{ asset: getAddress(asset), symbol, valueBase: valueBase.toString(), probability24h }]
    })
    .sort((a, b) => a.probability24h - b.probability24h)
}

function candidatesOf(reserves: readonly ReserveView[]): readonly ReserveView[] {
  const best = new Map<Address, ReserveView>()
  for (const reserve of reserves) {
    const { root, liquidationThresholdBps, frozen, paused, priceUsd8 } = reserve
    const isOpen = liquidationThresholdBps > 0n && !frozen && !paused && priceUsd8 > 0n && BigInt(root) !== 0n
    const before = best.get(root)
    if (isOpen && (before === undefined || before.liquidationThresholdBps < liquidationThresholdBps))
      best.set(root, reserve)
  }
  return [...best.values()]
}
