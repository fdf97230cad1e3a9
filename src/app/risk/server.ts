import type { MarketConfig } from '../../config/config.ts'
import { type Complaint, type ExitCode, PlimsollError } from '../../core/errors.ts'
import { Codes } from '../../core/risk/codes.ts'
import type { HistorianMaker } from '../../core/risk/historian-port.ts'
import type { Call, Header, Read } from '../../core/types.ts'
import { stored } from '../open-chain.ts'
import { readKept } from '../trust-store.ts'
import { answer, type RiskAnswers, type Worlds } from './answer.ts'
import { type BooksStore, ChainBooks } from './chain-books.ts'
import { Chronicle } from './chronicle.ts'
import type { Asked, FromThread, ThreadChain, ThreadSettings, ToThread } from './messages.ts'
import { keptHistory, worldsOf } from './worlds.ts'

/** What a thread is made of. */
export interface ServerParts {
  readonly answers: RiskAnswers
  readonly historianOf: (settings: ThreadSettings) => HistorianMaker
}

export interface ServerOptions extends ServerParts {
  readonly settings: ThreadSettings
  readonly store: BooksStore
  readonly post: (message: FromThread) => void
}

interface ServedChain {
  readonly id: number
  readonly markets: readonly MarketConfig[]
  readonly books: ChainBooks
  readonly chronicle: Chronicle
  readonly codes: Codes
  /** Somebody has been asked which borrowers are contracts. */
  asksCodes: boolean
  /** Since the history was last handed over. */
  unsaved: number
}

/** Pages after which the history is handed over, however little time has passed: a checkpoint waits for it. */
const SAVE_PAGES = 32

const CODES_AT_ONCE = 2000

/** What the risk thread does with its messages, one after the other. Writes nothing, asks no node, has no clock. */
export class RiskServer {
  readonly #options: ServerOptions
  readonly #chains: readonly ServedChain[]
  readonly #worlds: Worlds
  /** Who waits for a read. */
  readonly #reads = new Map<number, (reads: readonly Read[] | undefined) => void>()
  #read = 0

  constructor(options: ServerOptions) {
    const { settings } = options
    this.#options = options
    const maker = options.historianOf(settings)
    this.#chains = settings.chains.map((chain) => {
      const { id, markets } = chain
      const chronicle = chronicleOf(options, maker, chain)
      const books = new ChainBooks({ ...options, chainId: id, markets, chronicle })
      return { id, markets, books, chronicle, codes: new Codes(), asksCodes: false, unsaved: 0 }
    })
    this.#worlds = worldsIn(options, this.#chains)
  }

  /** Reads what the store has. */
  start(): void {
    for (const chain of this.#chains) {
      this.#follow(chain)
      this.#save(chain)
    }
  }

  handle(message: ToThread): void {
    switch (message.kind) {
      case 'pages':
        for (const chain of this.#chains) if (chain.id === message.chainId) this.#follow(chain, message.anew)
        return
      case 'look':
        return this.#look()
      case 'ask':
        return this.#answer(message)
      case 'reads':
        return this.#told(message)
      case 'close':
        for (const chain of this.#chains) this.#save(chain)
    }
  }

  #follow(chain: ServedChain, anew = false): void {
    chain.unsaved += chain.books.look(anew)
    for (const { market, block, calls } of chain.chronicle.due())
      this.#ask(chain, calls, block, (reads) => chain.chronicle.told(market, block, reads))
    if (chain.unsaved >= SAVE_PAGES) this.#save(chain)
  }

  #look(): void {
    const { answers, settings, post } = this.#options
    for (const chain of this.#chains) {
      this.#follow(chain)
      this.#save(chain)
    }
    for (const { name } of settings.chains.flatMap(({ markets }) => markets))
      try {
        post({ kind: 'overview', market: name, overview: answer(answers, this.#worlds, 'overview', { market: name }) })
      } catch (error) {
        if (!isNotReady(error)) post({ kind: 'problem', problem: `the overview of ${name}: ${wordsOf(error)}` })
      }
    for (const chain of this.#chains) for (const market of chain.markets) this.#askCodes(chain, market)
    post({ kind: 'looked' })
  }

  #answer({ id, question, about }: Asked): void {
    const { answers, post } = this.#options
    // Pages first: an answer speaks of the newest block, and hints that wait behind a slow question find their work done.
    for (const chain of this.#chains) this.#follow(chain)
    try {
      post({ kind: 'answer', id, answer: answer(answers, this.#worlds, question, about) })
    } catch (error) {
      if (!(error instanceof PlimsollError))
        post({ kind: 'problem', problem: `question ${question}: ${wordsOf(error)}` })
      post({ kind: 'refused', id, ...refusalOf(error, question) })
    }
  }

  #ask(
    chain: ServedChain,
    calls: readonly Call[],
    block: Pick<Header, 'hash'>,
    tell: (reads: readonly Read[] | undefined) => void,
  ): void {
    const id = ++this.#read
    this.#reads.set(id, tell)
    this.#options.post({ kind: 'read', id, chainId: chain.id, calls, blockHash: block.hash })
  }

  #told({ id, reads }: Extract<ToThread, { kind: 'reads' }>): void {
    const tell = this.#reads.get(id)
    this.#reads.delete(id)
    tell?.(reads)
  }

  /** A few at a time, so that the history's own questions do not wait. */
  #askCodes(chain: ServedChain, { name }: MarketConfig): void {
    const book = chain.books.book(name)
    if (chain.asksCodes || book?.head === undefined) return
    const calls = chain.codes.missing(book, CODES_AT_ONCE)
    if (calls.length === 0) return
    chain.asksCodes = true
    this.#ask(chain, calls, book.head, (reads) => {
      chain.asksCodes = false
      chain.codes.tell(reads ?? [])
    })
  }

  #save(chain: ServedChain): void {
    chain.unsaved = 0
    this.#options.post({ kind: 'hours', chainId: chain.id, ...chain.chronicle.take() })
  }
}

function chronicleOf(
  { settings, store, post }: ServerOptions,
  maker: HistorianMaker,
  { id: chainId, markets }: ThreadChain,
): Chronicle {
  return new Chronicle({
    chainId,
    binS: settings.binS,
    markets,
    maker,
    openBin: (history) => store.openBin(history),
    onProblem: (problem) => post({ kind: 'problem', problem }),
  })
}

function worldsIn({ settings, store }: ServerOptions, chains: readonly ServedChain[]): Worlds {
  const { binS } = settings
  const markets = settings.chains.flatMap((chain) => chain.markets)
  return worldsOf(markets, (market) => {
    const chain = chains.find(({ books }) => books.book(market.name) !== undefined)
    const book = chain?.books.book(market.name)
    if (chain === undefined || book === undefined) return undefined
    const isUnknown = book.protocol.market(book.ledger).rules === undefined
    return {
      chainId: chain.id,
      book,
      exchange: chain.books.exchange,
      codes: chain.codes,
      binS,
      ...keptHistory(store, market, binS),
      distrusted: isUnknown || readKept(store, stored(market)).difference !== undefined,
    }
  })
}

const wordsOf = (error: unknown): string =>
  error instanceof PlimsollError ? error.message : error instanceof Error ? String(error.stack) : String(error)

const isNotReady = (error: unknown): boolean => error instanceof PlimsollError && error.code === 'RISK_NOT_READY'

/** A bug in one question is told as one, and costs that question. */
function refusalOf(error: unknown, question: string): { readonly complaint: Complaint; readonly exitCode: ExitCode } {
  if (error instanceof PlimsollError) {
    const { code, what, why, fix, exitCode } = error
    return { complaint: { code, what, why, fix }, exitCode }
  }
  return {
    complaint: {
      code: 'RISK_FAILED',
      what: `risk question "${question}"`,
      why: error instanceof Error ? error.message : String(error),
      fix: 'Please report this, with what the log says of it.',
    },
    exitCode: 1,
  }
}
