import { existsSync } from 'node:fs'
import { Rpc } from '../../adapters/rpc/client.ts'
import { createBatch } from '../../adapters/rpc/multicall.ts'
import type { ChainConfig } from '../../config/config.ts'
import { UsageError } from '../../core/errors.ts'
import { finalBlock, readBlock } from '../record/blocks.ts'
import { checkRecording } from '../record/check.ts'
import { type Estimate, estimate } from '../record/estimate.ts'
import { exportRecording } from '../record/export.ts'
import { type RecordSummary, record as recordRange } from '../record/record.ts'
import { toRecorded } from '../record/recorded.ts'
import { bytes, duration } from './format.ts'
import { print, printJson, talk } from './output.ts'
import { createProgress, createWork } from './progress.ts'
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

/** `plimsoll record`. Exit code 3 when the mirror differed from the chain at a block where they were compared. */
export async function record(
  global: GlobalOptions,
  file: string | undefined,
  command: RecordCommand,
  { signal, version }: { readonly signal: AbortSignal; readonly version: string },
): Promise<number> {
  if (command.check) return check(global, requireFile(file))
  if (command.export !== undefined) return exportTables(global, requireFile(file), command)
  const { config } = readSettings(global.config)
  const chain = chosenChain(config, command.chain)
  const markets = config.markets.filter((market) => market.chain === chain.name)
  const priceReadsS = readCount('--prices', command.prices)
  const rpc = new Rpc({ chain: chain.name, chainId: chain.id, urls: chain.rpc, onProblem: talk })
  await rpc.connect()
  const batch = await createBatch(rpc, chain.multicall)
  const { from, to } = await readRange(rpc, chain, command)
  const path = file ?? `${chain.name}-${from}-${to}.plimsoll`
  if (command.estimate || !existsSync(path)) {
    const found = await estimate({ rpc, batch, chain, markets, from, to, priceReadsS, signal })
    if (command.estimate) return showEstimate(global, found)
    talk(inWords(found))
  }
  const progress = createProgress(process.stderr.isTTY === true)
  const work = createWork('recording', process.stderr.isTTY === true)
  const began = performance.now()
  try {
    const summary = await recordRange({
      rpc,
      batch,
      chain,
      markets,
      path,
      from,
      to,
      meta: {
        chain: chain.name,
        chainId: chain.id,
        blockTimeS: chain.blockTimeS,
        markets: markets.map((market) => toRecorded(market, priceReadsS)),
        source: 'node',
        version,
      },
      proofs: readCount('--proofs', command.proofs),
      derives: !command.readAll,
      signal,
      progress,
      onProgress: ({ next, pages }) => work.update(Number(next - from), Number(to - from) + 1, `${pages} pages`),
      say: talk,
    })
    showSummary(global, summary, (performance.now() - began) / 1000)
    return summary.mismatched === 0 ? 0 : 3
  } finally {
    work.stop()
    progress.stop()
  }
}

function requireFile(file: string | undefined): string {
  if (file !== undefined) return file
  throw new UsageError({
    code: 'NO_FILE',
    what: 'no file is named',
    why: '--check and --export work on a recording',
    fix: 'Name it: plimsoll record FILE --check',
  })
}

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

const total = ({ requests }: Estimate): number => requests.borrowers + requests.logs + requests.headers + requests.reads

const inWords = (found: Estimate): string =>
  `about ${total(found)} requests (${found.requests.borrowers} for borrowers, ${found.requests.logs} for logs, ${found.requests.headers} for headers, ${found.requests.reads} for reads), ` +
  `${bytes(found.bytes)} for ${found.pages} pages of ${found.blocks} blocks, ${duration(found.seconds)} (from a look at ${found.sampled} blocks)`

function showEstimate(global: GlobalOptions, found: Estimate): number {
  if (global.json) printJson({ ...found, blocks: String(found.blocks), requestsTotal: total(found) })
  else print(inWords(found))
  return 0
}

function showSummary(global: GlobalOptions, summary: RecordSummary, seconds: number): void {
  const { path, from, to, pages, pagesDerived, readsDerived, readsAsked, requests, proofs, compared, mismatched } =
    summary
  if (global.json) return printJson({ ...summary, from: String(from), to: String(to), seconds: Math.round(seconds) })
  print(`${path}: blocks ${from} to ${to}, ${bytes(summary.bytes)}`)
  print(
    `this run: ${pages} pages${pages > 0 ? ` (${pagesDerived} derived from logs alone)` : ''}, ${readsDerived} reads derived and ${readsAsked} asked, ${requests} requests in ${duration(Math.round(seconds))}`,
  )
  print(`compared with the chain ${proofs} times: ${compared} accounts, ${mismatched} mismatched`)
}

function check(global: GlobalOptions, file: string): number {
  const found = checkRecording(file)
  if (global.json) {
    printJson({ ...found, from: String(found.from), to: String(found.to) })
    return found.mismatched === 0 ? 0 : 3
  }
  const { chain, from, to, pages, pagesDerived, sizeBytes, unpackedBytes, markets, digest } = found
  print(`${file}: whole. ${markets.join(', ')} on ${chain}, blocks ${from} to ${to}`)
  print(
    `${pages} pages (${pagesDerived} derived from logs alone), ${bytes(sizeBytes)}, ${pages > 0 ? (sizeBytes / pages).toFixed(0) : '–'} bytes a page, ${bytes(unpackedBytes)} unpacked`,
  )
  print(`compared with the chain ${found.proofs} times: ${found.compared} accounts, ${found.mismatched} mismatched`)
  print(`digest ${digest}`)
  return found.mismatched === 0 ? 0 : 3
}

async function exportTables(
  global: GlobalOptions,
  file: string,
  { export: format, out = '.' }: RecordCommand,
): Promise<number> {
  if (format !== 'parquet')
    throw new UsageError({
      code: 'BAD_OPTION',
      what: `--export ${format}`,
      why: 'the only format there is is parquet',
      fix: 'Use --export parquet.',
    })
  const written = await exportRecording(file, out)
  if (global.json) printJson({ files: written })
  else for (const { path, rows } of written) print(`${path}: ${rows} rows`)
  return 0
}
