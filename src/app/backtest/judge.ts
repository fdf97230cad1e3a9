import type { Address } from 'viem'
import type { Book } from '../../core/book.ts'
import type { Liquidated } from '../../core/protocol.ts'
import type { Facts } from '../../core/types.ts'
import { liquidatedRows } from '../record/liquidated.ts'
import type { HappenedRow } from './run.ts'
import { beforeCall } from './same-block.ts'

/** A market's accounts that are liquidatable at present, and the page since which they are. */
export type Stretches = Map<Address, bigint>

type Verdict = Pick<HappenedRow, 'leadBlocks' | 'missed' | 'detail'>

/** Of a liquidation that the book could not even read before it took the page in. */
const UNKNOWN_MARKET: Verdict = {
  leadBlocks: null,
  missed: 'unknown-account',
  detail: 'the market itself was not known before this block',
}

/** Holds the liquidations that happened against what the loop knew before them. */
export class Judge {
  readonly happened: HappenedRow[]
  readonly #stretches: Map<string, Stretches>
  #verdicts = new Map<string, Verdict>()

  constructor(
    happened: readonly HappenedRow[] = [],
    stretches: Iterable<readonly [string, Iterable<readonly [Address, bigint]>]> = [],
  ) {
    this.happened = [...happened]
    this.#stretches = new Map([...stretches].map(([market, since]) => [market, new Map(since)]))
  }

  /** As it must be kept across a restart. */
  get stretches(): readonly (readonly [string, readonly (readonly [Address, bigint])[]])[] {
    return [...this.#stretches].map(([market, since]) => [market, [...since]])
  }

  /** Since which page the account has been liquidatable without a break; undefined while it is not. */
  since(market: string, account: Address): bigint | undefined {
    return this.#stretches.get(market)?.get(account)
  }

  /** Who is liquidatable after a page, at the time of execution. */
  unhealthy(market: string, block: bigint, borrowers: readonly Address[]): void {
    const before = this.#stretches.get(market)
    this.#stretches.set(market, new Map(borrowers.map((borrower) => [borrower, before?.get(borrower) ?? block])))
  }

  /** Before the books take the page in: what was known of those whom it liquidates. */
  beforePage(books: readonly Book[], facts: Facts): void {
    this.#verdicts = new Map(
      books.flatMap((book) =>
        book.protocol
          .liquidations(facts, book.ledger)
          .map((found) => [`${book.name} ${found.logIndex}`, this.#verdict(book, facts, found)] as const),
      ),
    )
  }

  /** After the books took the page in: its liquidations at its prices. */
  afterPage(books: readonly Book[], facts: Facts): void {
    for (const book of books)
      for (const { borrower, ...row } of liquidatedRows(book, facts)) {
        const verdict = this.#verdicts.get(`${book.name} ${row.logIndex}`) ?? UNKNOWN_MARKET
        this.happened.push({ ...row, user: borrower, ...verdict })
      }
  }

  #verdict(book: Book, facts: Facts, found: Liquidated): Verdict {
    const since = this.since(book.name, found.borrower)
    if (since !== undefined) return { leadBlocks: Number(facts.block.number - since), missed: null, detail: '' }
    const { missed, detail } = beforeCall(book, facts, found)
    return { leadBlocks: missed === null ? 0 : null, missed, detail }
  }
}
