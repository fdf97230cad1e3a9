import { join } from 'node:path'
import type { Address } from 'viem'
import { openStore } from '../../../../src/adapters/store/sqlite.ts'
import { newBook } from '../../../../src/app/open-chain.ts'
import { checkpointName, poolBookOf, readKeptPools, writeKeptPools } from '../../../../src/app/pools/kept.ts'
import type { MarketConfig } from '../../../../src/config/config.ts'
import type { Book } from '../../../../src/core/book.ts'
import type { PoolBook } from '../../../../src/core/pool-book.ts'
import type { Checkpoint, Store } from '../../../../src/core/ports.ts'
import type { Facts, Header } from '../../../../src/core/types.ts'
import { storedAs } from '../../../cli/support.ts'
import { PoolStage } from '../../pools/stage.ts'
import { digestOf } from './counting.ts'

const BLOCKS = 16

/** A story as the daemon's loop wrote it down: a checkpoint, that of the pools, and the pages since. */
export interface Source {
  readonly market: MarketConfig
  readonly chainId: number
  /** Name of its checkpoint. */
  readonly name: string
  readonly base: Checkpoint
  readonly pools: { readonly since: Header; readonly checkpoint: Checkpoint; readonly pools: readonly Address[] }
  readonly pages: readonly Facts[]
}

/** Lived once, by the real loop on a real chain; then copied into as many stores as there are tests. */
export async function liveThrough(): Promise<Source> {
  const stage = await PoolStage.open(7)
  try {
    const settings = stage.configure('auto', 200)
    const { id: chainId } = settings.config.chains[0]!
    const market = settings.config.markets[0]!
    await stage.life(settings, async (life) => {
      await life.caughtUp()
      await life.untilPools()
      const story = stage.devnet.story(BLOCKS)
      for (let n = 0; n < BLOCKS; n++) {
        await story.next()
        await life.caughtUp()
      }
    })
    const store = openStore(join(stage.folder, 'plimsoll.db'))
    const name = storedAs(stage.devnet)
    const kept = readKeptPools(store, chainId)!
    const checkpoint = store.checkpoint(chainId, checkpointName(kept))!
    const since = checkpoint.block
    const pages = store.pages(chainId)
    // A page before the pools are there; nothing happens in those before it.
    const book = newBook(market)
    book.restore(store.checkpoint(chainId, name)!)
    for (const facts of pages) if (facts.block.number < since.number - 1n) book.apply(facts)
    const base = book.checkpoint(book.head!)
    store.close()
    return {
      market,
      chainId,
      name,
      base,
      pools: { since, checkpoint, pools: kept.pools },
      pages: pages.filter(({ block }) => block.number > base.block.number),
    }
  } finally {
    await stage.close()
  }
}

/** As the loop leaves it before the first of these pages. */
export function begin(store: Store, { chainId, name, base }: Source): void {
  store.saveCheckpoints(chainId, base.block, new Map([[name, base]]))
}

/** As the loop does once it has read the pools: at their block. */
export function beginPools(store: Store, { chainId, pools }: Source): void {
  const kept = { pools: pools.pools, since: pools.since.hash, sought: undefined }
  writeKeptPools(store, chainId, kept)
  store.addCheckpoint(chainId, checkpointName(kept), pools.checkpoint)
}

/** Books that took in these pages one after the other, without any thread, store or rollback: what is right. */
export function truth(source: Source, pages: readonly Facts[], withPools = false) {
  const book: Book = newBook(source.market)
  book.restore(source.base)
  const pools: PoolBook | undefined = withPools ? poolBookOf(source.pools.pools) : undefined
  pools?.restore(source.pools.checkpoint)
  for (const facts of pages) {
    book.apply(facts)
    if (facts.block.number > source.pools.since.number) pools?.apply(facts)
  }
  return { book, pools, digest: digestOf(book, pools) }
}

/** The same page on another branch, where nothing happened. */
export const elsewhere = ({ block }: Facts): Facts => ({
  block: { ...block, hash: `0x${'ee'.repeat(28)}${block.hash.slice(-8)}` },
  logs: [],
  reads: [],
})
