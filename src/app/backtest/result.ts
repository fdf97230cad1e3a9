import { basename } from 'node:path'
import type { Recording } from '../../adapters/recording/reader.ts'
import type { RecordingEntry } from '../../core/recording.ts'
import type { OfflineSettings } from '../offline/settings.ts'
import type { Seen } from './resume.ts'
import type { BacktestRun, OurRow } from './run.ts'
import { usdText } from './text.ts'

export const nothingSeen = (): Seen => ({
  pages: 0,
  derivedPages: 0,
  fromBlock: undefined,
  fromTimestamp: undefined,
  toTimestamp: 0n,
})

export function note(seen: Seen, entry: RecordingEntry): void {
  if (entry.kind === 'state') {
    const { number, timestamp } = entry.state.block
    seen.fromBlock ??= number + 1n
    seen.toTimestamp = timestamp
  }
  if (entry.kind !== 'page') return
  const { block, reads } = entry.facts
  seen.pages++
  seen.derivedPages += entry.derived === reads.length ? 1 : 0
  seen.fromTimestamp ??= block.timestamp
  seen.toTimestamp = block.timestamp
}

type Found = Pick<BacktestRun, 'happened' | 'ours' | 'refused'> & { readonly seen: Seen }

/** What a run found, and everything that a report says of its circumstances. */
export function resultOf(
  file: string,
  { meta, place }: Pick<Recording, 'meta' | 'place'>,
  settings: OfflineSettings,
  { seen, ...found }: Found,
): BacktestRun {
  const fromBlock = seen.fromBlock ?? 0n
  const toBlock = place.block ?? fromBlock
  const markets = meta.markets.map(({ name }) => name)
  const limits = settings.limits(markets[0] ?? '')
  return {
    recording: {
      file: basename(file),
      chain: meta.chain,
      chainId: meta.chainId,
      blockTimeS: meta.blockTimeS,
      markets,
      fromBlock,
      toBlock,
      // Where nothing happened, the time at which it began.
      fromTimestamp: seen.fromTimestamp ?? seen.toTimestamp,
      toTimestamp: seen.toTimestamp,
      pages: seen.pages,
      derivedPages: seen.derivedPages,
      digest: place.link.toString('hex'),
    },
    parameters: {
      minProfitUsd8: limits.minProfitUsd8,
      maxDebtUsd8: limits.maxDebtUsd8 ?? null,
      slippageBps: settings.slippageBps,
      latencyBlocks: settings.latencyBlocks,
    },
    blocks: Number(toBlock - fromBlock) + 1,
    ...found,
    assumptions: [...otherLimits(settings, markets), ...assumptionsOf(settings, found.ours)],
  }
}

/** The parameters of a report are those of its first market: what holds for another is said. */
function otherLimits({ limits }: OfflineSettings, [first = '', ...others]: readonly string[]): string[] {
  const words = (market: string): string => {
    const { minProfitUsd8, maxDebtUsd8 } = limits(market)
    return `minProfitUsd ${usdText(minProfitUsd8)}, maxDebtUsd ${maxDebtUsd8 === undefined ? 'none' : usdText(maxDebtUsd8)}`
  }
  return others
    .filter((market) => words(market) !== words(first))
    .map((market) => `The parameters are those of ${first}; for ${market} they are ${words(market)}.`)
}

function assumptionsOf({ slippageBps, latencyBlocks, chain }: OfflineSettings, ours: readonly OurRow[]): string[] {
  const assumed = ours.filter(({ quote }) => quote === 'assumed').length
  return [
    `A plan made on a page is included ${latencyBlocks} block${latencyBlocks === 1 ? '' : 's'} later; nothing of ours changes the history that is played.`,
    'After a plan the account is left alone until somebody liquidates it or it is healthy again.',
    'Blocks without a page are not decided on: who becomes liquidatable by interest alone is noticed on the next page.',
    ...(assumed > 0
      ? [
          `${assumed} of ${ours.length} plans rest on assumed quotes: collateral sold at the oracle's price less ${slippageBps} basis points, whatever the size${chain.l1Fee === 'op' ? '; the fee for data on the parent chain is not counted' : ''}.`,
        ]
      : []),
  ]
}
