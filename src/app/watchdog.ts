import type { ChainState } from './chain-state.ts'
import type { Journal } from './journal.ts'

const LOOK_MS = 500
const STALE_BLOCKS = 3

/** Tells people when a chain falls silent, and when it is back. A timer for the caller to clear. */
export function watchdog(
  states: readonly ChainState[],
  journal: Journal,
  nowMs = () => performance.now(),
): NodeJS.Timeout {
  const stale = new Set<ChainState>()
  return setInterval(() => {
    for (const state of states) look(state, stale, journal, nowMs())
  }, LOOK_MS)
}

/** One look at one chain; `stale` holds those that people were told of. */
export function look(state: ChainState, stale: Set<ChainState>, journal: Pick<Journal, 'add'>, nowMs: number): void {
  const silentMs = state.silentMs(nowMs)
  if (silentMs === undefined) return
  const isStale = silentMs > STALE_BLOCKS * state.blockTimeS * 1000
  if (isStale === stale.has(state)) return
  if (isStale) stale.add(state)
  else stale.delete(state)
  const block = state.head?.number.toString() ?? '0'
  const seconds = Math.round(silentMs / 1000)
  const data = isStale
    ? { reason: 'stale-head', detail: `no new block of chain ${state.name} for ${seconds} s` }
    : { reason: 'head-is-back', detail: `chain ${state.name} moves again at block ${block}` }
  journal.add({ chainId: state.chainId, market: '', block, kind: 'breaker', data })
}
