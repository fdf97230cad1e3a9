import type { Hex } from 'viem'
import type { Executor, Intent, Node, Store } from '../../core/ports.ts'
import type { Marketplace } from './market.ts'
import { nothing, settleIntent } from './settle.ts'

export interface SettlingOptions {
  readonly node: Node
  readonly store: Store
  readonly chainId: number
  readonly marketplace: (market: string) => Marketplace | undefined
  /** False while nothing may leave: what is on its way is then only looked at. */
  readonly maySend: () => boolean
  readonly onProblem: (problem: string) => void
}

/** What must be done about transactions of ours in every mode, and how one is sent. */
export interface Settling extends Pick<Executor, 'inFlight' | 'settle' | 'rollback'> {
  broadcast(intent: Intent): Promise<void>
}

/** Whatever a node answers to a send, the outcome is read from the chain by hash and nonce. */
export function settlingOf(options: SettlingOptions): Settling {
  const { store, chainId, maySend } = options
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
    broadcast,
    inFlight: (market, borrower, timestamp) =>
      store
        .intents(chainId, 'signed')
        .some((intent) => intent.market === market && intent.borrower === borrower && intent.deadline >= timestamp),
    async settle(facts, record) {
      for (const intent of store.intents(chainId, 'signed')) {
        const market = options.marketplace(intent.market)
        const settlement = await settleIntent(options.node, { intent, facts, market })
        if (typeof settlement === 'object') {
          const { settled, ...how } = settlement
          const closed: Intent = { ...intent, status: how.kind, settledBlock: settled.block }
          record(intent.market, facts.block, { ...settled, ...how }, () => store.saveIntent(closed))
          continue
        }
        const isWanted = settlement === 'unknown' || !sent.has(intent.hash)
        // Asked again after the wait: somebody may have paused meanwhile.
        if (isWanted && maySend() && (await isTimely(intent)) && maySend()) await broadcast(intent)
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
