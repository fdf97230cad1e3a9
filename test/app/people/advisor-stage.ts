import { type Address, encodeFunctionData, type Hash, type Hex, isHex } from 'viem'
import { erc20Abi, poolAbi, ratioFeedAbi } from '../../../scripts/devnet/abis.ts'
import { encodeMint } from '../../../scripts/devnet/actions.ts'
import type { Devnet } from '../../../scripts/devnet/index.ts'
import { uniswapV3Venue } from '../../../src/adapters/router/venue.ts'
import { ChainState } from '../../../src/app/chain-state.ts'
import { type AdvicePlace, createAdvisor } from '../../../src/app/people/advisor.ts'
import type { Advice, RescueOption } from '../../../src/core/answers.ts'
import type { Advisor } from '../../../src/core/people/ports.ts'
import type { Batch } from '../../../src/core/ports.ts'
import { type Mirror, startMirror } from '../../protocols/aave-v3/mirror.ts'

/** The advisor over a mirror of a devnet, with the real exchange beside it. */
export interface AdvisorStage extends Mirror {
  readonly state: ChainState
  readonly place: AdvicePlace
  advisor(options: { targetWad: bigint; batch?: Batch; deadlineMs?: number }): Advisor
}

export const MARKET = 'devnet'

export async function openAdvisorStage(options: { accounts: number; seed: number }): Promise<AdvisorStage> {
  const mirror = await startMirror({ chain: 'ethereum', ...options })
  await standStill(mirror.devnet)
  await mirror.catchUp()
  const { uniswapFactory, quoter, swapRouter, wrappedNative } = mirror.devnet.market.addresses
  const { spec } = mirror.devnet.chain
  const state = new ChainState(spec.name, spec.chainId, spec.blockTimeSeconds)
  state.books = [mirror.book]
  const placeWith = (batch: Batch): AdvicePlace => {
    const venue = { batch, factory: uniswapFactory, quoter, router: swapRouter, wrappedNative }
    return { chain: state, venue: uniswapV3Venue(venue), explorer: 'https://explorer.example' }
  }
  const advisor: AdvisorStage['advisor'] = ({ targetWad, batch = mirror.batch, deadlineMs = 60_000 }) => {
    state.batch = batch
    return createAdvisor({ places: new Map([[MARKET, placeWith(batch)]]), targetWad: () => targetWad, deadlineMs })
  }
  return { ...mirror, state, place: placeWith(mirror.batch), advisor }
}

/** Advice is given at the head's prices: a ratio that grows from block to block would add to them. */
async function standStill({ market, control }: Devnet): Promise<void> {
  const { chain, reserves, addresses } = market
  const { source } = reserves.wstETH
  const startRatio = await chain.client.readContract({ address: source, abi: ratioFeedAbi, functionName: 'getRatio' })
  const line = { startRatio, startTime: chain.head.timestamp, growthPerSecond: 0n }
  const data = encodeFunctionData({ abi: ratioFeedAbi, functionName: 'setRatio', args: [line] })
  await control.as(addresses.governance).execute(source, data)
}

export const healthOf = async ({ market }: Devnet, account: Address): Promise<bigint> => {
  const { chain, addresses } = market
  const args = [account] as const
  const call = { address: addresses.pool, abi: poolAbi, functionName: 'getUserAccountData', args } as const
  return (await chain.client.readContract(call))[5]
}

export const balanceOf = ({ chain }: Devnet, asset: Address, account: Address): Promise<bigint> =>
  chain.client.readContract({ address: asset, abi: erc20Abi, functionName: 'balanceOf', args: [account] })

export const give = ({ chain, market }: Devnet, asset: Address, to: Address, amount: bigint): Promise<Hash> =>
  chain.send({ from: market.addresses.governance, to: asset, data: encodeMint(to, amount) })

/** Sends the very calls of an option from the owner's address in one block at the promised time; all must succeed. */
export async function take({ chain }: Devnet, { row, timestamp }: Advice, { calls }: RescueOption): Promise<void> {
  const from = hex(row.address)
  for (const { to, data } of calls) await chain.send({ from, to: hex(to), data: hex(data), gas: 3_000_000n })
  await chain.settle(BigInt(timestamp))
}

/** Everything is undone afterwards. */
export async function tentatively<T>({ chain }: Devnet, work: () => Promise<T>): Promise<T> {
  const snapshot = await chain.rpc('evm_snapshot')
  try {
    return await work()
  } finally {
    await chain.rpc('evm_revert', snapshot)
    await chain.forget()
  }
}

export function hex(text: string): Hex {
  if (!isHex(text)) throw new TypeError(`${text} is no hex`)
  return text
}
