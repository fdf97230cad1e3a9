import type { Fork } from '../../adapters/fork/fork.ts'
import { getHeader } from '../../adapters/rpc/client.ts'
import { createBatch } from '../../adapters/rpc/multicall.ts'
import type { ChainConfig } from '../../config/config.ts'
import type { Book } from '../../core/book.ts'
import type { Limits } from '../../core/plan.ts'
import type { Batch, Router } from '../../core/ports.ts'
import type { Header } from '../../core/types.ts'
import { noRouter } from '../deploy.ts'
import { nativePriceUsd8, routerOf } from '../executors.ts'
import { deployOnFork, forkOf, type Stand } from '../fork-stage.ts'

/** A fork with our contract on it, and the mirror of one market as of the block below. */
export interface RehearsalStage {
  readonly chain: ChainConfig
  readonly fork: Fork
  readonly batch: Batch
  readonly router: Router
  readonly book: Book
  readonly limits: Limits
  readonly stand: Stand
  /** The fork's head: every page is read and every plan made here. */
  readonly block: Header
  /** Of the block of execution, one block time later. */
  readonly timestamp: bigint
  /** As of the page looked at last. */
  readonly priced: { nativeUsd8: bigint }
  /** Back to how it was when it was opened. */
  restore(): Promise<void>
  close(): Promise<void>
}

export interface StageOptions {
  readonly chain: ChainConfig
  /** At the block to fork. */
  readonly book: Book
  readonly limits: Limits
}

export async function openRehearsal({ chain, book, limits }: StageOptions): Promise<RehearsalStage> {
  const base = book.head
  const router = chain.uniswapV3?.router
  if (base === undefined) throw new RangeError('openRehearsal before the first page')
  if (router === undefined) throw noRouter(chain)
  const fork = await forkOf(chain, base.number)
  try {
    const { pool } = book.protocol.market(book.ledger)
    const stand = await deployOnFork(fork, { pool, router })
    const blockTimeS = BigInt(Math.max(1, Math.round(chain.blockTimeS)))
    await fork.node.request('hardhat_setNextBlockBaseFeePerGas', [`0x${base.baseFeeWei.toString(16)}`])
    await fork.mine(base.timestamp + blockTimeS)
    const block = await getHeader(fork.node, 'latest')
    if (block === undefined) throw new RangeError('the fork has no head')
    const batch = await createBatch(fork.node, chain.multicall)
    const priced = { nativeUsd8: nativePriceUsd8(book, chain) }
    const place = { contract: stand.contract, encode: book.protocol.encode, nativePriceUsd8: () => priced.nativeUsd8 }
    let snapshot = await fork.snapshot()
    return {
      chain,
      fork,
      batch,
      router: routerOf({ config: chain, batch }, () => place),
      book,
      limits,
      stand,
      block,
      timestamp: block.timestamp + blockTimeS,
      priced,
      async restore() {
        await fork.revert(snapshot)
        snapshot = await fork.snapshot()
      },
      close: () => fork.close(),
    }
  } catch (error) {
    await fork.close()
    throw error
  }
}
