import type { Address, Hex } from 'viem'
import { PoolBook } from '../../core/pool-book.ts'
import type { Store } from '../../core/ports.ts'
import type { Facts, Header } from '../../core/types.ts'
import { uniswapV3 } from '../../protocols/uniswap-v3/index.ts'

/** Which pools of a chain the store's pages speak of, and since when. */
export interface KeptPools {
  readonly pools: readonly Address[]
  /** Hash of the block from which on they do: the name of their checkpoint. Another beginning is another checkpoint. */
  readonly since: Hex
  readonly sought: Sought | undefined
}

/** How they were found; undefined where the configuration names them. */
export interface Sought {
  /** What the markets listed then. */
  readonly assets: string
  /** Unix seconds of the chain. */
  readonly atS: number
}

export interface MirroredPools {
  readonly book: PoolBook
  readonly kept: KeptPools
  /** No undo reaches below. */
  readonly since: Header
}

/** Cells are laid out anew now and then: state of another layout is not found, and read again from the chain. */
const LAYOUT = 1

export const poolBookOf = (pools: readonly Address[]): PoolBook => new PoolBook('uniswap-v3', uniswapV3(pools))

export const checkpointName = ({ since }: Pick<KeptPools, 'since'>): string => `uniswap-v3@${since}#${LAYOUT}`

const nameOf = (chainId: number): string => `pools.${chainId}`

export function readKeptPools(store: Pick<Store, 'value'>, chainId: number): KeptPools | undefined {
  const text = store.value(nameOf(chainId))
  return text ? (JSON.parse(text) as KeptPools) : undefined
}

export const writeKeptPools = (store: Pick<Store, 'setValue'>, chainId: number, kept: KeptPools): void =>
  store.setValue(nameOf(chainId), JSON.stringify(kept))

/** From here on pages are written that do not hold their logs. */
export function endKeptPools(store: Pick<Store, 'value' | 'setValue'>, chainId: number): void {
  if (store.value(nameOf(chainId))) store.setValue(nameOf(chainId), '')
}

/**
 * The pools as the store knows them: their checkpoint, then the pages since. `known`: the headers of the pages, that of the
 * markets' checkpoint first. Undefined where they were not followed up to here.
 */
export function restorePools(
  store: Pick<Store, 'value' | 'checkpoint'>,
  chainId: number,
  known: readonly Header[],
  pages: readonly Facts[],
): MirroredPools | undefined {
  const kept = readKeptPools(store, chainId)
  if (kept === undefined) return undefined
  const saved = store.checkpoint(chainId, checkpointName(kept))
  if (saved === undefined || !known.some(({ hash }) => hash === saved.block.hash)) return undefined
  const book = poolBookOf(kept.pools)
  book.restore(saved)
  for (const facts of pages) if (facts.block.number > saved.block.number) book.apply(facts)
  return { book, kept, since: saved.block }
}
