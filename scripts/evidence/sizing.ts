import type { Seizure } from '../../src/core/plan.ts'
import { compare, isAsGood, isFine, shortfall, single } from '../../test/protocols/aave-v3/exhaustive.ts'
import { bestTwice, call, gain, pairsOf as pairsOfPosition } from '../../test/protocols/aave-v3/pool-call.ts'
import {
  amountsOf,
  ask,
  asked,
  type Below,
  openBelow,
  type PairOnChain,
  pairsOf,
  seen,
} from '../../test/protocols/aave-v3/sizing-chain.ts'
import { unhealthy } from '../../test/protocols/aave-v3/unhealthy.ts'
import type { Context } from './main.ts'

const POSITIONS = 10_000
const GRID = 300
const IN_TWO = { positions: 4_000, grid: 12 }
const ON_CHAIN = { accounts: 330, grid: 10 }
const PREMIUM_BPS = 5n
/** Of gains from $100 on: below, the ten cents kept above the dust line show. */
const WORTH_BASE = 100n * 10n ** 8n

/** Our best call beside the best of an exhaustive search: by the transcription, and call by call on real contracts. */
export async function run({ seed, args, say }: Context): Promise<Record<string, unknown>> {
  const at = args.indexOf('--positions')
  const positions = at < 0 ? POSITIONS : Number(args[at + 1])
  const searches: Record<string, unknown>[] = []
  for (const version of ['3.6', '3.7'] as const) {
    say(`${positions} positions by the rules of ${version}`)
    searches.push(byTranscription(seed, positions, version))
  }
  say(`two calls: ${IN_TWO.positions} positions`)
  searches.push(inTwo(seed))
  say('positions on real contracts')
  const below = await openBelow({ accounts: ON_CHAIN.accounts, seed })
  try {
    searches.push(await onContracts(below, say))
  } finally {
    await below.close()
  }
  return { searches, ...twiceAgainstOnce(seed) }
}

/** The best that was found, and ours. */
interface Pairing {
  readonly best: bigint
  readonly ours: Seizure | undefined
}

function row(search: string, pairings: readonly Pairing[], counts: { tried: number; calls: number; wrong: number }) {
  const shares = pairings
    .filter(({ best }) => best >= WORTH_BASE)
    .map(({ best, ours }) => Number((shortfall(best, ours) * 10n ** 9n) / best) / 1e7)
  return {
    search,
    positions: pairings.length,
    'calls tried': counts.tried,
    'calls of ours': counts.calls,
    'refused or other than foretold': counts.wrong,
    'beaten by 0.1 % and two cents': pairings.filter(({ best, ours }) => !isAsGood(best, ours)).length,
    'most that was lost, from $100 on': `${Math.max(0, ...shares).toFixed(5)} %`,
  }
}

function byTranscription(seed: number, count: number, version: '3.6' | '3.7'): Record<string, unknown> {
  const all = [...unhealthy(seed, count, version)].map((position) => compare(position, GRID)).filter(isFine)
  const pairings = all.map(({ best, candidate }) => ({ best: best?.gain ?? 0n, ours: single(candidate) }))
  return row(`one call, transcription of ${version}`, pairings, {
    tried: all.reduce((sum, { tried }) => sum + tried, 0),
    calls: all.reduce((sum, { candidate }) => sum + (candidate?.seizures.length ?? 0), 0),
    wrong: all.reduce((sum, { wrong }) => sum + wrong.length, 0),
  })
}

/** Positions of which the close factor spares a part, with both amounts searched. */
function halved(seed: number) {
  return [...unhealthy(seed, IN_TWO.positions, '3.6')].flatMap((position) => {
    const pairs = pairsOfPosition(position).filter(({ pair }) => pair.maxLiquidatableDebt < pair.reserveDebt)
    return pairs.length > 0 && pairs.every(({ pair }) => isFine({ best: { pair } })) ? [{ position, pairs }] : []
  })
}

function inTwo(seed: number): Record<string, unknown> {
  const counts = { tried: 0, calls: 0, wrong: 0 }
  const pairings = halved(seed).map(({ position, pairs }) => {
    const { candidate, wrong, tried } = compare(position, IN_TWO.grid)
    counts.tried += tried
    counts.calls += candidate?.seizures.filter(({ firstCover }) => firstCover > 0n).length ?? 0
    counts.wrong += wrong.length
    let best = 0n
    for (const { held, owing } of pairs) {
      const found = bestTwice(position, held, owing, PREMIUM_BPS, IN_TWO.grid)
      counts.tried += found?.tried ?? 0
      if (found && found.gain > best) best = found.gain
    }
    return { best, ours: candidate?.seizures[0] }
  })
  return row('two calls, transcription of 3.6', pairings, counts)
}

/** What the second call adds to positions of which one call may take only a part. */
function twiceAgainstOnce(seed: number): Record<string, unknown> {
  const all = halved(seed).map(({ position }) => compare(position, 0).candidate)
  const more = all.flatMap((candidate) => {
    const once = single(candidate)?.grossBase ?? 0n
    const best = candidate?.seizures[0]?.grossBase ?? 0n
    return once >= WORTH_BASE ? [Number(best - once) / Number(once)] : []
  })
  const sorted = more.toSorted((a, b) => a - b)
  const at = (share: number): string => `${((sorted[Math.floor(share * sorted.length)] ?? 0) * 100).toFixed(1)} %`
  return {
    'halved by the close factor, one call worth $100': more.length,
    'two calls bring more in': more.filter((share) => share > 0).length,
    'more by, median': at(0.5),
    'more by, p90': at(0.9),
  }
}

async function onContracts(below: Below, say: Context['say']): Promise<Record<string, unknown>> {
  const counts = { tried: 0, calls: 0, wrong: 0 }
  const pairings: Pairing[] = []
  for (const [i, candidate] of below.candidates.entries()) {
    if (i % 50 === 0) say(`${i} of ${below.candidates.length}`)
    for (const seizure of candidate.seizures) {
      const { debtCovered: debt, collateralSeized: collateral } = seizure
      const answer = await ask(below, seizure, ...amountsOf(seizure))
      const foretold = seen(seizure, { debt, collateral })
      counts.calls++
      if (answer?.debt !== foretold.debt || answer.collateral !== foretold.collateral) counts.wrong++
    }
    let best = 0n
    for (const of of pairsOf(below, candidate))
      for (const debtToCover of asked(of.pair, ON_CHAIN.grid)) {
        counts.tried++
        const gained = await gainOf(below, of, debtToCover)
        if (gained !== undefined && gained > best) best = gained
      }
    pairings.push({ best, ours: single(candidate) })
  }
  return row('one call, contracts of 3.6', pairings, counts)
}

/** By the amounts that the contracts answer; where both are one asset, which only show their difference, the transcription's. */
async function gainOf(below: Below, of: PairOnChain, debtToCover: bigint): Promise<bigint | undefined> {
  const answer = await ask(below, of, debtToCover)
  if (answer === undefined) return undefined
  const made = of.collateralAsset === of.debtAsset ? call(of.pair, debtToCover) : { ...answer, fee: 0n }
  return made === 'revert' || made.debt > of.pair.loanable ? undefined : gain(of.pair, made.debt, made, PREMIUM_BPS)
}
