import type { Logger } from 'pino'
import type { Config } from '../../config/config.ts'
import { UnreachableError } from '../../core/errors.ts'
import type { Store } from '../../core/ports.ts'
import type { ChainState } from '../chain-state.ts'
import { nowAndThen } from '../now-and-then.ts'
import { RiskThread } from './thread.ts'

export interface OpenRiskOptions {
  readonly store: Store
  readonly states: readonly ChainState[]
  readonly log: Pick<Logger, 'error' | 'info'>
}

/** The daemon's risk thread, to be started; undefined where none is wanted, or none can be. */
export function openRisk(config: Config, { store, states, log }: OpenRiskOptions): RiskThread | undefined {
  const { risk, chains, markets } = config
  if (!risk.enabled) return undefined
  if (config.store.path === ':memory:') {
    log.info('the wave is not measured: another thread cannot see a store in memory')
    return undefined
  }
  return new RiskThread({
    worker: new URL('./worker.ts', import.meta.url),
    settings: {
      storePath: config.store.path,
      binS: risk.binS,
      chains: chains.map(({ id, name, gmx, wrappedNative }) => ({
        id,
        gmx,
        wrappedNative,
        markets: markets.filter(({ chain }) => chain === name),
      })),
    },
    store,
    keepDays: risk.keepDays,
    read: async (chainId, calls, blockHash) => {
      const state = states.find((one) => one.chainId === chainId)
      if (state?.batch === undefined) throw noNode(chainId)
      return state.batch.read(calls, { blockHash })
    },
    onProblem: nowAndThen((problem) => log.error(`risk: ${problem}`)),
    nowMs: () => performance.now(),
  })
}

const noNode = (chainId: number): UnreachableError =>
  new UnreachableError({
    code: 'NO_NODE',
    what: `chain ${chainId} is not connected`,
    why: 'its loop has not begun, or no node answers',
    fix: 'Look at what the log says of its nodes.',
  })
