import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { ChainName } from '../../scripts/devnet/chain-spec.ts'
import { next, startStageChain } from '../../scripts/stage/chain.ts'
import type { ForkOptions } from '../../src/adapters/fork/fork.ts'
import { getHeader, Rpc } from '../../src/adapters/rpc/client.ts'
import type { ChainConfig, Config, MarketConfig } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load.ts'
import { PROTOCOLS } from '../../src/protocols/index.ts'

interface Span {
  readonly from: bigint
  readonly to: bigint
}

/** A node to fork, as a shipped configuration sees it. */
export interface Parent {
  readonly rpc: Rpc
  readonly config: Config
  readonly chain: ChainConfig
  readonly market: MarketConfig
  /** The market is mirrored here. */
  readonly head: bigint
  /** Borrowers are those of these blocks: all there are only on a replica. */
  readonly borrowed: Span
  /** Where to look for liquidations that happened. */
  readonly liquidated: Span
  /** A folder of its own. */
  readonly folder: string
  close(): Promise<void>
}

interface RealChain {
  readonly variable: string
  /** Pool of a revision whose rules are known here. Another one: `<variable without RPC_URL>FORK_BLOCK`. */
  readonly head: bigint
  /** So many blocks before it are searched for borrowers. */
  readonly borrowedBlocks: bigint
  readonly liquidated: (head: bigint) => Span
}

const before = (blocks: bigint) => (head: bigint) => ({ from: head - blocks, to: head })

/**
 * None of these blocks was ever read by us. The liquidation on Ethereum is published (2025-10-10); the heads are computed
 * to be about 2026-06-01, from the time of a block.
 */
const realChains: Readonly<Record<ChainName, RealChain>> = {
  ethereum: {
    variable: 'MAINNET_RPC_URL',
    head: 25_230_000n,
    borrowedBlocks: 7_200n,
    liquidated: () => ({ from: 23_549_932n, to: 23_549_932n }),
  },
  optimism: {
    variable: 'OPTIMISM_RPC_URL',
    head: 152_316_000n,
    borrowedBlocks: 43_200n,
    liquidated: before(200_000n),
  },
  arbitrum: {
    variable: 'ARBITRUM_RPC_URL',
    head: 468_000_000n,
    borrowedBlocks: 100_000n,
    liquidated: before(400_000n),
  },
}

export const chainTypes = { ethereum: 'l1', optimism: 'op', arbitrum: 'generic' } as const satisfies Readonly<
  Record<ChainName, ForkOptions['chainType']>
>

/** Which of the two is forked, and how to have the other. */
export function whatIsForked(name: ChainName): string {
  const { variable } = realChains[name]
  return process.env[variable] ? `real chain (${variable})` : `replica, not the real chain: ${variable} is not set`
}

export const isReplica = (name: ChainName): boolean => !process.env[realChains[name].variable]

/** The real chain at pinned blocks where its variable is set, else a replica in a process of its own. */
export async function openParent(name: ChainName): Promise<Parent> {
  const real = realChains[name]
  const url = process.env[real.variable]
  return url ? openReal(name, url, real) : openReplica(name)
}

async function openReal(name: ChainName, url: string, real: RealChain): Promise<Parent> {
  const pinned = process.env[real.variable.replace('RPC_URL', 'FORK_BLOCK')]
  const head = pinned ? BigInt(pinned) : real.head
  const borrowed = before(real.borrowedBlocks)(head)
  return { ...configured(name, url), head, borrowed, liquidated: real.liquidated(head) }
}

/** With a story in which somebody else liquidates: long enough that it has happened, and far from its end. */
async function openReplica(name: ChainName): Promise<Parent> {
  const { accounts, blocks, played } = { accounts: 40, blocks: 40, played: 16 }
  const options = { chain: name, accounts, seed: 7, tickMs: 0, blocks, replica: true, rival: true }
  const node = await startStageChain(options)
  for (let block = 0; block < played; block++) await next(node)
  const parent = configured(name, node.http)
  const head = (await getHeader(parent.rpc, 'latest'))?.number ?? 0n
  const close = async (): Promise<void> => {
    await node.process.kill()
    await parent.close()
  }
  const all = { from: parent.market.fromBlock, to: head }
  return { ...parent, head, borrowed: all, liquidated: { from: BigInt(node.block), to: head }, close }
}

/** Read as a user's file is: a node, and the name of a market that we ship. */
function configured(name: ChainName, url: string) {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-fork-suite-'))
  const file = join(folder, 'plimsoll.yaml')
  writeFileSync(file, stringify({ chains: { [name]: { rpc: [url] } }, markets: [`aave-v3-${name}`] }), { mode: 0o600 })
  const { config } = loadConfig({ file, env: {}, known: { protocols: Object.keys(PROTOCOLS) } })
  const [chain] = config.chains
  const [market] = config.markets
  if (chain === undefined || market === undefined) throw new RangeError(`the configuration of ${name} came out empty`)
  const rpc = new Rpc({ chain: name, chainId: chain.id, urls: chain.rpc, onProblem: () => {} })
  const close = async (): Promise<void> => rmSync(folder, { recursive: true, force: true })
  return { rpc, config, chain, market, folder, close }
}
