import type { Executor, Outcome } from '../../core/ports.ts'
import { type PrepareOptions, prepare } from './prepare.ts'
import type { Settling } from './settling.ts'

export interface SubmitOptions extends PrepareOptions {
  readonly onProblem: (problem: string) => void
}

/**
 * Sends for real. Nonce, hash and signed bytes are in the store before the first broadcast, and only those bytes are
 * ever sent again.
 */
export const submit =
  (options: SubmitOptions, { broadcast }: Pick<Settling, 'broadcast'>): Executor['execute'] =>
  async (market, candidate, plan, facts, record) => {
    const intent = await prepare(options, { market, candidate, plan, facts })
    if ('kind' in intent) return record(market, facts.block, intent)
    const { borrower, hash, nonce, predictedProfit } = intent
    const outcome: Outcome = { kind: 'sent', borrower, hash, nonce, predictedProfit, plan }
    record(market, facts.block, outcome, () => options.store.saveIntent(intent))
    await broadcast(intent)
  }
