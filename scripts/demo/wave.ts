/** The wave in the demo: hours of calm before the story and after it in fast motion, and the last screen. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RiskQuestion, RiskQuestions } from '../../src/core/risk/questions.ts'
import { calm, marketName, type StageChain } from '../stage/chain.ts'
import { get, reached } from '../stage/judge.ts'
import type { Daemon, Stage } from '../stage/stage.ts'
import { waveScreen } from './wave-screen.ts'

/** One bin of the history is a minute of the chain here, five blocks of the story: the story lasts twenty minutes. */
export const BIN_S = 60
/** Quantiles want 720 bins before they call anything unusual; leverage builds up in the last ones. */
const CALM_BINS = 724
const BUILD_BINS = 14
/** Until volatility is back among its usual three quarters. */
const AFTER_BINS = 110
/** A feed that is further behind than 64 blocks reads them as one page. */
const STRETCH = 24

/** Seconds of the chain before the story. */
export const PRELUDE_S = (CALM_BINS + BUILD_BINS + 1) * BIN_S

type Say = (line: string) => void

/** Half a day in which little happens, one block a minute, while the daemon follows: what is usual must be known first. */
export async function playPrelude(daemon: Daemon, chain: StageChain, say: Say): Promise<void> {
  say(`${CALM_BINS} minutes of calm on ${chain.chain} in fast motion, one block each, so that the usual is known`)
  await follow(daemon, chain, CALM_BINS, false)
  say(`${BUILD_BINS} minutes in which people borrow more`)
  await follow(daemon, chain, BUILD_BINS, true)
}

export async function playAftermath(daemon: Daemon, chain: StageChain, say: Say): Promise<void> {
  say(`${AFTER_BINS} minutes after the story, in fast motion`)
  await follow(daemon, chain, AFTER_BINS, false)
}

/** The chain is one stretch ahead of the daemon at most. */
async function follow(daemon: Daemon, chain: StageChain, blocks: number, builds: boolean): Promise<void> {
  let before: number | undefined
  for (let left = blocks; left > 0; left -= STRETCH) {
    const last = await calm(chain, Math.min(left, STRETCH), { seconds: BIN_S, builds })
    if (before !== undefined) await reached(daemon.url, chain, before)
    before = last
  }
  if (before !== undefined) await reached(daemon.url, chain, before)
}

/** The last screen, from the daemon's own HTTP. */
export async function tellWave({ url }: Daemon, chain: StageChain, say: Say): Promise<void> {
  const ask = <Q extends RiskQuestion>(question: Q): Promise<RiskQuestions[Q][1]> =>
    get(`${url}/api/risk/${question}?market=${marketName(chain)}`)
  const told = {
    wave: await ask('wave'),
    phase: await ask('phase'),
    absorption: await ask('absorption'),
    grid: await ask('grid'),
  }
  for (const line of waveScreen(told)) say(line)
}

/** Stays where the demo's own folder does not. */
export async function writeWaveReport(stage: Stage, say: Say): Promise<void> {
  const file = join(tmpdir(), 'plimsoll-demo-risk.html')
  const { code, output } = await stage.command('risk', 'report', '--html', file)
  if (code !== 0) throw new Error(`plimsoll risk report ended with ${code}:\n${output.join('\n')}`)
  say(`the whole report, one file for any browser: ${file}`)
}
