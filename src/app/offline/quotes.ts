import { toFunctionSelector } from 'viem'
import { NotRecorded, RecordedBatch } from '../../adapters/recording/batch.ts'
import { assumedQuote } from '../../adapters/router/assumed.ts'
import type { Book } from '../../core/book.ts'
import type { Plan, Quote, Seizure } from '../../core/plan.ts'
import type { Batch, Router } from '../../core/ports.ts'
import type { Facts, Read } from '../../core/types.ts'
import { nativePriceUsd8, routerOf } from '../executors.ts'
import { PRIORITY_FEE_WEI } from '../fees.ts'
import type { OfflineSettings } from './settings.ts'

/** Where a quote comes from: an answer of the time, a node asked now, or an assumption. */
export type QuoteOrigin = 'recorded' | 'assumed' | 'node'

/** Where quotes of a backtest come from, and which came from where. */
export interface Quotes {
  readonly router: Router
  originOf(plan: Plan): QuoteOrigin
  /** A new page: what was asked at it then can be answered. */
  turn(facts: Facts): void
  readonly remembered: readonly Read[]
}

const GET_POOL = toFunctionSelector('function getPool(address,address,uint24)')

export interface QuotesOptions {
  readonly settings: OfflineSettings
  readonly books: ReadonlyMap<string, Book>
  /** Asked at the page's block what the recording does not hold; none: assumed. */
  readonly node: Batch | undefined
  readonly remembered: readonly Read[]
}

/** The live router over what it was answered then; where that is not recorded, over a node, or by the oracle's price less a share. */
export function createQuotes({ settings, books, node, remembered }: QuotesOptions): Quotes {
  const recorded = new RecordedBatch(({ data }) => data.startsWith(GET_POOL), remembered)
  const place = (market: string) => placeOf(settings, books.get(market), market)
  const openLive = (): Router => routerOf({ config: settings.chain, batch: recorded }, place)
  let live = openLive()
  const asking = node && routerOf({ config: settings.chain, batch: node }, place)
  const origins = new WeakMap<Quote, QuoteOrigin>()
  const mark = (quotes: readonly Quote[], origin: QuoteOrigin): readonly Quote[] => {
    for (const quote of quotes) origins.set(quote, origin)
    return quotes
  }
  return {
    router: {
      async quote(market, seizures, facts) {
        if (settings.chain.uniswapV3)
          try {
            return mark(await live.quote(market, seizures, facts), 'recorded')
          } catch (error) {
            if (!(error instanceof NotRecorded)) throw error
          }
        if (asking) return mark(await asking.quote(market, seizures, facts), 'node')
        return mark(assumedQuotes(settings, books.get(market), seizures, facts), 'assumed')
      },
    },
    originOf: ({ quote }) => origins.get(quote) ?? 'assumed',
    turn(facts) {
      recorded.turn(facts)
      // A router keeps for a while that a pool is not there: one of its own for each page, or what it knows would depend on where a run began.
      live = openLive()
    },
    get remembered() {
      return recorded.remembered
    },
  }
}

function placeOf(settings: OfflineSettings, book: Book | undefined, market: string) {
  return (
    book && {
      contract: settings.contract(market),
      encode: book.protocol.encode,
      nativePriceUsd8: () => nativePriceUsd8(book, settings.chain),
    }
  )
}

function assumedQuotes(
  { chain, slippageBps }: OfflineSettings,
  book: Book | undefined,
  seizures: readonly Seizure[],
  facts: Facts,
): Quote[] {
  const price = book && nativePriceUsd8(book, chain)
  if (book === undefined || price === undefined || price === 0n) return []
  const { reserves } = book.protocol.market(book.ledger)
  return seizures.flatMap((seizure) => {
    const collateral = reserves.find(({ asset }) => asset === seizure.collateralAsset)
    if (collateral === undefined) return []
    const { priceUsd8, decimals } = collateral
    return assumedQuote(seizure, facts, {
      slippageBps,
      priorityFeeWei: PRIORITY_FEE_WEI,
      nativePriceUsd8: price,
      collateralPriceUsd8: priceUsd8,
      collateralDecimals: decimals,
    })
  })
}
