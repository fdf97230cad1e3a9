/** The wave in the demo: hours of calm before the story and after it in fast motion, and the last screen. */
import type { RiskQuestion, RiskQuestions } from '../../src/core/risk/questions.ts'
import type { Mood } from '../devnet/calm.ts'
import { SEEDED_S } from '../devnet/seeding.ts'
import { calm, marketName, type StageChain } from '../stage/chain.ts'
import { get, reached } from '../stage/judge.ts'
import type { Daemon } from '../stage/stage.ts'
import type { WaveTold } from './wave-screen.ts'
import type { Witness } from './witness.ts'

/** One bin of the history is a minute of the chain here, five blocks of the story: the story lasts twenty minutes. */
export const BIN_S = 60
/** Quantiles want 720 bins before they call anything unusual; leverage builds up in the last ones. */
const CALM_BINS = 724
const BUILD_BINS = 14
/** Until volatility is back among its usual three quarters. */
const AFTER_BINS = 110
/** Without somebody who buys and without depth there is no recovery, however quiet it is. */
const BID_BINS = 8
/** A feed that is further behind than 64 blocks reads them as one page. */
const STRETCH = 24
/** Stretches between two words of how far it is. */
const TOLD = 10

/** When the clock of a chain with a prelude must begin, for its story to begin at this time. */
export const preludeEpochS = (storyS: number): number => storyS - SEEDED_S - (CALM_BINS + BUILD_BINS + 1) * BIN_S

export interface WaveStage {
  readonly daemon: Daemon
  readonly chain: StageChain
  say(line: string): void
}

/** Half a day in which little happens, one block a minute, while the daemon follows: what is usual must be known first. */
export async function playPrelude(stage: WaveStage): Promise<void> {
  const { chain, say } = stage
  say(`${CALM_BINS} minutes of calm on ${chain.chain} in fast motion, one block each, so that the usual is known`)
  await follow(stage, CALM_BINS, 'quiet')
  say(`${BUILD_BINS} minutes in which people borrow more`)
  await follow(stage, BUILD_BINS, 'build')
}

/** Quiet, then bids; tells the last block. */
export async function playAftermath(stage: WaveStage): Promise<number> {
  const { say } = stage
  say(`${AFTER_BINS} minutes after the story in fast motion, then ${BID_BINS} in which bids and liquidity come back`)
  await follow(stage, AFTER_BINS, 'quiet')
  await follow(stage, BID_BINS, 'bid')
  // A bin is judged once the next one has begun.
  return follow(stage, 2, 'quiet')
}

/** The chain is one stretch ahead of the daemon at most. Tells the last block. */
async function follow({ daemon, chain, say }: WaveStage, blocks: number, mood: Mood): Promise<number> {
  let before = 0
  for (let left = blocks, told = 1; left > 0; left -= STRETCH, told++) {
    const last = await calm(chain, Math.min(left, STRETCH), { seconds: BIN_S, mood })
    await reached(daemon.url, chain, before)
    before = last
    if (told % TOLD === 0 && left > STRETCH) say(`  ${blocks - left + STRETCH} of ${blocks}`)
  }
  await reached(daemon.url, chain, before)
  return before
}

/** Bins come to an end a little after their blocks: what reserves and feeds say is asked first. */
const PATIENCE_MS = 8_000

/** Every bin that is over at this block has its phase. */
function isJudged({ block }: RiskQuestions['phase'][1], { phases }: RiskQuestions['wave'][1], last: number): boolean {
  const { fromHour, hours } = phases.at(-1) ?? { fromHour: 0, hours: 0 }
  return Number(block.number) >= last && fromHour + hours >= Math.floor(block.timestamp / BIN_S)
}

/** What the last screen tells, from the daemon's own HTTP, once it has judged this block. */
export async function askWave(
  { daemon: { url }, chain }: WaveStage,
  block: number,
  witness: Witness,
): Promise<WaveTold> {
  const ask = <Q extends RiskQuestion>(question: Q): Promise<RiskQuestions[Q][1]> =>
    get(`${url}/api/risk/${question}?market=${marketName(chain)}`)
  let [phase, wave] = [await ask('phase'), await ask('wave')]
  const end = performance.now() + PATIENCE_MS
  while (!isJudged(phase, wave, block) && performance.now() < end)
    [phase, wave] = [await ask('phase'), await ask('wave')]
  return {
    ...{ wave, phase },
    absorption: await ask('absorption'),
    grid: await ask('grid'),
    sightings: await witness.seen(wave.phases.at(-1)?.fromHour),
  }
}
