import type { Address } from 'viem'
import { Ledger } from './ledger.ts'
import type { Checkpoint, Follower } from './ports.ts'
import type { Call, Facts, Header, LogFilter } from './types.ts'
import type { Offer, PoolView, Venue } from './venue.ts'

/** The pools of one exchange: their venue and their ledger. Same facts in, same answers out; the same pages as a `Book` of the chain. */
export class PoolBook implements Follower {
  readonly name: string
  readonly venue: Venue
  readonly ledger = new Ledger()
  /** The block this book speaks of; undefined before its first page. */
  head: Header | undefined

  constructor(name: string, venue: Venue) {
    this.name = name
    this.venue = venue
  }

  filters(): readonly LogFilter[] {
    return this.venue.filters
  }

  reads(facts: Facts): readonly Call[] {
    return this.ledger.speculate(facts.block.number, () => {
      this.venue.apply(facts, this.ledger)
      return this.venue.reads(this.ledger)
    })
  }

  apply(facts: Facts): void {
    this.ledger.begin(facts.block.number)
    this.venue.apply(facts, this.ledger)
    this.head = facts.block
  }

  /** Back to `to`, as if nothing above it had ever been. */
  rollback(to: Header): void {
    this.ledger.rollback(to.number)
    this.head = to
  }

  /** Drop the undo of blocks that can no longer change. */
  finalize(block: bigint): void {
    this.ledger.finalize(block)
  }

  /** The state at `block`, however far the book has gone on since. */
  checkpoint(block: Header): Checkpoint {
    return { block, ...this.ledger.snapshot(block.number) }
  }

  restore(checkpoint: Checkpoint): void {
    this.ledger.restore(checkpoint.accounts, checkpoint.cells)
    this.head = checkpoint.block
  }

  /** Every pool that can be traded in. */
  pools(): readonly PoolView[] {
    return this.venue.pools(this.ledger)
  }

  /** What each pool of a pair pays for `assetIn`. Addresses in lower case. */
  offers(assetIn: Address, assetOut: Address): readonly Offer[] {
    return this.venue.offers(this.ledger, assetIn, assetOut)
  }
}
