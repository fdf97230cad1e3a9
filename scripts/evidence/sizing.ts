import { amount } from '../../src/app/cli/format.ts'
import { compare, isBest, isFine, lost } from '../../test/protocols/aave-v3/exhaustive.ts'
import { gain } from '../../test/protocols/aave-v3/pool-call.ts'
import {
  ask,
  asked,
  type Below,
  expected,
  openBelow,
  type PairOnChain,
  pairsOf,
  seen,
} from '../../test/protocols/aave-v3/sizing-chain.ts'
import { unhealthy } from '../../test/protocols/aave-v3/unhealthy.ts'
import type { Context } from './main.ts'

const POSITIONS = 10_000
const GRID = 300
const ON_CHAIN = { accounts: 330, grid: 10 }
const CENT = 10n ** 6n
const PREMIUM_BPS = 5n

const usd = (base: bigint): string => `$${amount(base, 8, 4)}`

/** Our best call beside the best of an exhaustive search: by the transcription, and call by call on real contracts. */
export async function run({ seed, args, say }: Context): Promise<Record<string, unknown>> {
  const at = args.indexOf('--positions')
  const positions = at < 0 ? POSITIONS : Number(args[at + 1])
  const searches: Record<string, unknown>[] = []
  for (const version of ['3.6', '3.7'] as const) {
    say(`${positions} positions by the rules of ${version}`)
    searches.push(byTranscription(seed, positions, version))
  }
  say('positions on real contracts')
  const below = await openBelow({ accounts: ON_CHAIN.accounts, seed })
  try {
    searches.push(await onContracts(below, say))
  } finally {
    await below.close()
  }
  return { searches }
}

function byTranscription(seed: number, count: number, version: '3.6' | '3.7'): Record<string, unknown> {
  const all = [...unhealthy(seed, count, version)].map((position) => compare(position, GRID))
  const worst = (of: typeof all) => of.map(lost).reduce((a, b) => (b > a ? b : a), 0n)
  const fine = all.filter(isFine)
  return {
    search: `transcription of ${version}`,
    positions: all.length,
    'calls tried': all.reduce((sum, { tried }) => sum + tried, 0),
    'calls of ours': all.reduce((sum, { candidate }) => sum + (candidate?.seizures.length ?? 0), 0),
    'refused or other than foretold': all.reduce((sum, { wrong }) => sum + wrong.length, 0),
    'beaten by 0.1 % and a cent': fine.filter((one) => !isBest(one)).length,
    'beaten by at most': usd(worst(fine)),
    'beaten, a unit over a cent': all.filter((one) => !isFine(one) && !isBest(one)).length,
  }
}

async function onContracts(below: Below, say: Context['say']): Promise<Record<string, unknown>> {
  const totals = { tried: 0, calls: 0, wrong: 0, beaten: 0, worst: 0n }
  for (const [i, candidate] of below.candidates.entries()) {
    if (i % 50 === 0) say(`${i} of ${below.candidates.length}`)
    for (const seizure of candidate.seizures) {
      const { debtCovered: debt, collateralSeized: collateral } = seizure
      const answer = await ask(below, seizure, seizure.debtToCover)
      const foretold = seen(seizure, { debt, collateral })
      totals.calls++
      if (answer?.debt !== foretold.debt || answer.collateral !== foretold.collateral) totals.wrong++
    }
    let best = 0n
    for (const of of pairsOf(below, candidate))
      for (const debtToCover of asked(of.pair, ON_CHAIN.grid)) {
        totals.tried++
        const gained = await gainOf(below, of, debtToCover)
        if (gained !== undefined && gained > best) best = gained
      }
    const lacking = best - (candidate.seizures[0]?.grossBase ?? 0n)
    if (lacking > totals.worst) totals.worst = lacking
    if (lacking > CENT && lacking * 1000n > best) totals.beaten++
  }
  return {
    search: 'contracts of 3.6',
    positions: below.candidates.length,
    'calls tried': totals.tried,
    'calls of ours': totals.calls,
    'refused or other than foretold': totals.wrong,
    'beaten by 0.1 % and a cent': totals.beaten,
    'beaten by at most': usd(totals.worst),
    'beaten, a unit over a cent': 0,
  }
}

/** By the amounts that the contracts answer; where both are one asset, which only show their difference, the transcription's. */
async function gainOf(below: Below, of: PairOnChain, debtToCover: bigint): Promise<bigint | undefined> {
  const answer = await ask(below, of, debtToCover)
  if (answer === undefined) return undefined
  const { debt, collateral } = of.collateralAsset === of.debtAsset ? (expected(of, debtToCover) ?? answer) : answer
  return gain(of.pair, debt, { debt, collateral, fee: 0n }, PREMIUM_BPS)
}
