import type { Hex } from 'viem'
import type { Executor, Intent, Outcome } from '../../core/ports.ts'
import { type PrepareOptions, prepare } from './prepare.ts'
import { nothing, settleIntent } from './settle.ts'

export interface SubmitOptions extends PrepareOptions {
  readonly onProblem: (problem: string) => void
}

/**
 * Sends for real. Nonce, hash and signed bytes are in the store before the first broadcast, and only those bytes are
 * ever sent again: whatever a node answers to a send, the outcome is read from the chain by hash and nonce.
 */
export function submitExecutor(options: SubmitOptions): Executor {
  const { store, chainId } = options
  /** Bytes that this process has not sent yet: after a restart that is every open intent. */
  const sent = new Set<Hex>()
  const broadcast = async (intent: Intent): Promise<void> => {
    sent.add(intent.hash)
    try {
      await options.node.request('eth_sendRawTransaction', [intent.raw])
    } catch (error) {
      options.onProblem(`broadcast of ${intent.hash}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  /** By the newest block, not the page's: pages of a catch-up are long past, and late bytes only cost gas. */
  const isTimely = async ({ deadline }: Intent): Promise<boolean> => {
    const newest = (await options.node.request('eth_getBlockByNumber', ['latest', false])) as { timestamp: Hex } | null
    return newest !== null && BigInt(newest.timestamp) <= deadline
  }
  return {
    mode: 'live',
    inFlight: (market, borrower, timestamp) =>
      store
        .intents(chainId, 'signed')
        .some((intent) => intent.market === market && intent.borrower === borrower && intent.deadline >= timestamp),
    async execute(market, candidate, plan, facts, record) {
      const intent = await prepare(options, { market, candidate, plan, facts })
      if ('kind' in intent) return record(market, facts.block, intent)
      const { borrower, hash, nonce, predictedProfit } = intent
      const outcome: Outcome = { kind: 'sent', borrower, hash, nonce, predictedProfit, plan }
      record(market, facts.block, outcome, () => store.saveIntent(intent))
      await broadcast(intent)
    },
    async settle(facts, record) {
      for (const intent of store.intents(chainId, 'signed')) {
        const market = options.marketplace(intent.market)
        const settlement = await settleIntent(options.node, { intent, facts, market })
        if (typeof settlement === 'object') {
          const { settled, ...how } = settlement
          const closed: Intent = { ...intent, status: how.kind, settledBlock: settled.block }
          record(intent.market, facts.block, { ...settled, ...how }, () => store.saveIntent(closed))
        } else if ((settlement === 'unknown' || !sent.has(intent.hash)) && (await isTimely(intent)))
          await broadcast(intent)
      }
    },
    async rollback(to, record) {
      const orphaned = (['confirmed', 'lost'] as const)
        .flatMap((status) => store.intents(chainId, status))
        .filter(({ settledBlock }) => settledBlock !== undefined && settledBlock > to.number)
      for (const intent of orphaned) {
        const open: Intent = { ...intent, status: 'signed', settledBlock: undefined }
        record(intent.market, to, { ...nothing(intent, intent.settledBlock ?? intent.block), kind: 'reorged' }, () =>
          store.saveIntent(open),
        )
      }
    },
  }
}
