import { getHeader, Rpc } from '../../adapters/rpc/client.ts'
import { hearSocket } from '../../adapters/rpc/socket-check.ts'
import type { ChainConfig, MarketConfig } from '../../config/config.ts'
import { RpcFault } from '../../core/errors.ts'
import type { Node } from '../../core/ports.ts'
import type { Header } from '../../core/types.ts'
import { type Area, areaOf, type Finding } from './finding.ts'

const FIX_NODE = 'Check the URL and the node, or put another one into the rpc of the chain.'
/** Blocks behind the best node that are still normal. */
const FEW_BLOCKS = 3n
const SLOW_S = 60
/** What a fork of the head needs, and what only an archive has. */
const RECENT_BLOCKS = 64n

interface Reached {
  readonly url: string
  readonly label: string
  readonly rpc: Rpc
  readonly head: Header
}

/** Every URL of a chain by itself. `nowS`: Unix seconds. */
export async function checkNodes(
  chain: ChainConfig,
  markets: readonly MarketConfig[],
  nowS: number,
): Promise<readonly Finding[]> {
  const area = areaOf(`chain ${chain.name}`)
  const findings: Finding[] = []
  const reached: Reached[] = []
  for (const [i, url] of chain.rpc.entries()) {
    const found = await reach(chain, url, i, area)
    if ('rpc' in found) reached.push(found)
    else findings.push(found)
  }
  const best = reached.reduce((most, { head }) => (head.number > most ? head.number : most), 0n)
  for (const one of reached) {
    findings.push(...headOf(area, chain, one, { best, nowS }))
    findings.push(await logRange(area, chain, markets, one))
    findings.push(...(await depth(area, markets, one)))
  }
  for (const [i, url] of chain.ws.entries()) findings.push(await socket(area, chain, url, i))
  if (chain.ws.length === 0) findings.push(area.ok('WebSocket', 'none is configured: the head is polled'))
  return findings
}

/** Host only: the rest of a URL may be a key. */
const labelOf = (url: string, index: number): string => `${new URL(url).host}#${index + 1}`

async function reach(chain: ChainConfig, url: string, index: number, area: Area): Promise<Reached | Finding> {
  const label = labelOf(url, index)
  try {
    const rpc = new Rpc({ chain: chain.name, chainId: chain.id, urls: [url], onProblem: () => {} })
    await rpc.connect()
    const head = await getHeader(rpc, 'latest')
    if (head !== undefined) return { url, label, rpc, head }
    return area.failed(`RPC ${label}`, { what: 'it has no head', why: 'it is not synced', fix: FIX_NODE })
  } catch (error) {
    return area.threw(`RPC ${label}`, error, FIX_NODE)
  }
}

function headOf(
  area: Area,
  { id, blockTimeS }: ChainConfig,
  { label, head }: Reached,
  { best, nowS }: { readonly best: bigint; readonly nowS: number },
): readonly Finding[] {
  const behind = best - head.number
  const ageS = nowS - Number(head.timestamp)
  const fix = 'Wait until it is synced, or put a better node first.'
  const lag = { what: `${behind} blocks behind the best of the nodes`, why: 'decisions would be late', fix }
  const age = { what: `its newest block is ${ageS} s old`, why: 'the node or the chain stands still', fix }
  return [
    area.ok(`RPC ${label}`, `chain id ${id}, block ${head.number}`),
    behind > FEW_BLOCKS
      ? area.warning(`head ${label}`, lag)
      : ageS > Math.max(SLOW_S, 5 * blockTimeS)
        ? area.warning(`head ${label}`, age)
        : area.ok(`head ${label}`, `${Math.max(0, ageS)} s old`),
  ]
}

/** Logs of nobody, in as many blocks as a back-fill would ask for first. */
async function logRange(
  area: Area,
  chain: ChainConfig,
  markets: readonly MarketConfig[],
  { label, rpc, head }: Reached,
): Promise<Finding> {
  const check = `log range ${label}`
  const wanted = BigInt(chain.logRange) < head.number + 1n ? BigInt(chain.logRange) : head.number + 1n
  for (let range = wanted; range > 0n; range /= 2n)
    try {
      await logs(rpc, markets, head.number - range + 1n, head.number)
      if (range === wanted) return area.ok(check, `${range} blocks in one request`)
      const why = 'the first start asks for many ranges; it adapts, but begins with refusals'
      return area.warning(check, {
        what: `the node takes ${range} blocks in one request`,
        why,
        fix: `Set logRange: ${range}.`,
      })
    } catch (error) {
      if (!(error instanceof RpcFault)) return area.threw(check, error, FIX_NODE)
    }
  return area.failed(check, { what: 'the node refuses logs', why: 'borrowers are found by their logs', fix: FIX_NODE })
}

const logs = (rpc: Node, markets: readonly MarketConfig[], from: bigint, to: bigint): Promise<unknown> =>
  rpc.request('eth_getLogs', [
    { address: markets.map(({ addressesProvider }) => addressesProvider), fromBlock: hex(from), toBlock: hex(to) },
  ])

const hex = (block: bigint): string => `0x${block.toString(16)}`

/** Old blocks are needed once, for the first start; old state only for recordings and forks of the past. */
async function depth(area: Area, markets: readonly MarketConfig[], { label, rpc, head }: Reached): Promise<Finding[]> {
  const findings: Finding[] = []
  const from = markets.map(({ fromBlock }) => fromBlock).reduce((a, b) => (b < a ? b : a), head.number)
  const check = `history ${label}`
  try {
    const first = await getHeader(rpc, from)
    findings.push(
      first === undefined
        ? area.failed(check, {
            what: `the node does not have block ${from}`,
            why: 'the first start reads every Borrow log since then; it was pruned, or fromBlock is beyond the head',
            fix: 'Use a node with full block history for the first start, or correct fromBlock.',
          })
        : area.ok(check, `has block ${from}, where the markets begin`),
    )
  } catch (error) {
    findings.push(area.threw(check, error, FIX_NODE))
  }
  findings.push(await stateDepth(area, markets, from, { label, rpc, head }))
  return findings
}

async function stateDepth(
  area: Area,
  markets: readonly MarketConfig[],
  from: bigint,
  { label, rpc, head }: Pick<Reached, 'label' | 'rpc' | 'head'>,
): Promise<Finding> {
  const check = `archive ${label}`
  const has = async (block: bigint): Promise<boolean> => {
    try {
      await rpc.request('eth_getBalance', [markets[0]?.addressesProvider, hex(block)])
      return true
    } catch (error) {
      if (error instanceof RpcFault) return false
      throw error
    }
  }
  try {
    if (await has(from)) return area.ok(check, `has the state of block ${from}`)
    const recent = head.number > RECENT_BLOCKS ? head.number - RECENT_BLOCKS : 0n
    if (await has(recent))
      return area.warning(check, {
        what: `no state of block ${from}, but that of block ${recent}`,
        why: 'it is no archive: record, backtest --fork and replay of old blocks need one; the daemon does not',
        fix: 'Nothing, unless you want these; then add an archive node.',
      })
    return area.failed(check, {
      what: `no state of block ${recent}`,
      why: 'the first page is read some blocks below the head, and after a restart the state of that time is asked for',
      fix: 'Use a node that keeps the state of at least the last 128 blocks.',
    })
  } catch (error) {
    return area.threw(check, error, FIX_NODE)
  }
}

async function socket(area: Area, { id }: ChainConfig, url: string, index: number): Promise<Finding> {
  const check = `WebSocket ${labelOf(url, index)}`
  const heard = await hearSocket(url)
  const fix = 'Correct chains.*.ws, or take it out: the head is then polled.'
  if (typeof heard === 'string')
    return area.warning(check, { what: heard, why: 'new heads are seen later, by polling', fix })
  if (heard.chainId !== id)
    return area.failed(check, { what: `it is on chain id ${heard.chainId}`, why: `the chain is ${id}`, fix })
  return area.ok(check, 'answers, and takes a subscription to new heads')
}
