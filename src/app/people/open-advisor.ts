import { uniswapV3Venue } from '../../adapters/router/venue.ts'
import type { ChainConfig } from '../../config/config.ts'
import { UnreachableError } from '../../core/errors.ts'
import type { Advisor } from '../../core/people/ports.ts'
import type { Batch, Venue } from '../../core/ports.ts'
import type { ChainState } from '../chain-state.ts'
import type { InForce } from '../live.ts'
import { type AdvicePlace, createAdvisor } from './advisor.ts'

/** Longer than a node needs, short enough for somebody who waits for an answer. */
const DEADLINE_MS = 5_000

/** Advice on every market of the configuration. */
export function openAdvisor(inForce: InForce, states: readonly ChainState[]): Advisor {
  const { chains, markets } = inForce.config
  const places = new Map<string, AdvicePlace>()
  for (const chain of chains) {
    const state = states.find(({ name }) => name === chain.name)
    if (state === undefined) continue
    const place: AdvicePlace = { chain: state, venue: venueOf(chain, state), explorer: chain.explorer }
    for (const market of markets.filter((one) => one.chain === chain.name)) places.set(market.name, place)
  }
  return createAdvisor({ places, targetWad: () => inForce.config.alerts.rescueTargetWad, deadlineMs: DEADLINE_MS })
}

/** None where no router is known whose calls carry a deadline. */
function venueOf({ uniswapV3, wrappedNative }: ChainConfig, state: ChainState): Venue | undefined {
  if (uniswapV3?.router === undefined || wrappedNative === undefined) return undefined
  const { factory, quoter, router } = uniswapV3
  return uniswapV3Venue({ batch: currentBatch(state), factory, quoter, router, wrappedNative })
}

/** That of the loop which runs now: a chain may start anew. */
const currentBatch = (state: ChainState): Batch => ({
  read: (calls, at, options) => {
    if (state.batch) return state.batch.read(calls, at, options)
    throw new UnreachableError({
      code: 'NOT_READY',
      what: `chain "${state.name}" is not connected`,
      why: 'its loop has not begun yet',
      fix: 'Try again later.',
    })
  },
})
