import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdtemp, rm } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createHardhatRuntimeEnvironment } from 'hardhat/hre'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { type Address, type EIP1193RequestFn, http, numberToHex } from 'viem'
import config from '../../hardhat.config.ts'
import { type ChainSpec, emptyBlockSeconds } from './chain-spec.ts'

const projectRoot = fileURLToPath(new URL('../..', import.meta.url))
/** The newest rules under which a block says nothing in `extraData`, and those of the chain on top. */
const rules = { below: 'granite', above: 'isthmus' } as const

/** L1Block and GasPriceOracle come with the rules: what the newer ones have is put into the older chain. Flags in slot 0. */
const predeploys: readonly Address[] = [
  '0x4200000000000000000000000000000000000015',
  '0x420000000000000000000000000000000000000F',
]

/** Empty blocks that a chain of the OP kind stands on. */
export interface Ground {
  /** Starts chains that fork it; they keep what they read in a folder of their own. */
  readonly hre: HardhatRuntimeEnvironment
  readonly override: {
    readonly hardfork: string
    readonly forking: { readonly url: string; readonly blockNumber: bigint }
  }
  close(): Promise<void>
}

/**
 * Hardhat makes millions of empty blocks at once, but blocks made so have no `extraData`, and since Holocene a block
 * finds its fee parameters in its parent's: the simulator (EDR of Hardhat 3.18) aborts the whole process. So the empty
 * blocks are made under older rules, and the chain proper begins as a fork of them.
 */
export async function layGround(spec: ChainSpec): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-ground-'))
  const hre = await environment(spec, folder)
  const override = {
    chainId: spec.chainId,
    initialDate: spec.genesis,
    initialBaseFeePerGas: spec.baseFeeWei,
    mining: { auto: false, interval: 0 },
    accounts: { count: 0 },
  }
  const below = { chainType: 'op', override: { ...override, hardfork: rules.below } } as const
  const server = await hre.network.createServer(below, '127.0.0.1', 0)
  const { port } = await server.listen()
  const hangUp = callers(port)
  const url = `http://127.0.0.1:${port}`
  const request: EIP1193RequestFn = http(url)({}).request
  const ask = (method: string, ...params: unknown[]): Promise<unknown> => (request as Ask)({ method, params })
  const above = await hre.network.create({ chainType: 'op', override: { ...override, hardfork: rules.above } })
  for (const address of predeploys) {
    const read = (method: string, ...params: unknown[]) => above.provider.request({ method, params })
    await ask('hardhat_setCode', address, await read('eth_getCode', address, 'latest'))
    const slot = numberToHex(0, { size: 32 })
    await ask('hardhat_setStorageAt', address, '0x0', await read('eth_getStorageAt', address, slot, 'latest'))
  }
  await above.close()
  await mineEmptyBlocks(spec, ask)
  return {
    hre,
    override: { hardfork: rules.above, forking: { url, blockNumber: BigInt(spec.emptyBlocks) } },
    async close() {
      hangUp()
      await server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/**
 * Whoever calls the server at this port, to be hung up on. The fork keeps connections on which it never asked anything until its
 * memory is collected, and a server that closes waits for those: minutes, now and then.
 */
function callers(port: number): () => void {
  const sockets = new Set<Socket>()
  const onSocket = (message: unknown): void => {
    const { socket } = message as { readonly socket: Socket }
    if (socket.localPort !== port) return
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  }
  subscribe('net.server.socket', onSocket)
  return () => {
    unsubscribe('net.server.socket', onSocket)
    for (const socket of sockets) socket.destroy()
  }
}

/** Millions at once: Hardhat makes them up when somebody asks. */
export async function mineEmptyBlocks(
  spec: ChainSpec,
  ask: (method: string, ...params: unknown[]) => Promise<unknown>,
): Promise<void> {
  const seconds = emptyBlockSeconds(spec)
  // Else the first one has the time of the wall's clock since the start.
  await ask('evm_setNextBlockTimestamp', numberToHex(spec.genesis.getTime() / 1000 + seconds))
  await ask('hardhat_mine', numberToHex(spec.emptyBlocks), numberToHex(seconds))
}

type Ask = (args: { readonly method: string; readonly params: readonly unknown[] }) => Promise<unknown>

function environment(spec: ChainSpec, folder: string): Promise<HardhatRuntimeEnvironment> {
  const hardforkHistory = {
    [rules.below]: { blockNumber: 0 },
    [rules.above]: { blockNumber: spec.emptyBlocks + 1 },
  }
  const descriptor = { name: spec.name, chainType: spec.chainType, hardforkHistory }
  const own = { ...config, paths: { cache: folder }, chainDescriptors: { [spec.chainId]: descriptor } }
  return createHardhatRuntimeEnvironment(own, {}, projectRoot)
}
