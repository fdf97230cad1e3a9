import { heaviestFirst } from '../../src/core/risk/heaviest.ts'
import { jointMap, MOVES_PCT } from '../../src/core/risk/joint.ts'
import { ladderOf } from '../../src/core/risk/ladder.ts'
import { portraitOf } from '../../src/core/risk/portrait.ts'
import { inTurn } from './clock.ts'
import { bookOf, NOW } from './market.ts'

const LADDER_ACCOUNTS = 1_000_000
const JOINT_ACCOUNTS = 100_000
const NAMED = 100

/** The state of a wave, asked of a made-up market of which a fall of half reaches every sixth. */
export interface State {
  readonly sweepMs: number
  readonly ladderMs: number
  /** Reached by a fall of half. */
  readonly reached: number
  readonly jointMs: number
  readonly cells: number
}

/** Ladder of a million beside the screen of the same book, in turn; the joint map of a hundred thousand. Each from the ledger on. */
export async function stateOfWave(seed: number): Promise<State> {
  const { sweepMs, ladderMs, reached } = await ladder(seed)
  const book = bookOf({ accounts: JOINT_ACCOUNTS, seed, at1Pct: 263, at10Pct: 2_000 })
  const [first, second] = heaviestFirst(portraitOf(book))
  if (first === undefined || second === undefined) throw new Error('the made-up market has no two groups')
  const { joint } = await inTurn(9, { joint: () => jointMap(portraitOf(book), first.root, second.root) })
  return { sweepMs, ladderMs, reached, jointMs: joint.medianMs, cells: MOVES_PCT.length ** 2 }
}

async function ladder(seed: number): Promise<Pick<State, 'sweepMs' | 'ladderMs' | 'reached'>> {
  const book = bookOf({ accounts: LADDER_ACCOUNTS, seed, at1Pct: 450, at10Pct: 20_000 })
  const [heaviest] = heaviestFirst(portraitOf(book))
  if (heaviest === undefined) throw new Error('the made-up market has no group')
  let reached = 0
  const { sweep, climb } = await inTurn(9, {
    sweep: () => book.screen(NOW),
    climb: () => {
      reached = ladderOf(portraitOf(book), heaviest.root, 'fall', NAMED).points.at(-1)?.accounts ?? 0
    },
  })
  return { sweepMs: sweep.medianMs, ladderMs: climb.medianMs, reached }
}
