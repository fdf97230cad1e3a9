import type { Address, Hex } from 'viem'
import { getHeader, type Reader } from '../../src/adapters/rpc/client.ts'
import { completeReads, RpcFeed } from '../../src/adapters/rpc/feed.ts'
import type { Heads } from '../../src/adapters/rpc/heads.ts'
import { scanHistory } from '../../src/adapters/rpc/history.ts'
import { createBatch } from '../../src/adapters/rpc/multicall.ts'
import { Book } from '../../src/core/book.ts'
import { RpcFault } from '../../src/core/errors.ts'
import type { Batch } from '../../src/core/ports.ts'
import { callKey, type Facts, type Header } from '../../src/core/types.ts'
import { SELECTORS } from '../../src/protocols/aave-v3/abi.ts'
import { aaveV3 } from '../../src/protocols/aave-v3/index.ts'
import type { Chain } from '../devnet/chain.ts'
import type { Ground } from './ground.ts'

/** An answer derived from logs that is not the chain's. */
export interface WrongAnswer {
  readonly call: string
  readonly derived: string
  readonly chain: string
}

/** The program's own feed and book on a chain in process, moved by hand. */
export interface Mirror {
  readonly book: Book
  readonly batch: Batch
  readonly latest: () => Promise<Header>
  /** Applies everything up to the chain's head; throws what the feed complains of. */
  catchUp(): Promise<{ readonly rollbacks: number; readonly wrong: readonly WrongAnswer[] }>
  /** Blocks up to here can no longer change. */
  finalize(block: bigint): void
  /** The market read anew at the head, from its whole history. */
  rebuild(): Promise<Book>
  close(): void
}

export async function startMirror({ chain, addresses }: Ground, priceReadsS: bigint): Promise<Mirror> {
  const rpc = readerOf(chain)
  const batch = await createBatch(rpc, addresses.multicall3)
  const latest = async (): Promise<Header> => {
    const header = await getHeader(rpc, 'latest')
    if (header === undefined) throw new Error('the chain has no head')
    return header
  }
  const rebuild = async () => firstPage({ rpc, batch, priceReadsS, head: await latest() }, addresses.addressesProvider)
  const book = await rebuild()
  if (book.head === undefined) throw new Error('the first page has no block')
  const stop = new AbortController()
  const { heads, tell, complain } = byHand()
  const options = { rpc, batch, heads, signal: stop.signal, onPage: () => {}, onCurrent: () => {}, onProblem: complain }
  const feed = new RpcFeed(options, [book.head])
  const events = feed.follow(() => [book])
  const catchUp = async () => {
    const head = await latest()
    const trouble = tell(head)
    const wrong: WrongAnswer[] = []
    let rollbacks = 0
    while (book.head?.hash !== head.hash) {
      const { value: event, done } = await Promise.race([events.next(), trouble])
      if (done) throw new Error('the feed has ended')
      if (event.kind === 'rollback') {
        book.rollback(event.to)
        rollbacks++
      } else {
        if (event.facts.block.number === (book.head?.number ?? 0n) + 1n) wrong.push(...wrongAnswers(book, event.facts))
        book.apply(event.facts)
      }
    }
    return { rollbacks, wrong }
  }
  const finalize = (block: bigint) => {
    feed.finalize(block)
    book.finalize(feed.oldest?.number ?? block)
  }
  return { book, batch, latest, catchUp, finalize, rebuild, close: () => stop.abort() }
}

/** What follows from the logs alone must be what the chain answered; of prices it is known that some move with no log. */
function wrongAnswers(book: Book, facts: Facts): WrongAnswer[] {
  const answers = new Map(facts.reads.map((read) => [callKey(read), read.result]))
  const asked = facts.reads.filter(({ data }) => !data.startsWith(SELECTORS.getAssetPrice))
  return book.derive({ ...facts, reads: [] }, asked).flatMap((read) => {
    const [derived, chain] = [kept(read.result), kept(answers.get(callKey(read)))]
    return chain === derived ? [] : [{ call: callKey(read), derived, chain }]
  })
}

/** Of a reserve's data some words are never looked at, and so are not derived either. */
const KEPT_WORDS = [0, 1, 2, 3, 4, 6, 8, 10]
function kept(answer: Hex | undefined): string {
  if (answer === undefined || answer.length <= 66) return String(answer)
  return KEPT_WORDS.map((n) => answer.slice(2 + 64 * n, 66 + 64 * n).replace(/^0+/, '')).join(' ')
}

function readerOf(chain: Chain): Reader {
  return {
    chain: chain.spec.name,
    total: 0,
    async request(method, params) {
      try {
        return await chain.rpc(method, ...params)
      } catch (error) {
        throw new RpcFault(method, -32603, error instanceof Error ? error.message : String(error), undefined)
      }
    },
  }
}

interface FirstPage {
  readonly rpc: Reader
  readonly batch: Batch
  readonly priceReadsS: bigint
  readonly head: Header
}

async function firstPage({ rpc, batch, priceReadsS, head }: FirstPage, provider: Address): Promise<Book> {
  const make = () => new Book('devnet', aaveV3({ addressesProvider: provider, rules: 'auto', priceReadsS }))
  const probe = make()
  probe.apply(await completeReads({ batch }, head, [], [probe]))
  const logs = await scanHistory({
    rpc,
    market: 'devnet',
    ...probe.protocol.history(probe.ledger),
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

/** Heads that come when told; a complaint of the feed ends the waiting instead of being tried again. */
function byHand() {
  let told: Header | undefined
  let wake = (): void => {}
  let fail = (_: Error): void => {}
  const next = async (seen: Header | undefined): Promise<Header> => {
    while (told === undefined || told.hash === seen?.hash)
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    return told
  }
  const tell = (head: Header): Promise<never> => {
    told = head
    wake()
    const trouble = new Promise<never>((_, reject) => {
      fail = reject
    })
    trouble.catch(() => {})
    return trouble
  }
  const heads: Heads = { next, forget: () => {}, close: () => {} }
  return { heads, tell, complain: (problem: string) => fail(new Error(`the feed: ${problem}`)) }
}
