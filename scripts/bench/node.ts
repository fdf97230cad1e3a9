import { Agent, request } from 'node:http'
import { type Address, createPublicClient, encodeFunctionData, http, parseAbi, zeroAddress } from 'viem'
import type { Accounts, Status } from '../../src/core/answers.ts'
import { marketName, next, type StageChain } from '../stage/chain.ts'
import { get, reached } from '../stage/judge.ts'
import { openStage } from '../stage/stage.ts'
import { inTurn } from './clock.ts'

const POOL = parseAbi([
  'function getUserAccountData(address) view returns (uint256 totalCollateralBase, uint256 totalDebtBase, uint256 availableBorrowsBase, uint256 currentLiquidationThreshold, uint256 ltv, uint256 healthFactor)',
])
const ASKED = 1_000
const BLOCKS = 20

export interface NodeFigures {
  readonly borrowers: number
  /** Mean over the story's blocks, every request counted. */
  readonly requestsABlock: number
  /** viem's multicall of `getUserAccountData` for 1,000 accounts (the devnet's own, again and again). */
  readonly multicallMs: number
  /** One `eth_call` of it over a kept connection. */
  readonly callMs: number
  /** `plimsoll verify`, in its words; undefined when it was not asked. */
  readonly verified: string | undefined
}

interface NodeOptions {
  readonly accounts: number
  readonly seed: number
  readonly verify: boolean
  readonly say: (line: string) => void
}

/** A devnet with so many accounts, the daemon beside it for some blocks, and the node by itself. */
export async function atNode({ accounts, seed, verify, say }: NodeOptions): Promise<NodeFigures> {
  const stage = await openStage({
    chains: [{ chain: 'ethereum', accounts, seed, tickMs: 0, blocks: BLOCKS }],
    mode: 'watch',
    say,
  })
  try {
    const chain = stage.chains[0] as StageChain
    const daemon = await stage.start()
    // Its first pages are those in which the devnet was filled, hundreds of accounts in each: not what a block costs.
    const before = (await get<Status>(`${daemon.url}/api/status`)).chains[0]?.rpc.total ?? 0
    for (let block = await next(chain); block !== undefined; block = await next(chain))
      await reached(daemon.url, chain, block)
    const { chains, markets } = await get<Status>(`${daemon.url}/api/status`)
    const known = await get<Accounts>(`${daemon.url}/api/accounts?market=${marketName(chain)}&limit=1000`)
    await daemon.process.kill()
    const verified = verify ? await stage.command('verify', '--market', marketName(chain)) : undefined
    const asked = known.accounts.map(({ address }) => address as Address)
    return {
      borrowers: markets[0]?.accounts ?? 0,
      requestsABlock: ((chains[0]?.rpc.total ?? Number.NaN) - before) / BLOCKS,
      ...(await calls(chain, asked)),
      verified: verified && (verified.output.find((line) => line.includes('checked')) ?? `exit ${verified.code}`),
    }
  } finally {
    await stage.close()
  }
}

async function calls(chain: StageChain, asked: readonly Address[]): Promise<{ multicallMs: number; callMs: number }> {
  const pool = chain.addresses['pool'] as Address
  const client = createPublicClient({ transport: http(chain.http) })
  const contracts = Array.from({ length: ASKED }, (_, i) => ({
    address: pool,
    abi: POOL,
    functionName: 'getUserAccountData' as const,
    args: [asked[i % asked.length] as Address] as const,
  }))
  const multicallAddress = chain.addresses['multicall3'] as Address
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const body = callOf(chain, asked[0])
  try {
    const turns = await inTurn(9, {
      multicall: () => client.multicall({ contracts, multicallAddress, allowFailure: false }),
      call: () => post(chain.http, body, agent),
      call2: () => post(chain.http, body, agent),
      call3: () => post(chain.http, body, agent),
    })
    return { multicallMs: turns.multicall.medianMs, callMs: turns.call2.medianMs }
  } finally {
    agent.destroy()
  }
}

/** `getUserAccountData` of an account, as one raw `eth_call`. */
export function callOf({ addresses }: StageChain, of: Address = zeroAddress): string {
  const data = encodeFunctionData({ abi: POOL, functionName: 'getUserAccountData', args: [of] })
  const params = [{ to: addresses['pool'], data }, 'latest']
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_call', params })
}

/** One request over a kept connection, its answer read to the end. */
export function post(url: string, body: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        text += part
      })
      response.on('end', () => (text.includes('"result"') ? resolve(text) : reject(new Error(text))))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
