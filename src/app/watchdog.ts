import type { ChainState } from './chain-state.ts'
import type { Journal } from './journal.ts'

const LOOK_MS = 500
const STALE_BLOCKS = 3
/** Chains with several blocks a second hiccup: they are not silent before this. */
const STALE_FLOOR_MS = 5_000

/** After so long without a block a chain counts as silent. */
export const staleAfterMs = ({ blockTimeS }: Pick<ChainState, 'blockTimeS'>): number =>
  Math.max(STALE_FLOOR_MS, STALE_BLOCKS * blockTimeS * 1000)

/** Tells people when a chain falls silent, and when it is back. A timer for the caller to clear. */
export function watchdog(
  states: readonly ChainState[],
  journal: Pick<Journal, 'add'>,
  onError: (error: unknown) => void,
  /** Looked after as often, after the chains themselves. */
  also: (nowMs: number) => void = () => {},
): NodeJS.Timeout {
  const stale = new Set<ChainState>()
  return setInterval(() => {
    try {
      const nowMs = performance.now()
      for (const state of states) look(state, stale, journal, nowMs)
      also(nowMs)
    } catch (error) {
      onError(error)
    }
  }, LOOK_MS)
}

/** One look at one chain; `stale` holds those that people were told of. */
export function look(state: ChainState, stale: Set<ChainState>, journal: Pick<Journal, 'add'>, nowMs: number): void {
  const silentMs = state.silentMs(nowMs)
  if (silentMs === undefined) return
  const isStale = silentMs > staleAfterMs(state)
  if (isStale === stale.has(state)) return
  const block = state.head?.number.toString() ?? '0'
  const seconds = Math.round(silentMs / 1000)
  const data = isStale
    ? { reason: 'stale-head', detail: `no new block of chain ${state.name} for ${seconds} s` }
    : { reason: 'head-is-back', detail: `chain ${state.name} moves again at block ${block}` }
  journal.add({ chainId: state.chainId, market: '', block, kind: 'breaker', data })
  if (isStale) stale.add(state)
  else stale.delete(state)
}
