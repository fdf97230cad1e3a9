import { type Address, type Hex, hexToBigInt, toFunctionSelector } from 'viem'
import { createBatch } from '../adapters/rpc/multicall.ts'
import { parseDecimal } from '../config/decimals.ts'
import type { Book } from '../core/book.ts'
import { UsageError } from '../core/errors.ts'
import { mulDivFloor, WAD } from '../core/math.ts'
import type { Node } from '../core/ports.ts'
import type { ReserveView } from '../core/protocol.ts'
import type { Read } from '../core/types.ts'
import { constantAnswer } from './rehearse/push.ts'

/** A supposed move of one feed, with everything that is priced from it. */
export interface Shock {
  /** As it was asked for: a symbol or an address. */
  readonly asset: string
  readonly root: Address
  /** 18 decimals, above 0. */
  readonly factorWad: bigint
}

const PERCENT_SCALE = 16
const badShock = (text: string, why: string): UsageError =>
  new UsageError({
    code: 'BAD_SHOCK',
    what: `shock ${text}`,
    why,
    fix: 'Name an asset by symbol or address and a change in per cent, such as WETH=-10% or WBTC=+2.5%.',
  })

/** `WETH=-10%`: asset and factor. Throws UsageError. */
export function parseShock(text: string): Pick<Shock, 'asset' | 'factorWad'> {
  const [, asset, sign, number] = /^([^=\s]+)=([+-]?)(\d+(?:\.\d+)?)%$/.exec(text) ?? []
  if (asset === undefined || number === undefined) throw badShock(text, 'it has not the form ASSET=PER-CENT%')
  const share = parseDecimal(number, PERCENT_SCALE)
  if (share === undefined) throw badShock(text, `a per cent has at most ${PERCENT_SCALE} decimals`)
  const factorWad = sign === '-' ? WAD - share : WAD + share
  if (factorWad <= 0n) throw badShock(text, 'a price stays above 0: the fall is less than 100 %')
  return { asset, factorWad }
}

/** Finds the feeds of the assets named; those a market does not list are left out. Throws UsageError where two share a feed. */
export function findShocks(
  reserves: readonly ReserveView[],
  asked: readonly Pick<Shock, 'asset' | 'factorWad'>[],
): Shock[] {
  const found: Shock[] = []
  for (const { asset, factorWad } of asked) {
    const named = reserves.filter((reserve) => isNamed(reserve, asset))
    const [first, second] = named
    if (first === undefined) continue
    if (second && second.root !== first.root)
      throw badShock(asset, `several reserves have this symbol: ${named.map((one) => one.asset).join(', ')}`)
    if (BigInt(first.root) === 0n) throw badShock(asset, 'it has no price feed of its own')
    const other = found.find(({ root }) => root === first.root)
    if (other) throw badShock(asset, `it is priced from the same feed as ${other.asset}, and moves with it`)
    found.push({ asset, root: first.root, factorWad })
  }
  return found
}

export const isNamed = ({ asset, symbol }: ReserveView, name: string): boolean =>
  asset === name.toLowerCase() || symbol.toLowerCase() === name.toLowerCase()

/** The last answer of a feed: Chainlink's name, which AaveOracle and the feeds upon feeds call as well. */
const LATEST_ANSWER = toFunctionSelector('function latestAnswer()')

/**
 * All prices as the chain's own feeds would tell them at the book's head if the shocked ones answered their answer times the
 * factor, rounded down: caps, ratios and their rounding are theirs. Undefined when the node does not play along.
 */
export async function shockedPrices(
  { head, ledger, protocol }: Book,
  { node, multicall }: { readonly node: Node; readonly multicall: Address },
  shocks: readonly Shock[],
): Promise<Read[] | undefined> {
  if (head === undefined) return undefined
  const at = { blockHash: head.hash }
  const feeds = shocks.map(({ root }) => ({ to: root, data: LATEST_ANSWER }))
  const before = await (await createBatch(node, multicall)).read(feeds, at)
  const answers = shocks.map(({ factorWad }, i) => mulDivFloor(number(before[i]?.result), factorWad, WAD))
  if (answers.some((answer) => answer <= 0n)) return undefined
  const code = Object.fromEntries(shocks.map(({ root }, i) => [root, { code: constantAnswer(answers[i] ?? 0n) }]))
  const batch = await createBatch(supposing(node, code), multicall)
  const reads = await batch.read([...feeds, ...protocol.prices(ledger)], at)
  const played = shocks.every((_, i) => number(reads[i]?.result) === answers[i])
  return played ? reads.slice(shocks.length) : undefined
}

const number = (result: Hex | undefined): bigint =>
  result === undefined || result === '0x' ? 0n : hexToBigInt(result, { size: 32, signed: true })

/** The node, answering calls as if these contracts had other code: `eth_call`'s state override. */
const supposing = (node: Node, override: Readonly<Record<Address, { readonly code: Hex }>>): Node => ({
  request: (method, params) => node.request(method, method === 'eth_call' ? [...params, override] : params),
})
