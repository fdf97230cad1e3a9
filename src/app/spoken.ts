import type { Address } from 'viem'
import type { Outcome } from '../core/ports.ts'

/** By market and account. */
export type SpokenState = readonly (readonly [string, readonly (readonly [Address, string])[]])[]

/**
 * What was last said of a candidate: a refusal or a plan that only repeats, block after block, is no news. Forgotten as
 * soon as the account is no longer a candidate, so that the next time is news again.
 */
export class Spoken {
  readonly #last: Map<string, Map<Address, string>>

  /** `said`: what an earlier life had said last. */
  constructor(said: SpokenState = []) {
    this.#last = new Map(said.map(([market, last]) => [market, new Map(last)]))
  }

  get said(): SpokenState {
    return [...this.#last].map(([market, last]) => [market, [...last]])
  }

  keep(market: string, borrowers: ReadonlySet<Address>): void {
    const last = this.#last.get(market)
    for (const borrower of last?.keys() ?? []) if (!borrowers.has(borrower)) last?.delete(borrower)
  }

  isNews(market: string, borrower: Address, outcome: Outcome): boolean {
    const last = this.#last.get(market) ?? new Map<Address, string>()
    this.#last.set(market, last)
    const said = gist(outcome)
    if (said !== undefined && last.get(borrower) === said) return false
    last.set(borrower, said ?? '')
    return true
  }
}

/** The part whose change is news; undefined for what always is. */
function gist(outcome: Outcome): string | undefined {
  if (outcome.kind === 'refusal') return `refusal ${outcome.reason}`
  if (outcome.kind !== 'planned') return undefined
  const { collateralAsset, debtAsset } = outcome.plan.quote.seizure
  return `plan ${collateralAsset} ${debtAsset}`
}
