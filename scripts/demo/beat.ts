import { chainSpec } from '../devnet/chain-spec.ts'
import { mine, type StageChain } from '../stage/chain.ts'

/** Blocks at the chain's own pace, with whatever is pending, while nothing else makes any: else its node seems to have stopped. */
export function beat(chain: StageChain): { stop(): void } {
  // A chain that is gone mines nothing, and needs nobody to say so.
  const next = (): void => void mine(chain).catch(() => {})
  const timer = setInterval(next, chainSpec(chain.chain).blockTimeSeconds * 1_000)
  return { stop: () => clearInterval(timer) }
}
