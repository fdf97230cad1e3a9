import type { Address } from 'viem'
import type { Book } from '../../core/book.ts'
import type { Candidate, Plan } from '../../core/plan.ts'
import type { Executor, RecordOutcome } from '../../core/ports.ts'
import type { Facts } from '../../core/types.ts'
import type { Judge } from './judge.ts'
import type { OurRow } from './run.ts'

export interface PaperOptions {
  readonly books: ReadonlyMap<string, Book>
  readonly judge: Judge
  readonly latencyBlocks: number
  readonly quoteOf: (plan: Plan) => OurRow['quote']
  /** Our own contract of a market: what it liquidates is no rival's. */
  readonly contract: (market: string) => Address | undefined
  readonly onPlan: (row: OurRow, candidate: Candidate, plan: Plan) => void
  /** From an earlier life. */
  readonly ours?: readonly OurRow[]
  readonly open?: Iterable<readonly [string, number]>
}

/**
 * As if every plan had been sent: an account is left alone after one, until somebody liquidates it (then what is left of it
 * is looked at anew) or it is healthy again. Nothing of ours really happened, so the same state would be planned for ever.
 */
export class PaperExecutor implements Executor {
  readonly mode = 'dry-run'
  readonly ours: OurRow[]
  readonly #options: PaperOptions
  /** Market and account → its row. */
  readonly #open: Map<string, number>

  constructor(options: PaperOptions) {
    this.#options = options
    this.ours = [...(options.ours ?? [])]
    this.#open = new Map(options.open ?? [])
  }

  get open(): readonly (readonly [string, number])[] {
    return [...this.#open]
  }

  inFlight(market: string, borrower: Address): boolean {
    return this.#open.has(`${market} ${borrower}`)
  }

  async execute(
    market: string,
    candidate: Candidate,
    plan: Plan,
    { block }: Facts,
    record: RecordOutcome,
  ): Promise<void> {
    const row = this.#row(market, candidate, plan, block)
    this.#open.set(`${market} ${candidate.borrower}`, this.ours.push(row) - 1)
    this.#options.onPlan(row, candidate, plan)
    record(market, block, { kind: 'planned', plan })
  }

  async settle(facts: Facts): Promise<void> {
    for (const book of this.#options.books.values())
      for (const { borrower, liquidator, transactionHash: tx } of book.protocol.liquidations(facts, book.ledger)) {
        const at = this.#open.get(`${book.name} ${borrower}`)
        const row = at === undefined ? undefined : this.ours[at]
        if (at === undefined || row === undefined) continue
        this.#open.delete(`${book.name} ${borrower}`)
        if (liquidator === this.#options.contract(book.name)) continue
        this.ours[at] = { ...row, rival: { block: facts.block.number, tx, liquidator } }
      }
  }

  /** Plans for accounts that are healthy again are over. */
  unhealthy(market: string, borrowers: readonly Address[]): void {
    const still = new Set(borrowers.map((borrower) => `${market} ${borrower}`))
    for (const key of this.#open.keys()) if (key.startsWith(`${market} `) && !still.has(key)) this.#open.delete(key)
  }

  async rollback(): Promise<void> {}

  #row(market: string, candidate: Candidate, plan: Plan, block: Facts['block']): OurRow {
    const { books, judge, latencyBlocks, quoteOf } = this.#options
    const { seizure } = plan.quote
    const book = books.get(market)
    const reserves = book?.protocol.market(book.ledger).reserves ?? []
    const reserveOf = (asset: Address): { readonly symbol: string; readonly decimals: number } =>
      reserves.find((reserve) => reserve.asset === asset) ?? { symbol: '?', decimals: 0 }
    const collateral = reserveOf(seizure.collateralAsset)
    const since = judge.since(market, candidate.borrower) ?? block.number
    return {
      market,
      block: block.number,
      timestamp: block.timestamp,
      user: candidate.borrower,
      healthFactor: candidate.healthFactor,
      collateralAsset: seizure.collateralAsset,
      collateralSymbol: collateral.symbol,
      collateralDecimals: collateral.decimals,
      debtAsset: seizure.debtAsset,
      debtSymbol: reserveOf(seizure.debtAsset).symbol,
      debtDecimals: seizure.debtDecimals,
      debtToCover: seizure.debtToCover,
      debtCovered: seizure.debtCovered,
      collateralSeized: seizure.collateralSeized,
      path: plan.quote.path,
      minProfit: plan.minProfit,
      debtUsd8: (seizure.debtCovered * seizure.debtPriceUsd8) / 10n ** BigInt(seizure.debtDecimals),
      grossUsd8: plan.grossUsd8,
      costUsd8: plan.costUsd8,
      netUsd8: plan.netUsd8,
      quote: quoteOf(plan),
      latenessBlocks: Number(block.number - since) + latencyBlocks,
      rival: null,
      executed: null,
    }
  }
}
