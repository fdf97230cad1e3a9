import { Agent } from 'node:http'
import { join } from 'node:path'
import { type Address, type Hex, keccak256, stringToHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { RpcFeed } from '../../src/adapters/rpc/feed.ts'
import { createHeads } from '../../src/adapters/rpc/heads.ts'
import { openStore } from '../../src/adapters/store/sqlite.ts'
import { ChainState } from '../../src/app/chain-state.ts'
import { openChain } from '../../src/app/open-chain.ts'
import type { ChainConfig } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load.ts'
import { Book } from '../../src/core/book.ts'
import type { Cell } from '../../src/core/ledger.ts'
import type { Checkpoint } from '../../src/core/ports.ts'
import {
  COLLATERAL,
  configuration,
  configurationCell,
  DEBT,
  reserveCell,
  reserveIds,
  scaledCell,
  userEModeCell,
} from '../../src/protocols/aave-v3/cells.ts'
import { createRandom } from '../devnet/random.ts'
import { next, type StageChain } from '../stage/chain.ts'
import { openStage } from '../stage/stage.ts'
import { figure } from './clock.ts'
import { callOf, post } from './node.ts'

/** Accounts beside those of the devnet. */
const CROWD = 100_000
const BLOCKS = 40
/** As many as the keeper sizes at a time. */
const SIZED = 8
/** A throw-away key. */
const account = privateKeyToAccount(keccak256(stringToHex('plimsoll bench')))

export interface Heard {
  readonly blocks: number
  /** Medians, from the head's words on the socket. */
  readonly rankedMs: number
  readonly signedMs: number
  /** One `eth_call` of the same node over a kept connection, in between. */
  readonly callMs: number
}

/**
 * The whole way at a real node: head on the socket, logs and reads asked for, page applied, ranked list, best call signed. The
 * devnet's market with 100,000 accounts more in its book; in a process of its own the node, through a fall of prices.
 */
export async function heard(seed: number, say: (line: string) => void): Promise<Heard> {
  const stage = await openStage({
    chains: [{ chain: 'ethereum', accounts: 300, seed, tickMs: 0, blocks: BLOCKS }],
    mode: 'watch',
    say,
  })
  const stop = new AbortController()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  try {
    const node = stage.chains[0] as StageChain
    const { config } = loadConfig({ file: join(stage.folder, 'plimsoll.yaml'), env: {}, known: {} })
    const chain = config.chains[0] as ChainConfig
    const quiet = { signal: stop.signal, onProblem: say }
    const open = await openChain({
      ...quiet,
      chain: { ...chain, ws: [] },
      markets: config.markets,
      store: openStore(':memory:'),
      state: new ChainState(chain.name, chain.id, chain.blockTimeS),
      progress: { backfill: () => {}, snapshot: () => {} },
    })
    open.heads.close()
    const book = crowded(open.books[0] as Book, seed)
    let toldMs = 0
    const onHead = (): void => {
      toldMs = performance.now()
    }
    const heads = createHeads({ ...quiet, rpc: open.rpc, ws: chain.ws, blockTimeMs: chain.blockTimeS * 1000, onHead })
    const noted = { onPage: () => {}, onCurrent: () => {} }
    const feed = new RpcFeed({ ...quiet, ...noted, rpc: open.rpc, batch: open.batch, heads }, [
      open.feed.tip ?? book.head!,
    ])
    const pages = feed.follow(() => [book])[Symbol.asyncIterator]()
    const question = callOf(node)
    const taken = { ranked: [] as number[], signed: [] as number[], call: [] as number[] }
    for (let block = await next(node); block !== undefined; block = await next(node)) {
      const { value } = await pages.next()
      if (value?.kind !== 'page') throw new Error('no page came')
      book.apply(value.facts)
      if (!value.live) continue
      const time = value.facts.block.timestamp + BigInt(chain.blockTimeS)
      const [best] = book.sized(book.unhealthy(time).slice(0, SIZED), time)
      taken.ranked.push(performance.now() - toldMs)
      const seizure = best?.seizures[0]
      const terms = { path: '0x' as const, minProfit: 0n, deadline: time + 60n }
      await sign(seizure ? book.protocol.encode(seizure, terms) : `0x${'12'.repeat(400)}`)
      taken.signed.push(performance.now() - toldMs)
      const asked = performance.now()
      await post(node.http, question, agent)
      taken.call.push(performance.now() - asked)
    }
    heads.close()
    const median = (values: number[]): number => figure(values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN)
    const { ranked, signed, call } = taken
    return { blocks: ranked.length, rankedMs: median(ranked), signedMs: median(signed), callMs: median(call) }
  } finally {
    stop.abort()
    agent.destroy()
    await stage.close()
  }
}

const sign = (data: Hex): Promise<Hex> =>
  account.signTransaction({
    type: 'eip1559',
    chainId: 1,
    nonce: 1,
    to: `0x${'1'.repeat(40)}`,
    gas: 900_000n,
    maxFeePerGas: 10n ** 10n,
    maxPriorityFeePerGas: 10n ** 8n,
    data,
  })

/** The same book with a crowd in it that nobody on the chain has heard of: one collateral, one debt, well above the line. */
function crowded(book: Book, seed: number): Book {
  const head = book.head
  if (head === undefined) throw new Error('the book is empty')
  const { accounts, cells } = book.checkpoint(head)
  const known = [...accounts]
  const strangers = Array.from({ length: CROWD }, (_, n): Address => `0x${(n + 1).toString(16).padStart(40, 'c')}`)
  const random = createRandom(seed)
  const ids = reserveIds(book.ledger)
  const unit = (id: number): number =>
    10 ** Number(configuration.decimals(book.ledger.get(reserveCell(id, 'configuration'))))
  const price = (id: number): number => Number(book.ledger.get(reserveCell(id, 'price'))) / 1e8
  function* all(): Generator<readonly [Cell, bigint]> {
    yield* cells
    for (let n = 0; n < CROWD; n++) {
      const [collateral, debt] = [random.pick(ids), random.pick(ids)]
      const usd = random.between(1_000, 100_000)
      const scaled = (id: number, value: number): bigint => BigInt(Math.round((value / price(id)) * unit(id)))
      const at = known.length + n
      yield [configurationCell(at), (2n << BigInt(2 * collateral)) | (1n << BigInt(2 * debt))]
      yield [userEModeCell(at), 0n]
      yield [scaledCell(at, collateral, COLLATERAL), scaled(collateral, usd)]
      yield [scaledCell(at, debt, DEBT), scaled(debt, usd * random.between(0.05, 0.3))]
    }
  }
  const state: Checkpoint = { block: head, accounts: [...known, ...strangers], cells: all() }
  const big = new Book(book.name, book.protocol)
  big.restore(state)
  return big
}
