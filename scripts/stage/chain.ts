import { fileURLToPath } from 'node:url'
import type { Address, Hex } from 'viem'
import type { Mood } from '../devnet/calm.ts'
import type { ChainName } from '../devnet/chain-spec.ts'
import type { OwnerAddresses } from '../devnet/owners.ts'
import { type Child, event, startChild } from './child.ts'

const NODE_SCRIPT = fileURLToPath(new URL('../devnet/node.ts', import.meta.url))

/** What a devnet process says when it is ready. */
export interface Ready {
  readonly chain: ChainName
  readonly chainId: number
  readonly replica: boolean
  readonly http: string
  readonly ws: string
  readonly block: number
  readonly addresses: Readonly<Record<string, Address>>
  readonly reserves: Readonly<Record<string, Readonly<Record<'asset' | 'aToken' | 'aggregator', Address>>>>
  readonly accounts: number
  /** Where the chain has any. */
  readonly owners?: OwnerAddresses
}

export interface StageChain extends Ready {
  readonly process: Child
  rpc(method: string, ...params: unknown[]): Promise<unknown>
}

export interface ChainOptions {
  readonly chain: ChainName
  readonly accounts: number
  readonly seed: number
  readonly tickMs: number
  readonly blocks?: number | undefined
  readonly port?: number
  /** Somebody else liquidates in the story. */
  readonly rival?: boolean
  /** Two people of the story have positions of their own. */
  readonly owners?: boolean
  /** Unix seconds at which the chain's clock begins, where it should be like the real one. */
  readonly epochS?: number
  /** At the addresses of the real market. */
  readonly replica?: boolean
}

export const marketName = ({ chain }: Pick<StageChain, 'chain'>): string => `${chain}-aave`

/** A local chain with a whole market, in a process of its own. */
export async function startStageChain({
  chain,
  accounts,
  seed,
  tickMs,
  blocks,
  port = 0,
  rival = false,
  owners = false,
  epochS,
  replica = false,
}: ChainOptions): Promise<StageChain> {
  const flags = {
    chain,
    port,
    accounts,
    seed,
    'tick-ms': tickMs,
    ...(blocks === undefined ? {} : { blocks }),
    ...(epochS === undefined ? {} : { epoch: epochS }),
  }
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)])
  const child = startChild(NODE_SCRIPT, [
    ...args,
    '--story',
    ...(rival ? ['--rival'] : []),
    ...(owners ? ['--owners'] : []),
    ...(replica ? ['--replica'] : []),
  ])
  const ready = await child.line(event<Ready>('ready'))
  return { ...ready, process: child, rpc: (method, ...params) => call(ready.http, method, params) }
}

/** One more block with whatever is pending, and its number. */
export const mine = async (chain: StageChain): Promise<number> => (await command(chain, 'mine')) ?? 0

/** One more block of the story, and its number; undefined when the story is over. */
export const next = (chain: StageChain): Promise<number | undefined> => command(chain, 'next')

/** Blocks so many seconds apart in which prices tremble. Tells the last one's number. */
export async function calm(
  chain: StageChain,
  blocks: number,
  { seconds, mood }: { readonly seconds: number; readonly mood: Mood },
): Promise<number> {
  const done = chain.process.line(event<{ block: number }>('calm'))
  chain.process.write(`${mood} ${blocks} ${seconds}\n`)
  return (await done).block
}

/** No block of the story comes until `resume`; tells where the chain stands. */
export function hold(chain: StageChain): Promise<Held> {
  const held = chain.process.line(event<Held>('held'))
  chain.process.write('hold\n')
  return held
}

export interface Held {
  readonly block: number
  readonly timestamp: number
}

export const resume = (chain: StageChain): void => chain.process.write('resume\n')

async function command(chain: StageChain, line: string): Promise<number | undefined> {
  const answer = chain.process.line(
    (text) => event<{ block?: number }>('block')(text) ?? event<{ block?: number }>('story-end')(text),
  )
  chain.process.write(`${line}\n`)
  return (await answer).block
}

async function call(url: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const { result, error } = (await response.json()) as { result?: unknown; error?: { message: string } }
  if (error) throw new Error(`${method}: ${error.message}`)
  return result
}

export const fund = (chain: StageChain, account: Address, wei: bigint): Promise<unknown> =>
  chain.rpc('hardhat_setBalance', account, `0x${wei.toString(16)}` as Hex)
