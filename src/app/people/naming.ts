import type { Naming } from '../../core/people/words/reader.ts'
import type { ChainState } from '../chain-state.ts'
import type { InForce } from '../live.ts'

/** Names of chains, tokens and explorers, as books and configuration know them now. */
export function namingOf(live: InForce, states: readonly ChainState[]): Naming {
  const stateOf = (chainId: number) => states.find((state) => state.chainId === chainId)
  return {
    chain: (chainId) => stateOf(chainId)?.name ?? `chain ${chainId}`,
    token: (market, asset) => {
      const book = states.flatMap(({ books }) => books).find(({ name }) => name === market)
      const wanted = asset.toLowerCase()
      return book?.protocol.market(book.ledger).reserves.find((reserve) => reserve.asset === wanted)
    },
    head: (chainId) => {
      const head = stateOf(chainId)?.head
      return head && { number: head.number, timestamp: Number(head.timestamp) }
    },
    explorer: (chainId) => live.config.chains.find(({ id }) => id === chainId)?.explorer,
  }
}
