import { existsSync } from 'node:fs'
import { openStore } from '../../../adapters/store/sqlite.ts'
import { PlimsollError, StoreError } from '../../../core/errors.ts'
import type { Store } from '../../../core/ports.ts'
import { type Backfilled, backfill } from '../../risk/backfill/backfill.ts'
import { backfillFiles } from '../../risk/backfill/files.ts'
import type { Filled } from '../../risk/backfill/market-fill.ts'
import { historianMaker } from '../../risk/history-maker.ts'
import { print, printJson, talk } from '../output.ts'
import { createWork } from '../progress.ts'
import { type GlobalOptions, readSettings } from '../session.ts'
import { lookOf, tableOf, wrap } from './look.ts'
import { count, hourText, NONE, plural } from './words.ts'

/** What rows out of a recording leave open: no page tells it. */
const LACKS = ['depth', 'utilisation', 'supply', 'funding', 'coverage'] as const

/** `plimsoll risk backfill FILE…`: the history of the wave from recordings. */
export async function riskBackfill(
  global: GlobalOptions,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { config } = readSettings(global.config)
  const { path } = config.store
  // A daemon has not finished its recording either: that it runs is what to say. A store that is not there waits for good files.
  let store = existsSync(path) ? openOwn(path) : undefined
  const work = createWork('backfill', process.stderr.isTTY === true)
  try {
    const files = backfillFiles(paths, config, talk)
    store ??= openOwn(path)
    const done = await backfill({
      ...{ files, risk: config.risk, store, maker: historianMaker(config), signal },
      onProgress: ({ bytes, totalBytes, pages, bins }) =>
        work.update(bytes, totalBytes, `${plural(pages, 'page')}, ${plural(bins, 'bin')} written`),
    })
    work.stop()
    show(global, done, config.risk)
  } finally {
    work.stop()
    store?.close()
  }
}

/** Bins are written by one process only: beside a daemon they would be two histories of one hour. */
function openOwn(path: string): Store {
  try {
    return openStore(path)
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'STORE_LOCKED') throw error
    throw new PlimsollError(
      {
        code: error.code,
        what: error.what,
        why: `${error.why}: a daemon writes its own history there`,
        fix: 'Stop plimsoll run, give this command again, and start it again: nothing that it counted is lost.',
      },
      75,
      { cause: error },
    )
  }
}

interface Bins {
  readonly binS: number
  readonly keepDays: number
}

function show(global: GlobalOptions, done: Backfilled, { binS, keepDays }: Bins): void {
  if (!done.complete)
    talk(
      'Stopped. What was counted is kept; the same command again reads from the beginning, and writes what is missing.',
    )
  if (global.json)
    return printJson({
      ...{ complete: done.complete, binS, pages: done.pages, lacks: LACKS },
      markets: done.markets.map((filled) => jsonOf(filled, binS)),
    })
  const look = lookOf(global, Date.now())
  print(
    tableOf(
      done.markets,
      [
        { head: 'market', cell: ({ market }) => market, left: true },
        { head: 'from, UTC', cell: ({ firstHour }) => bin(firstHour, binS), left: true },
        { head: 'to', cell: ({ lastHour }) => bin(lastHour, binS, 1), left: true },
        { head: 'written', cell: ({ written }) => count(written) },
        { head: 'kept', cell: ({ kept }) => count(kept) },
        { head: 'partial', cell: ({ partial }) => count(partial) },
        { head: 'missing', cell: ({ missing }) => count(missing) },
      ],
      look,
    ),
  )
  for (const words of notes(done, keepDays)) print(wrap(words, look.width))
}

/** The start of a bin, or its end. */
const bin = (hour: number | null, binS: number, ends = 0): string =>
  hour === null ? NONE : hourText(hour + ends, binS)

function notes({ markets }: Backfilled, keepDays: number): readonly string[] {
  const old = markets.filter(({ tooOld }) => tooOld > 0).map(({ market, tooOld }) => `${count(tooOld)} of ${market}`)
  const short = markets.filter(({ firstHour }) => firstHour === null).map(({ market }) => market)
  return [
    ...(old.length > 0 ? [`Not kept, older than ${plural(keepDays, 'day')} (risk.keepDays): ${old.join(', ')}.`] : []),
    ...(short.length > 0 ? [`No bin ended while ${short.join(', ')} was recorded: 0 bins.`] : []),
    'Bins from a recording lack the depth of pools, and what a node is asked: totals and kinks, supplies, funding, insurance, caps.',
  ]
}

function jsonOf(filled: Filled, binS: number): object {
  const { market, chainId, fromBlock, toBlock, firstHour, lastHour, ...bins } = filled
  return {
    ...{ market, chainId },
    ...{ fromBlock: fromBlock === null ? null : String(fromBlock), toBlock: toBlock === null ? null : String(toBlock) },
    from: firstHour === null ? null : firstHour * binS,
    to: lastHour === null ? null : (lastHour + 1) * binS,
    bins,
  }
}
