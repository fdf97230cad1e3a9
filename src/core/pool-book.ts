import type { Address } from 'viem'
import type { Bid, Exchange, PoolView } from './exchange.ts'
import { Ledger } from './ledger.ts'
import type { Checkpoint, Follower } from './ports.ts'
import type { Call, Facts, Header, LogFilter } from './types.ts'

/** The pools of one exchange: their exchange and their ledger. Same facts in, same answers out; the same pages as a `Book` of the chain. */
export class PoolBook implements Follower {
  readonly name: string
  readonly exchange: Exchange
  readonly ledger = new Ledger()
  /** The block this book speaks of; undefined before its first page. */
  head: Header | undefined

  constructor(name: string, exchange: Exchange) {
    this.name = name
    this.exchange = exchange
  }

  filters(): readonly LogFilter[] {
    return this.exchange.filters
  }

  reads(facts: Facts): readonly Call[] {
    return this.ledger.speculate(facts.block.number, () => {
      this.exchange.apply(facts, this.ledger)
      return this.exchange.reads(this.ledger)
    })
  }

  apply(facts: Facts): void {
    this.ledger.begin(facts.block.number)
    this.exchange.apply(facts, this.ledger)
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
    return this.exchange.pools(this.ledger)
  }

  /** What each pool of a pair pays for `assetIn`. Addresses in lower case. */
  bids(assetIn: Address, assetOut: Address): readonly Bid[] {
    return this.exchange.bids(this.ledger, assetIn, assetOut)
  }
}
