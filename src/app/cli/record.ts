import { existsSync } from 'node:fs'
import { Rpc } from '../../adapters/rpc/client.ts'
import { createBatch } from '../../adapters/rpc/multicall.ts'
import type { ChainConfig, MarketConfig } from '../../config/config.ts'
import { UsageError } from '../../core/errors.ts'
import type { RecordingMeta } from '../../core/recording.ts'
import { finalBlock, readBlock } from '../record/blocks.ts'
import { type Estimate, estimate } from '../record/estimate.ts'
import { type RecordSummary, record as recordRange } from '../record/record.ts'
import { toRecorded } from '../record/recorded.ts'
import { talk } from './output.ts'
import { createProgress, createWork } from './progress.ts'
import { checkFile, exportFile } from './record-file.ts'
import { inWords, showEstimate, showSummary } from './record-words.ts'
import { type GlobalOptions, readSettings, type Settings } from './session.ts'

export interface RecordCommand {
  readonly chain?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly prices: string
  readonly proofs: string
  readonly readAll: boolean
  readonly estimate: boolean
  readonly check: boolean
  readonly export?: string | undefined
  readonly out?: string | undefined
}

interface Program {
  readonly signal: AbortSignal
  readonly version: string
}

/** `plimsoll record`. Exit code 3 when the mirror differed from the chain at a block where they were compared. */
export async function record(
  global: GlobalOptions,
  file: string | undefined,
  command: RecordCommand,
  program: Program,
): Promise<number> {
  if (command.check) return checkFile(global, file)
  if (command.export !== undefined) return exportFile(global, file, { format: command.export, folder: command.out })
  const { config } = readSettings(global.config)
  const chain = chosenChain(config, command.chain)
  const markets = config.markets.filter((market) => market.chain === chain.name)
  const proofs = readCount('--proofs', command.proofs)
  const priceReadsS = readCount('--prices', command.prices)
  const rpc = new Rpc({ chain: chain.name, chainId: chain.id, urls: chain.rpc, onProblem: talk })
  await rpc.connect()
  const batch = await createBatch(rpc, chain.multicall)
  const { from, to } = await readRange(rpc, chain, command)
  const path = file ?? `${chain.name}-${from}${command.to === undefined ? '' : `-${to}`}.plimsoll`
  const task = { rpc, batch, chain, markets, from, to, signal: program.signal }
  let estimated: Estimate | undefined
  if (command.estimate || !existsSync(path)) {
    estimated = await estimate({ ...task, priceReadsS, derives: !command.readAll })
    if (command.estimate) return showEstimate(global, estimated)
    talk(inWords(estimated))
  }
  const meta = metaOf(chain, markets, priceReadsS, program.version)
  const { summary, seconds } = await run({ ...task, path, meta, proofs, derives: !command.readAll })
  showSummary(global, summary, { seconds, estimated })
  return summary.mismatched === 0 ? 0 : 3
}

type Task = Omit<Parameters<typeof recordRange>[0], 'progress' | 'onProgress' | 'say'>

/** With its progress shown. */
async function run(task: Task): Promise<{ readonly summary: RecordSummary; readonly seconds: number }> {
  const { from, to } = task
  const progress = createProgress(process.stderr.isTTY === true)
  const work = createWork('recording', process.stderr.isTTY === true)
  const began = performance.now()
  try {
    const summary = await recordRange({
      ...task,
      progress,
      onProgress: ({ next, pages }) => work.update(Number(next - from), Number(to - from) + 1, `${pages} pages`),
      say: talk,
    })
    return { summary, seconds: Math.round((performance.now() - began) / 1000) }
  } finally {
    work.stop()
    progress.stop()
  }
}

const metaOf = (
  chain: ChainConfig,
  markets: readonly MarketConfig[],
  priceReadsS: number,
  version: string,
): RecordingMeta => ({
  chain: chain.name,
  chainId: chain.id,
  blockTimeS: chain.blockTimeS,
  markets: markets.map((market) => toRecorded(market, priceReadsS)),
  source: 'node',
  version,
})

function chosenChain({ chains }: Settings['config'], name: string | undefined): ChainConfig {
  const found = name === undefined && chains.length === 1 ? chains[0] : chains.find((chain) => chain.name === name)
  if (found) return found
  const names = chains.map((chain) => chain.name).join(', ')
  throw new UsageError({
    code: 'UNKNOWN_CHAIN',
    what: name === undefined ? 'no chain is named' : `chain "${name}" is not in the configuration`,
    why: `it names ${names}, and a recording holds one chain`,
    fix: `Choose one of these with --chain.`,
  })
}

async function readRange(rpc: Rpc, chain: ChainConfig, command: RecordCommand): Promise<{ from: bigint; to: bigint }> {
  const final = await finalBlock(rpc, chain)
  if (command.from === undefined)
    throw new UsageError({
      code: 'NO_RANGE',
      what: '--from is missing',
      why: 'a recording begins somewhere',
      fix: `Give --from as a block or a day; the newest final block is ${final.number}.`,
    })
  const from = await readBlock(rpc, chain, '--from', command.from)
  const to = command.to === undefined ? final.number : await readBlock(rpc, chain, '--to', command.to)
  if (from >= 1n && from <= to && to <= final.number) return { from, to }
  throw new UsageError({
    code: 'BAD_RANGE',
    what: `blocks ${from} to ${to}`,
    why: `they must be in order, from 1 on, and final: the newest final block is ${final.number}`,
    fix: 'Correct --from and --to.',
  })
}

function readCount(option: string, text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 0) return count
  throw new UsageError({
    code: 'BAD_OPTION',
    what: `${option} ${text}`,
    why: 'it is a whole number from 0',
    fix: `Correct ${option}.`,
  })
}
