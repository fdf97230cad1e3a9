import {
  type Address,
  decodeFunctionResult,
  encodeFunctionData,
  getAddress,
  type Hex,
  isHex,
  numberToHex,
  pad,
} from 'viem'
import { amountUp, health } from '../../src/app/cli/format.ts'
import type { Advice, RescueOption } from '../../src/core/answers.ts'
import { EVENTS } from '../../src/protocols/aave-v3/abi.ts'
import { poolAbi } from '../devnet/abis.ts'
import { type OwnerName, ownerNames } from '../devnet/owners.ts'
import type { BotApi } from '../doubles/bot-api.ts'
import { hold, marketName, mine, resume, type StageChain } from '../stage/chain.ts'
import { get, reached as takenIn } from '../stage/judge.ts'

/** Somebody with a position on a chain of the story, and a phone. */
export interface Owner {
  readonly name: OwnerName
  readonly address: Address
  readonly chain: StageChain
  readonly chatId: number
}

/** Those of a chain that was started with `owners`; their chats are numbered from `firstChat` on. */
export function ownersOf(chain: StageChain, firstChat: number): Owner[] {
  const { owners } = chain
  if (owners === undefined) throw new Error(`${chain.chain} was started without owners`)
  return ownerNames.map((name, i) => ({ name, address: owners[name], chain, chatId: firstChat + i }))
}

/** What they write to the bot. In a private chat the user's id is the chat's. */
export const subscribe = (double: Pick<BotApi, 'say'>, { name, address, chatId }: Owner): void =>
  double.say(chatId, chatId, `/watch ${getAddress(address)} ${name}`)

/** What came of following an advice. */
export interface Followed {
  readonly option: RescueOption
  readonly block: number
  /** 18 decimals: as promised, and as the pool says afterwards. */
  readonly promised: bigint
  readonly reached: bigint
  readonly isExact: boolean
}

/**
 * Takes the first way out of the advice: sends exactly its calls, in one block at the promised time. Meanwhile the story is
 * held, so that no price moves; whatever else waits for that block (a liquidator's own calls) goes into it as well.
 */
export async function followAdvice(owner: Owner, daemonUrl: string): Promise<Followed> {
  const { chain } = owner
  const { block } = await hold(chain)
  try {
    const advice = await adviceAt(owner, daemonUrl, block)
    const [option] = advice.options
    if (option === undefined || option.obstacle !== null)
      throw new Error(`${owner.name}: no way out: ${option?.obstacle}`)
    const hashes: Hex[] = []
    for (const call of option.calls) hashes.push(await send(owner, call))
    const mined = await mine(chain)
    for (const hash of hashes) await mustHaveSucceeded(chain, hash)
    const timestamp = await timestampOf(chain, mined)
    if (timestamp !== advice.timestamp) throw new Error(`mined at ${timestamp}, promised for ${advice.timestamp}`)
    const [promised, reached] = [BigInt(option.healthFactor), await healthOf(owner)]
    return { option, block: mined, promised, reached, isExact: promised === reached }
  } finally {
    resume(chain)
  }
}

/** One line for the screen. */
export function followedText({ name }: Owner, { option, promised, reached, isExact, block }: Followed): string {
  const { kind, amount, decimals, symbol } = option
  const what = `${kind} ${amountUp(BigInt(amount), decimals, 6)} ${symbol} in ${option.calls.length} calls`
  const end = isExact
    ? `health ${health(String(reached))}, to the wei as promised`
    : `promised ${promised}, got ${reached}`
  return `${name} owner did as he was told: ${what}, block ${block}: ${end} (${reached})`
}

/** The daemon may be a little behind: asked once it has taken in the block. */
async function adviceAt({ chain, address, name }: Owner, daemonUrl: string, block: number): Promise<Advice> {
  await takenIn(daemonUrl, chain, block)
  const url = `${daemonUrl}/api/accounts/${marketName(chain)}/${getAddress(address)}/advice`
  const advice = await get<Advice>(url)
  if (advice.block.number === String(block)) return advice
  throw new Error(`${name}: the advice is of block ${advice.block.number}, the story stands at ${block}`)
}

const GAS = 1_500_000
const FEE_WEI = 2n * 10n ** 11n

async function send({ chain, address: from }: Owner, { to, data }: RescueOption['calls'][number]): Promise<Hex> {
  const fees = { maxFeePerGas: numberToHex(FEE_WEI), maxPriorityFeePerGas: numberToHex(FEE_WEI / 100n) }
  const hash = await chain.rpc('eth_sendTransaction', { from, to, data, gas: numberToHex(GAS), ...fees })
  if (!isHex(hash)) throw new TypeError(`eth_sendTransaction answered ${JSON.stringify(hash)}`)
  return hash
}

async function mustHaveSucceeded(chain: StageChain, hash: Hex): Promise<void> {
  const receipt = (await chain.rpc('eth_getTransactionReceipt', hash)) as { status?: Hex } | null
  if (receipt?.status !== '0x1') throw new Error(`the owner's call ${hash} did not succeed`)
}

async function timestampOf(chain: StageChain, block: number): Promise<number> {
  const { timestamp } = (await chain.rpc('eth_getBlockByNumber', numberToHex(block), false)) as { timestamp: Hex }
  return Number(timestamp)
}

/** `Pool.getUserAccountData`: what the chain itself says. */
export async function healthOf({ chain, address }: Owner): Promise<bigint> {
  const question = { abi: poolAbi, functionName: 'getUserAccountData' } as const
  const data = encodeFunctionData({ ...question, args: [address] })
  const answer = await chain.rpc('eth_call', { to: chain.addresses['pool'], data }, 'latest')
  return decodeFunctionResult({ ...question, data: answer as Hex })[5]
}

/** How often an owner was liquidated so far, by anybody. */
export async function liquidationsOf({ chain, address }: Owner): Promise<number> {
  const topics = [EVENTS.LiquidationCall, null, null, pad(address)]
  const logs = await chain.rpc('eth_getLogs', { address: chain.addresses['pool'], fromBlock: '0x0', topics })
  return Array.isArray(logs) ? logs.length : 0
}
