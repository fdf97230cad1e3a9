import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Rpc } from '../../adapters/rpc/client.ts'
import { createBatch } from '../../adapters/rpc/multicall.ts'
import type { ChainConfig, Config, MarketConfig } from '../../config/config.ts'
import { parseDecimal, SCALE } from '../../config/decimals.ts'
import { UsageError } from '../../core/errors.ts'
import { limitsOf } from '../executors.ts'
import { finalBlock, need, readBlock } from '../record/blocks.ts'
import { renderRehearsal, renderRehearsalPage } from '../rehearse/render.ts'
import { buildRehearsalReport, type RehearsalReport } from '../rehearse/report.ts'
import { type RehearseOptions, rehearse as runRehearsal } from '../rehearse/run.ts'
import { print, printJson, talk } from './output.ts'
import { bad } from './positions.ts'
import { createProgress, createWork } from './progress.ts'
import { type GlobalOptions, readSettings, unknownMarket } from './session.ts'

export interface RehearseCommand {
  readonly market?: string | undefined
  readonly block?: string | undefined
  readonly limit?: string | undefined
  readonly minUsd: string
  readonly out: string
}

/** `plimsoll rehearse`. Exit code 3 when a position worth more than `--min-usd` cannot be liquidated. */
export async function rehearse(
  global: GlobalOptions,
  command: RehearseCommand,
  { signal, version }: { readonly signal: AbortSignal; readonly version: string },
): Promise<number> {
  const { config } = readSettings(global.config)
  const { market, chain } = chosen(config, command.market)
  const minUsd8 = parseDecimal(command.minUsd, SCALE.usd)
  if (minUsd8 === undefined) throw bad('--min-usd', command.minUsd, 'it is no amount of dollars')
  const limit = readLimit(command.limit)
  const rpc = new Rpc({ chain: chain.name, chainId: chain.id, urls: chain.rpc, onProblem: talk })
  await rpc.connect()
  const batch = await createBatch(rpc, chain.multicall)
  const block =
    command.block === undefined
      ? await finalBlock(rpc, chain)
      : await need(rpc, chain, await readBlock(rpc, chain, '--block', command.block))
  const options = { chain, market, limits: limitsOf(config, market.name), rpc, batch, block, limit, signal, version }
  const { book, results } = await withProgress({ ...options, folder: command.out, say: talk })
  const { reserves } = book.protocol.market(book.ledger)
  const report = buildRehearsalReport({ market: market.name, chainId: chain.id, block, minUsd8, reserves, results })
  write(command.out, report)
  if (global.json) printJson(report)
  else print(renderRehearsal(report))
  return report.stuck.length > 0 ? 3 : 0
}

async function withProgress(options: Omit<RehearseOptions, 'progress' | 'onAccount'>): ReturnType<typeof runRehearsal> {
  const isTTY = process.stderr.isTTY === true
  const progress = createProgress(isTTY)
  const work = createWork('rehearsal', isTTY)
  let ok = 0
  try {
    return await runRehearsal({
      ...options,
      progress,
      onAccount: (done, total, { outcome }) => {
        if (outcome === 'ok') ok++
        work.update(done, total, `${ok} of ${done} liquidated`)
      },
    })
  } finally {
    work.stop()
    progress.stop()
  }
}

function chosen({ markets, chains }: Config, name: string | undefined): { market: MarketConfig; chain: ChainConfig } {
  const market = name === undefined && markets.length === 1 ? markets[0] : markets.find((one) => one.name === name)
  if (market === undefined && name !== undefined) throw unknownMarket(name, { markets })
  if (market === undefined)
    throw new UsageError({
      code: 'SEVERAL_MARKETS',
      what: `the configuration names ${markets.length} markets`,
      why: 'one market is rehearsed at a time',
      fix: `Choose one with --market: ${markets.map((one) => one.name).join(', ')}.`,
    })
  const chain = chains.find((one) => one.name === market.chain)
  if (chain === undefined) throw new RangeError(`market ${market.name} without its chain`)
  return { market, chain }
}

function readLimit(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const limit = Number(text)
  if (Number.isInteger(limit) && limit > 0) return limit
  throw bad('--limit', text, 'it is a whole number from 1')
}

function write(folder: string, report: RehearsalReport): void {
  writeFileSync(join(folder, 'report.json'), `${JSON.stringify({ schemaVersion: 1, ...report }, null, 2)}\n`)
  writeFileSync(join(folder, 'report.html'), renderRehearsalPage(report))
  talk(`wrote report.json and report.html to ${folder}`)
}
