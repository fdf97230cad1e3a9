import { fileURLToPath } from 'node:url'
import { createHardhatRuntimeEnvironment } from 'hardhat/hre'
import type { NetworkHooks } from 'hardhat/types/hooks'
import type { NetworkConnection } from 'hardhat/types/network'
import config from '../../hardhat.config.ts'
import type { ChainSpec } from './chain-spec.ts'
import { layGround, mineEmptyBlocks } from './ground.ts'

// Made from the configuration itself, not found from the working directory: it may be started from anywhere.
const projectRoot = fileURLToPath(new URL('../..', import.meta.url))
const hre = await createHardhatRuntimeEnvironment(config, {}, projectRoot)

export interface RunningNetwork {
  readonly connection: NetworkConnection<'l1' | 'op'>
  readonly http: string
  readonly ws: string
  close(): Promise<void>
}

/**
 * Starts one simulated chain with a server in front, and keeps the connection behind the server:
 * seeding in process is several times faster than over HTTP.
 */
export async function startNetwork(spec: ChainSpec, port: number): Promise<RunningNetwork> {
  const opened: NetworkConnection<'l1' | 'op'>[] = []
  const hooks: Partial<NetworkHooks> = {
    newConnection: async (context, next) => {
      const connection = await next(context)
      if (isOurs(connection)) opened.push(connection)
      return connection
    },
  }
  const ground = spec.emptyBlocks > 0 && spec.chainType === 'op' ? await layGround(spec) : undefined
  const { network, hooks: registry } = ground?.hre ?? hre
  registry.registerHandlers('network', hooks)
  const override = { ...settings(spec), ...ground?.override }
  const server = await network
    .createServer({ chainType: spec.chainType, override }, '127.0.0.1', port)
    .finally(() => registry.unregisterHandlers('network', hooks))
  const [connection] = opened
  if (connection === undefined) throw new Error('Hardhat opened no connection for its server')
  if (spec.emptyBlocks > 0 && ground === undefined)
    await mineEmptyBlocks(spec, (method, ...params) => connection.provider.request({ method, params }))
  const { port: bound } = await server.listen()
  const close = async () => {
    await server.close()
    await connection.close()
    await ground?.close()
  }
  return { connection, http: `http://127.0.0.1:${bound}`, ws: `ws://127.0.0.1:${bound}`, close }
}

/**
 * The same chain in process, with no server in front: its blocks hold transactions in the order they were sent. `hardfork`:
 * before `osaka` a transaction or call may use more gas than 2^24.
 */
export function openNetwork(spec: ChainSpec, hardfork?: 'prague'): Promise<NetworkConnection<'l1' | 'op'>> {
  const mining = { auto: false, interval: 0, mempool: { order: 'fifo' as const } }
  const override = { ...settings(spec), mining, ...(hardfork === undefined ? {} : { hardfork }) }
  return hre.network.create<'l1' | 'op'>({ chainType: spec.chainType, override })
}

const settings = (spec: ChainSpec) => ({
  chainId: spec.chainId,
  initialDate: spec.genesis,
  initialBaseFeePerGas: spec.baseFeeWei,
  blockGasLimit: 2_000_000_000n,
  mining: { auto: false, interval: 0 },
  allowBlocksWithSameTimestamp: spec.blockTimeSeconds < 1,
  accounts: { count: 0 },
})

function isOurs(connection: { readonly chainType: string }): connection is NetworkConnection<'l1' | 'op'> {
  return connection.chainType === 'l1' || connection.chainType === 'op'
}
