import { statSync } from 'node:fs'
import { join } from 'node:path'
import { openRecording } from '../../src/adapters/recording/reader.ts'
import { encodePage } from '../../src/adapters/store/page-codec.ts'
import { runBacktest } from '../../src/app/backtest/engine.ts'
import { amount } from '../../src/app/cli/format.ts'
import { checkRecording } from '../../src/app/record/check.ts'
import { backtestOf, liquidationsOn, playRecorded, type RecordedStory } from '../stage/recorded-story.ts'
import { playStaircase } from '../staircase/play.ts'
import type { Context } from './main.ts'
import { run as rehearsalsOf } from './rehearse.ts'

/**
 * A story with a rival on both kinds of chain, traded live and recorded by the daemon, then backtested and executed on
 * forks; the same range recorded from the node afterwards; the speed of a replay beside `JSON.parse` of the same pages;
 * the oracle staircase of 2025-10-10; and rehearsals of 300 and of 3,000 accounts.
 */
export async function run({ seed, args, say }: Context): Promise<Record<string, unknown>> {
  const accounts = Number(args[args.indexOf('--accounts') + 1] ?? 300) || 300
  const stories: Record<string, unknown>[] = []
  const recordings: Record<string, unknown>[] = []
  for (const chain of ['ethereum', 'optimism'] as const) {
    const story = await playRecorded({ chain, accounts, seed, say })
    try {
      say(`${chain}: backtest`)
      stories.push({ chain, accounts, ...(await judged(story)) })
      recordings.push({ chain, recorded: 'by the daemon', ...(await speedOf(story.file)) })
      say(`${chain}: record from the node`)
      recordings.push({ chain, recorded: 'from the node', ...(await fromNode(story)) })
    } finally {
      await story.stage.close()
    }
  }
  say('staircase')
  const { oracle, exchange, invented } = await playStaircase({ accounts, seed })
  const telling = (source: string, told: typeof oracle): Record<string, unknown> => ({
    'price source on 2025-10-10': source,
    'largest fall, %': told.fallPct.toFixed(2),
    'accounts liquidated': told.liquidatable.size,
    'debt covered, USD': amount(told.debtUsd8, 8, 0),
    'mirror differs in': told.mismatched,
  })
  const { rehearsals } = await rehearsalsOf({ seed, args: [], say })
  return {
    stories,
    recordings,
    rehearsals,
    staircase: [
      telling('rounds of the oracle', oracle),
      { ...telling('hourly lows of an exchange', exchange), 'invented accounts': invented },
    ],
  }
}

/** Recall and lead against the chain's own events; the plans against the live run and against their execution. */
async function judged(story: RecordedStory): Promise<Record<string, unknown>> {
  const report = await backtestOf(story, '--fork')
  const { recording, leadBlocks, execution, ours } = report
  if (execution === null) throw new RangeError('nothing was executed')
  const truth = await liquidationsOn(story.chain, Number(recording.fromBlock), Number(recording.toBlock))
  const own = story.journal.filter(({ kind }) => kind === 'confirmed').length
  const sent = story.journal
    .filter(({ kind }) => kind === 'sent')
    .map(({ block, data }) => `${block} ${data['borrower']}`)
  const planned = ours.filter(({ block, user }) => sent.includes(`${block} ${user}`)).length
  const difference = ours.reduce((sum, { executed }) => {
    const by = executed ? BigInt(executed.profit) - BigInt(executed.predictedProfit) : 0n
    return sum + (by < 0n ? -by : by)
  }, 0n)
  return {
    blocks: report.blocks,
    'liquidations on chain': truth.length,
    'of them ours': own,
    flagged: report.flagged,
    'lead, blocks, p50 and p10': `${leadBlocks.p50} and ${leadBlocks.p10}`,
    plans: ours.length,
    'of them sent live at that block': planned,
    'executed on forks': execution.executed,
    reverted: execution.reverted,
    'profit differs from prediction, smallest units in all': difference,
  }
}

const ROUNDS = 5

/** Medians of a few rounds, subject and reference in turn. */
async function speedOf(file: string): Promise<Record<string, unknown>> {
  const { pages, sizeBytes, readsDerived, readsAsked } = checkRecording(file)
  const texts = pageTexts(file)
  const replays: number[] = []
  const parses: number[] = []
  const { signal } = new AbortController()
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now()
    await runBacktest({ file, config: undefined, overrides: {}, signal })
    const replayed = performance.now()
    for (const text of texts) JSON.parse(text)
    replays.push(replayed - began)
    parses.push(performance.now() - replayed)
  }
  const perSecond = (ms: readonly number[]): number => Math.round((1000 * pages) / median(ms))
  return {
    pages,
    bytes: sizeBytes,
    'bytes a page': Math.round(sizeBytes / pages),
    'reads derived': readsDerived,
    'reads asked': readsAsked,
    'pages replayed a second': perSecond(replays),
    'JSON.parse of the same pages a second': perSecond(parses),
  }
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

function pageTexts(file: string): string[] {
  const recording = openRecording(file)
  try {
    return [...recording.entries()].flatMap((entry) => (entry.kind === 'page' ? [encodePage(entry.facts)] : []))
  } finally {
    recording.close()
  }
}

interface RecordAnswer {
  readonly requests: number
  readonly compared: number
  readonly mismatched: number
}

async function fromNode({ stage, file: daemons }: RecordedStory): Promise<Record<string, unknown>> {
  const { from, to } = checkRecording(daemons)
  const file = join(stage.folder, 'node.plimsoll')
  const { code, output } = await stage.command('record', file, '--json', '--from', String(from), '--to', String(to))
  const text = output.slice(output.findIndex((line) => line.startsWith('{'))).join('\n')
  if (code !== 0) throw new Error(`plimsoll record ended with ${code}:\n${output.join('\n')}`)
  const answer = JSON.parse(text.slice(0, text.lastIndexOf('}') + 1)) as RecordAnswer
  return {
    ...(await speedOf(file)),
    requests: answer.requests,
    'accounts compared': answer.compared,
    mismatched: answer.mismatched,
    'bytes of the daemon’s file': statSync(daemons).size,
  }
}
