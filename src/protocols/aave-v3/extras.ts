import type { Address } from 'viem'
import type { Ledger } from '../../core/ledger.ts'
import type { Extras, FeedExtras, ReserveExtras } from '../../core/risk/extras.ts'
import { type Call, callKey, type Header, type Read } from '../../core/types.ts'
import { call, SELECTORS, selector, toAddress } from './abi.ts'
import { Answers } from './answers.ts'
import { addressIn, MARKET, reserveAddress, reserveCell, reserveIds } from './cells.ts'
import { umbrellaCalls, umbrellaOf } from './umbrella.ts'

/** Questions of the history that the mirror itself does not ask. */
const ASKED = {
  totalSupply: selector('totalSupply()'),
  getReserveDeficit: selector('getReserveDeficit(address)'),
  /** Until 3.4 each reserve has a strategy of its own (the 12th word of its data); from then on the pool's. */
  RESERVE_INTEREST_RATE_STRATEGY: selector('RESERVE_INTEREST_RATE_STRATEGY()'),
  getOptimalUsageRatio: selector('getOptimalUsageRatio(address)'),
  /** Of strategies of 3.0. */
  OPTIMAL_USAGE_RATIO: selector('OPTIMAL_USAGE_RATIO()'),
  latestRoundData: selector('latestRoundData()'),
  latestAnswer: selector('latestAnswer()'),
  /** PriceCapAdapterBase. */
  getRatio: selector('getRatio()'),
  getSnapshotRatio: selector('getSnapshotRatio()'),
  getSnapshotTimestamp: selector('getSnapshotTimestamp()'),
  getMaxYearlyGrowthRatePercent: selector('getMaxYearlyGrowthRatePercent()'),
  /** PriceCapAdapterStable. */
  getPriceCap: selector('getPriceCap()'),
} as const

const YEAR_S = 31_536_000n
const PERCENTAGE_FACTOR = 10_000n

/** Calls whose answers are still missing among `answered`: asked in rounds until there are none, all at one block. */
export function extrasCalls(ledger: Ledger, answered: readonly Read[], umbrella: Address | undefined): readonly Call[] {
  const answers = new Answers(answered)
  const calls = new Map<string, Call>()
  const ask = (one: Call): void => void (answers.has(one) || calls.set(callKey(one), one))
  const pool = addressIn(ledger, MARKET.pool)
  ask(call(pool, ASKED.RESERVE_INTEREST_RATE_STRATEGY))
  for (const id of reserveIds(ledger)) {
    for (const one of reserveCalls(ledger, id)) ask(one)
    const strategy = strategyOf(ledger, id, answers)
    if (strategy !== undefined) for (const one of kinkCalls(strategy, reserveAddress(ledger, id, 'asset'))) ask(one)
    if (umbrella !== undefined)
      for (const one of umbrellaCalls(umbrella, reserveAddress(ledger, id, 'asset'), answers)) ask(one)
  }
  return [...calls.values()]
}

function reserveCalls(ledger: Ledger, id: number): readonly Call[] {
  const pool = addressIn(ledger, MARKET.pool)
  const [asset, root] = [reserveAddress(ledger, id, 'asset'), reserveAddress(ledger, id, 'root')]
  const calls = [
    call(reserveAddress(ledger, id, 'aToken'), ASKED.totalSupply),
    call(reserveAddress(ledger, id, 'vToken'), ASKED.totalSupply),
    call(asset, ASKED.totalSupply),
    call(pool, ASKED.getReserveDeficit, asset),
    call(pool, SELECTORS.getReserveData, asset),
  ]
  if (ledger.get(reserveCell(id, 'sToken')) !== 0n)
    calls.push(call(reserveAddress(ledger, id, 'sToken'), ASKED.totalSupply))
  if (BigInt(root) === 0n) return calls
  const source = addressIn(ledger, reserveCell(id, 'source'))
  calls.push(call(root, ASKED.latestRoundData))
  if (source === root) return calls
  const { getRatio, getSnapshotRatio, getSnapshotTimestamp, getMaxYearlyGrowthRatePercent, getPriceCap } = ASKED
  calls.push(call(root, ASKED.latestAnswer))
  for (const one of [getRatio, getSnapshotRatio, getSnapshotTimestamp, getMaxYearlyGrowthRatePercent, getPriceCap])
    calls.push(call(source, one))
  return calls
}

/** Where the rate strategy of a reserve stands; undefined while nobody has said so. */
function strategyOf(ledger: Ledger, id: number, answers: Answers): Address | undefined {
  const pool = addressIn(ledger, MARKET.pool)
  const common = answers.word(call(pool, ASKED.RESERVE_INTEREST_RATE_STRATEGY))
  const own = answers.word(call(pool, SELECTORS.getReserveData, reserveAddress(ledger, id, 'asset')), 11)
  const found = common ?? own
  return found === undefined || found === null || found === 0n ? undefined : toAddress(found)
}

const kinkCalls = (strategy: Address, asset: Address): readonly Call[] => [
  call(strategy, ASKED.getOptimalUsageRatio, asset),
  call(strategy, ASKED.OPTIMAL_USAGE_RATIO),
]

/** `block`: where all of it was asked. */
export function extrasOf(
  ledger: Ledger,
  reads: readonly Read[],
  { block, umbrella }: { readonly block: Header; readonly umbrella: Address | undefined },
): Extras {
  const answers = new Answers(reads)
  const ids = reserveIds(ledger)
  return {
    reserves: ids.map((id) => reserveExtras(ledger, id, answers, umbrella)),
    feeds: ids
      .filter((id) => BigInt(reserveAddress(ledger, id, 'root')) !== 0n)
      .map((id) => feedExtras(ledger, id, answers, block)),
    funding: null,
    twaps: [],
  }
}

function reserveExtras(ledger: Ledger, id: number, answers: Answers, umbrella: Address | undefined): ReserveExtras {
  const asset = reserveAddress(ledger, id, 'asset')
  const pool = addressIn(ledger, MARKET.pool)
  const supplyOf = (token: Address): bigint | null => answers.word(call(token, ASKED.totalSupply))
  const variable = supplyOf(reserveAddress(ledger, id, 'vToken'))
  const stable = ledger.get(reserveCell(id, 'sToken')) === 0n ? 0n : supplyOf(reserveAddress(ledger, id, 'sToken'))
  return {
    asset,
    supplied: supplyOf(reserveAddress(ledger, id, 'aToken')),
    borrowed: variable === null || stable === null ? null : variable + stable,
    kinkRay: kinkOf(strategyOf(ledger, id, answers), asset, answers),
    deficit: answers.word(call(pool, ASKED.getReserveDeficit, asset)),
    totalSupply: supplyOf(asset),
    umbrella: umbrella === undefined ? null : umbrellaOf(umbrella, asset, answers),
  }
}

function kinkOf(strategy: Address | undefined, asset: Address, answers: Answers): bigint | null {
  if (strategy === undefined) return null
  const [ofAsset, own] = kinkCalls(strategy, asset) as [Call, Call]
  return answers.word(ofAsset) ?? answers.word(own)
}

function feedExtras(ledger: Ledger, id: number, answers: Answers, block: Header): FeedExtras {
  const [asset, root] = [reserveAddress(ledger, id, 'asset'), reserveAddress(ledger, id, 'root')]
  const source = addressIn(ledger, reserveCell(id, 'source'))
  const updatedAt = answers.word(call(root, ASKED.latestRoundData), 3)
  return {
    source,
    root,
    asset,
    updatedAtS: updatedAt === null ? null : Number(updatedAt),
    capped: source === root ? null : (cappedRatio(source, answers, block) ?? cappedPrice(source, root, answers)),
  }
}

/** PriceCapAdapterBase: the ratio may be snapshot · (1 + yearly growth · years since the snapshot). */
function cappedRatio(source: Address, answers: Answers, { timestamp }: Header): FeedExtras['capped'] {
  const ratio = answers.word(call(source, ASKED.getRatio))
  const snapshot = answers.word(call(source, ASKED.getSnapshotRatio))
  const since = answers.word(call(source, ASKED.getSnapshotTimestamp))
  const growthBps = answers.word(call(source, ASKED.getMaxYearlyGrowthRatePercent))
  if (ratio === null || snapshot === null || since === null || growthBps === null) return null
  return { ratio, cap: snapshot + (snapshot * growthBps * (timestamp - since)) / (PERCENTAGE_FACTOR * YEAR_S) }
}

/** PriceCapAdapterStable: a price that is cut off. */
function cappedPrice(source: Address, root: Address, answers: Answers): FeedExtras['capped'] {
  const [ratio, cap] = [answers.word(call(root, ASKED.latestAnswer)), answers.word(call(source, ASKED.getPriceCap))]
  return ratio === null || cap === null ? null : { ratio, cap }
}
