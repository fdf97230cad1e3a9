import { createRandom, type Random } from '../../../scripts/devnet/random.ts'
import { judge, type Position, type Version } from './pool-call.ts'
import { type EModeSpec, NOW, type ReserveSpec, reserve } from './world.ts'

const RAY = 10n ** 27n

/** Dollars on the collateral side. */
const sizes = (random: Random): number => {
  const kind = random.next()
  if (kind < 0.08) return 10 ** random.between(-6, 1)
  if (kind < 0.5)
    return random.pick([1000, 2000, 3000, 4000]) * random.pick([1, random.between(0.95, 1.6), random.between(0.6, 1.3)])
  if (kind < 0.95) return random.logNormal(20_000, 2)
  return 10 ** random.between(6, 10)
}

const healths = (random: Random): number => {
  const kind = random.next()
  if (kind < 0.3) return 0.95 + random.normal() * 10 ** random.between(-9, -2)
  if (kind < 0.4) return 1 - 10 ** random.between(-9, -2)
  return random.between(kind < 0.8 ? 0.95 : 0.4, 0.9999)
}

const bonuses = (random: Random): number =>
  random.chance(0.15) ? random.pick([10_000, 10_001, 10_006, 12_500, 15_000]) : random.int(10_050, 11_500)
const fees = (random: Random): number =>
  random.chance(0.2) ? random.pick([0, 1, 5000, 9999, 10_000]) : random.int(500, 3000)

/** The configurator insists on threshold × bonus ≤ 1. */
const threshold = (random: Random, bonusBps: number): number =>
  Math.min(random.int(5000, 9700), Math.floor(99_990_000 / bonusBps))

function randomReserve(random: Random): ReserveSpec {
  const bonusBps = bonuses(random)
  const index = (): bigint => (random.chance(0.1) ? RAY : RAY + BigInt(Math.floor(random.next() * 1e15)) * 10n ** 12n)
  return reserve({
    decimals: random.pickWeighted([
      [18, 5],
      [6, 3],
      [8, 2],
      [2, 1],
      [0, 0.3],
      [9, 1],
      [24, 0.7],
    ]),
    priceUsd8: BigInt(
      Math.round(
        10 **
          random.pickWeighted([
            [8, 3],
            [random.between(2, 13), 4],
            [11.3, 2],
          ]),
      ),
    ),
    bonusBps,
    ltBps: threshold(random, bonusBps),
    feeBps: fees(random),
    liquidityIndex: index(),
    variableBorrowIndex: index(),
    updatedAt: NOW,
  })
}

const ids = (random: Random, count: number, of: number): number[] => {
  const all = [...Array(of).keys()]
  return Array.from({ length: count }, () => all.splice(random.int(0, all.length - 1), 1)[0] as number)
}

/** Shares that add up to 1, sometimes very uneven. */
const shares = (random: Random, count: number): number[] => {
  const weights = Array.from({ length: count }, () => 10 ** random.between(-random.pick([0.5, 2]), 0))
  const sum = weights.reduce((a, b) => a + b, 0)
  return weights.map((weight) => weight / sum)
}

const scaledOf = (usd: number, r: ReserveSpec, index: bigint): bigint => {
  const base = BigInt(Math.round(usd * 1e8))
  const scaled = (((base * 10n ** BigInt(r.decimals)) / r.priceUsd8) * RAY) / index
  return scaled > 0n ? scaled : 1n
}

/** Sometimes the pool has less than the position. */
const scarce = (random: Random, usd: number, r: ReserveSpec): ReserveSpec =>
  random.chance(0.06) ? { ...r, available: scaledOf(usd * random.between(0.01, 1.1), r, RAY) } : r

/** A position below health 1; undefined when rounding left it above. */
function randomPosition(random: Random, version: Version): Position | undefined {
  const count = random.int(2, 6)
  const bare = Array.from({ length: count }, () => randomReserve(random))
  const bonusBps = bonuses(random)
  const category: EModeSpec = {
    ...{ id: 1, ltvBps: 5000, ltBps: threshold(random, bonusBps), bonusBps },
    collaterals: bare.map((_, id) => id).filter(() => random.chance(0.6)),
  }
  const eMode = random.chance(0.3) ? 1 : 0
  const usd = sizes(random)
  const held = ids(random, random.int(1, Math.min(4, count)), count)
  const owing = ids(random, random.int(1, Math.min(3, count)), count)
  const reserves = bare.map((r) => scarce(random, usd, r))
  const heldShares = shares(random, held.length)
  const collaterals = held.map((id, i) => {
    const r = reserves[id] as ReserveSpec
    return [id, scaledOf(usd * (heldShares[i] ?? 0), r, r.liquidityIndex)] as const
  })
  const thresholdOf = (id: number): number =>
    eMode === 1 && category.collaterals.includes(id) ? category.ltBps : (reserves[id] as ReserveSpec).ltBps
  const weighted = held.reduce((sum, id, i) => sum + (usd * (heldShares[i] ?? 0) * thresholdOf(id)) / 1e4, 0)
  const debtUsd = weighted / healths(random)
  const owingShares = shares(random, owing.length)
  const debts = owing.map((id, i) => {
    const r = reserves[id] as ReserveSpec
    return [id, scaledOf(debtUsd * (owingShares[i] ?? 0), r, r.variableBorrowIndex)] as const
  })
  const position = { version, reserves, eModes: [category], account: { eMode, collaterals, debts } }
  return judge(position).health < 10n ** 18n ? position : undefined
}

/** So many positions, the same for the same seed. */
export function* unhealthy(seed: number, count: number, version: Version): Generator<Position> {
  const random = createRandom(seed)
  for (let found = 0; found < count; ) {
    const position = randomPosition(random, version)
    if (position === undefined) continue
    found++
    yield position
  }
}
