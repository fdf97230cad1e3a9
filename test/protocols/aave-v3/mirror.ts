import type { Address } from 'viem'
import type { ChainName } from '../../../scripts/devnet/chain-spec.ts'
import { type Devnet, startDevnet } from '../../../scripts/devnet/index.ts'
import { getHeader, Rpc } from '../../../src/adapters/rpc/client.ts'
import { completeReads, RpcFeed } from '../../../src/adapters/rpc/feed.ts'
import type { Heads } from '../../../src/adapters/rpc/heads.ts'
import { scanHistory } from '../../../src/adapters/rpc/history.ts'
import { createBatch } from '../../../src/adapters/rpc/multicall.ts'
import { Book } from '../../../src/core/book.ts'
import type { Batch, FeedEvent } from '../../../src/core/ports.ts'
import type { Mismatch, ReserveTotal } from '../../../src/core/protocol.ts'
import type { Header } from '../../../src/core/types.ts'
import { aaveV3 } from '../../../src/protocols/aave-v3/index.ts'

/** A market on a chain, and where its node listens. */
export interface Place {
  readonly chain: string
  readonly chainId: number
  readonly http: string
  readonly addressesProvider: Address
  readonly multicall3: Address
  /** Default: 0, prices are read in every block. */
  readonly priceReadsS?: bigint
  /** Default: auto. */
  readonly rules?: string
}

export interface Mirrored {
  readonly rpc: Rpc
  readonly batch: Batch
  readonly book: Book
  readonly problems: readonly string[]
  /** Requests of each page so far. */
  readonly requests: readonly number[]
  /** Apply everything up to the chain's head, as the keeper would. */
  catchUp(): Promise<FeedEvent[]>
  /** The mirror against the chain's own answers, at the mirror's block. */
  verify(): Promise<{ checked: number; mismatches: Mismatch[]; totals: ReserveTotal[] }>
  stop(): void
}

export interface Mirror extends Mirrored {
  readonly devnet: Devnet
  close(): Promise<void>
}

export type MirrorOptions = Pick<Place, 'priceReadsS' | 'rules'> & {
  readonly chain: ChainName
  readonly accounts: number
  readonly seed: number
}

/** Our mirror on a chain of its own, wired as the program wires it, but moved by hand. */
export async function startMirror(options: MirrorOptions): Promise<Mirror> {
  const devnet = await startDevnet(options)
  const { chainId } = devnet.chain.spec
  const { addressesProvider, multicall3 } = devnet.market.addresses
  const mirrored = await mirrorOf({ ...options, http: devnet.http, chainId, addressesProvider, multicall3 })
  const close = async () => {
    mirrored.stop()
    await devnet.close()
  }
  return { ...mirrored, devnet, close }
}

/** Our mirror of a market that somebody else has set up. */
export async function mirrorOf(place: Place): Promise<Mirrored> {
  const problems: string[] = []
  const onProblem = (problem: string) => void problems.push(problem)
  const rpc = new Rpc({ chain: place.chain, chainId: place.chainId, urls: [place.http], onProblem })
  await rpc.connect()
  const batch = await createBatch(rpc, place.multicall3)
  const head = await headOf(rpc)
  const { addressesProvider, priceReadsS = 0n, rules = 'auto' } = place
  const book = await firstPage({ rpc, batch, name: 'devnet', addressesProvider, priceReadsS, rules, head })
  const stop = new AbortController()
  const requests: number[] = []
  const pushed = byHand()
  const onPage = (count: number) => void requests.push(count)
  const feed = new RpcFeed(
    { rpc, batch, heads: pushed.heads, signal: stop.signal, onPage, onCurrent: () => {}, onProblem },
    [head],
  )
  const events = feed.follow(() => [book])
  const catchUp = async (): Promise<FeedEvent[]> => {
    const latest = await headOf(rpc)
    pushed.tell(latest)
    const seen: FeedEvent[] = []
    while (book.head?.hash !== latest.hash) {
      const { value, done } = await events.next()
      if (done) throw new Error('the feed has ended')
      const event: FeedEvent = value
      if (event.kind === 'page') book.apply(event.facts)
      else book.rollback(event.to)
      seen.push(event)
    }
    return seen
  }
  return { rpc, batch, book, problems, requests, catchUp, verify: () => verify(book, batch), stop: () => stop.abort() }
}

export async function headOf(rpc: Rpc): Promise<Header> {
  const head = await getHeader(rpc, 'latest')
  if (head === undefined) throw new Error('the devnet has no head')
  return head
}

export interface FirstPage {
  readonly rpc: Rpc
  readonly batch: Batch
  readonly name: string
  readonly addressesProvider: Address
  readonly priceReadsS: bigint
  readonly rules: string
  readonly head: Header
}

/** One market found and read at `head`, as the program does it at the start. */
export async function firstPage(options: FirstPage): Promise<Book> {
  const { rpc, batch, name, priceReadsS, rules, head } = options
  const addressesProvider = `0x${options.addressesProvider.slice(2).toLowerCase()}` as const
  const make = () => new Book(name, aaveV3({ addressesProvider, rules, priceReadsS }))
  const probe = make()
  probe.apply(await completeReads({ batch }, head, [], [probe]))
  const { filter, key } = probe.protocol.history(probe.ledger)
  const logs = await scanHistory({
    rpc,
    market: name,
    filter,
    key,
    from: 0n,
    to: head.number,
    range: 1000n,
    progress: undefined,
    save: () => {},
    onProgress: () => {},
    signal: new AbortController().signal,
  })
  const book = make()
  book.apply(await completeReads({ batch }, head, logs, [book]))
  return book
}

/** Heads that come when told. */
export function byHand(): { heads: Heads; tell(head: Header): void } {
  let told: Header | undefined
  let wake = (): void => {}
  const next = async (seen: Header | undefined): Promise<Header> => {
    while (told === undefined || told.hash === seen?.hash)
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    return told
  }
  const tell = (head: Header): void => {
    told = head
    wake()
  }
  return { heads: { next, forget: () => {}, close: () => {} }, tell }
}

export async function verify(book: Book, batch: Batch) {
  const { audit } = book.protocol
  const { ledger, head } = book
  if (head === undefined) throw new Error('the book is empty')
  const at = { blockHash: head.hash }
  const accounts = [...Array(ledger.size).keys()]
  const answers = await batch.read(
    accounts.map((account) => audit.account(ledger, account)),
    at,
    { size: 40 },
  )
  const mismatches = accounts.flatMap((account, i) =>
    audit.compare(book.account(account, head.timestamp), ledger.address(account), answers[i]?.result),
  )
  const supplies = await batch.read(audit.totals(ledger), at)
  const totals = audit.sums(
    ledger,
    supplies.map(({ result }) => result),
  )
  return { checked: accounts.length, mismatches, totals: [...totals] }
}
