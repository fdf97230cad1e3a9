import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NetworkConnection } from 'hardhat/types/network'
import { type Hex, isHex, numberToHex } from 'viem'
import { RpcFault } from '../../core/errors.ts'
import type { Node } from '../../core/ports.ts'
import { checkParent, labelOf, parentUnreachable } from './parent.ts'

export interface ForkOptions {
  /** May hold a key: no message shows more than its host. */
  readonly url: string
  readonly chainId: number
  readonly blockNumber: bigint
  readonly chainType: 'l1' | 'op' | 'generic'
}

/** A chain of our own that begins as another one stood after one block. Nothing is mined but on purpose. */
export interface Fork {
  /** Throws RpcFault; UnreachableError when the parent no longer answers. */
  readonly node: Node
  snapshot(): Promise<Hex>
  /** Back to the snapshot, which is used up by it. */
  revert(id: Hex): Promise<void>
  /** One block with what is pending, at this time, or one second after its parent. */
  mine(timestamp?: bigint): Promise<void>
  close(): Promise<void>
}

/** In process, at the newest rules of its kind of chain whatever the block. Throws ChainError or UnreachableError. */
export async function openFork(options: ForkOptions): Promise<Fork> {
  await checkParent(options)
  // Hardhat keeps answers by chain id and block number: between two local chains they are not the same.
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-fork-'))
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    const connection = await connect(options, folder)
    const node = nodeOf(connection, options.url)
    const call = (method: string, ...params: unknown[]): Promise<unknown> => node.request(method, params)
    return {
      node,
      snapshot: async () => (await call('evm_snapshot')) as Hex,
      async revert(id) {
        if ((await call('evm_revert', id)) !== true) throw new RangeError(`the fork has no snapshot ${id} (any more)`)
      },
      async mine(timestamp) {
        // The fork's own clock may be behind its first block, which it then refuses to follow.
        const time = timestamp ?? (await headTimestamp(node)) + 1n
        await call('evm_setNextBlockTimestamp', numberToHex(time))
        await call('evm_mine')
      },
      async close() {
        await connection.close()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}

async function headTimestamp(node: Node): Promise<bigint> {
  const head = (await node.request('eth_getBlockByNumber', ['latest', false])) as { readonly timestamp: Hex }
  return BigInt(head.timestamp)
}

type Connection = NetworkConnection<ForkOptions['chainType']>

/** Room for whole batches of calls; a transaction of ours is bounded by its own gas. */
const BLOCK_GAS = 60_000_000n

async function connect({ url, chainId, blockNumber, chainType }: ForkOptions, folder: string): Promise<Connection> {
  // Loaded here: commands that fork nothing do not pay for it.
  const { createHardhatRuntimeEnvironment } = await import('hardhat/hre')
  const hardfork = chainType === 'op' ? 'isthmus' : 'osaka'
  // Without a history of its own the chain would run the rules of mainnet's first years: local chains have few blocks.
  const descriptor = { name: 'forked', chainType, hardforkHistory: { [hardfork]: { blockNumber: 0 } } }
  const hre = await createHardhatRuntimeEnvironment(
    {
      paths: { cache: join(folder, 'cache'), artifacts: join(folder, 'artifacts'), sources: join(folder, 'sources') },
      chainDescriptors: { [chainId]: descriptor },
    },
    {},
    fileURLToPath(new URL('.', import.meta.url)),
  )
  return hre.network.create<ForkOptions['chainType']>({
    chainType,
    override: {
      chainId,
      hardfork,
      forking: { url, blockNumber },
      mining: { auto: false, interval: 0, mempool: { order: 'fifo' } },
      accounts: { count: 0 },
      blockGasLimit: BLOCK_GAS,
      // Else no eth_call may have more than a transaction.
      transactionGasCap: false,
      allowBlocksWithSameTimestamp: true,
      throwOnTransactionFailures: false,
    },
  })
}

/** What Hardhat says when the node below it does not answer; it has asked for some seconds by then. */
const PARENT_SILENT = /after \d+ retries|http server|sending request|connection|timed? ?out/i

function nodeOf({ provider }: Connection, url: string): Node {
  return {
    async request(method, params) {
      try {
        return await provider.request({ method, params: [...params] })
      } catch (error) {
        throw asFault(method, error, url)
      }
    },
  }
}

function asFault(method: string, error: unknown, url: string): Error {
  if (!(error instanceof Error)) return new RpcFault(method, -32603, 'unknown failure', undefined)
  const message = withoutUrls(error.message, url)
  const data = 'data' in error ? error.data : undefined
  if (!isHex(data) && PARENT_SILENT.test(message)) return parentUnreachable(labelOf(url), message)
  const code = 'code' in error && typeof error.code === 'number' ? error.code : -32603
  // No cause: it would carry the URL along.
  return new RpcFault(method, code, message, data)
}

const withoutUrls = (message: string, url: string): string =>
  message.replaceAll(url, labelOf(url)).replace(/\bhttps?:\/\/[^\s"')]+/g, labelOf(url))
