import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NetworkConnection } from 'hardhat/types/network'
import { type Hex, isHex, numberToHex } from 'viem'
import { RpcFault } from '../../core/errors.ts'
import type { Node } from '../../core/ports.ts'
import { type Front, startFront } from './front.ts'
import { checkParent, openParent } from './parent.ts'

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
  const parent = openParent(options.url)
  await checkParent(parent, options.chainId, options.blockNumber)
  const front = await startFront(parent, options.blockNumber)
  // Hardhat keeps answers by chain id and block number: between two local chains they are not the same.
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-fork-'))
  const release = async (): Promise<void> => {
    await front.close()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const connection = await connect(options, front, folder)
    return {
      ...controls(nodeOf(connection, front)),
      async close() {
        await connection.close()
        await release()
      },
    }
  } catch (error) {
    await release()
    throw error
  }
}

function controls(node: Node): Omit<Fork, 'close'> {
  return {
    node,
    snapshot: async () => (await node.request('evm_snapshot', [])) as Hex,
    async revert(id) {
      const done = await node.request('evm_revert', [id])
      if (done !== true) throw new RangeError(`the fork has no snapshot ${id} (any more)`)
    },
    async mine(timestamp) {
      // The fork's own clock may be behind its first block, which it then refuses to follow.
      const time = timestamp ?? (await headTimestamp(node)) + 1n
      await node.request('evm_setNextBlockTimestamp', [numberToHex(time)])
      await node.request('evm_mine', [])
    },
  }
}

async function headTimestamp(node: Node): Promise<bigint> {
  const head = (await node.request('eth_getBlockByNumber', ['latest', false])) as { readonly timestamp: Hex }
  return BigInt(head.timestamp)
}

type Connection = NetworkConnection<ForkOptions['chainType']>

/** Room for whole batches of calls; a transaction of ours is bounded by its own gas. */
const BLOCK_GAS = 60_000_000n

async function connect(
  { chainId, blockNumber, chainType }: ForkOptions,
  { url }: Front,
  folder: string,
): Promise<Connection> {
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

function nodeOf({ provider }: Connection, front: Front): Node {
  return {
    async request(method, params) {
      try {
        return await provider.request({ method, params: [...params] })
      } catch (error) {
        throw asFault(method, error, front)
      }
    },
  }
}

function asFault(method: string, error: unknown, front: Front): Error {
  if (!(error instanceof Error)) return new RpcFault(method, -32603, 'unknown failure', undefined)
  const data = 'data' in error ? error.data : undefined
  if (!isHex(data) && front.trouble) return front.trouble
  const code = 'code' in error && typeof error.code === 'number' ? error.code : -32603
  return new RpcFault(method, code, error.message, data, { cause: error })
}
