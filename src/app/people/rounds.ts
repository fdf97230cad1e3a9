import type { Logger } from 'pino'
import type { Address } from 'viem'
import type { ControlPort } from '../../core/people/ports.ts'
import type { Store } from '../../core/ports.ts'
import type { ChainState } from '../chain-state.ts'
import type { Journal } from '../journal.ts'
import { obeyKillFile, watchKillFile } from '../kill-file.ts'
import type { InForce } from '../live.ts'
import type { Briefs } from './brief.ts'
import type { Days } from './days.ts'
import { type BalanceWatchOptions, lookAtBalances } from './low-balance.ts'
import { tellSummaries } from './summary.ts'

export interface RoundsOptions {
  readonly live: InForce
  readonly store: Store
  readonly journal: Journal
  readonly control: Pick<ControlPort, 'pause'>
  readonly chains: readonly ChainState[]
  readonly days: Days
  /** Whose balance is looked at; undefined unless something is sent. */
  readonly sender: Address | undefined
  readonly heldBy: () => string | undefined
  /** Undefined: nobody works out the wave here. */
  readonly briefs?: Briefs | undefined
  readonly nowS: () => number
  readonly log: Pick<Logger, 'error'>
}

const SUMMARY_MS = 20_000
const BRIEF_MS = 20_000
const BALANCE_MS = 180_000

/** What is looked at by the clock and not by the block. Timers for the caller to clear. */
export function startRounds(options: RoundsOptions): readonly NodeJS.Timeout[] {
  const { live, chains, control, heldBy, sender, briefs, log } = options
  const placeOf = (market: string) => {
    const name = live.config.markets.find((one) => one.name === market)?.chain
    const chain = chains.find((one) => one.name === name)
    return { chainId: chain?.chainId ?? 0, block: chain?.head?.number.toString() ?? '0' }
  }
  const failed = (what: string) => (error: unknown) => log.error({ err: error }, `${what} failed`)
  const summaries = guarded(
    () => tellSummaries({ ...options, alerts: () => live.config.alerts, placeOf }),
    failed('the daily summary'),
  )
  obeyKillFile(heldBy, control)
  summaries()
  return [
    watchKillFile(heldBy, control, failed('the kill file')),
    setInterval(summaries, SUMMARY_MS),
    ...(briefs === undefined ? [] : [setInterval(() => void briefs.look(), BRIEF_MS)]),
    ...(sender === undefined
      ? []
      : [
          balanceRounds(
            { ...options, address: sender, settings: () => balanceSettings(live) },
            failed('the look at balances'),
          ),
        ]),
  ]
}

/** Of the configuration in force. */
export const balanceSettings = ({ config }: InForce): ReturnType<BalanceWatchOptions['settings']> => ({
  lowBalanceWei: config.executor.lowBalanceWei,
  symbolOf: (chainId) => config.chains.find(({ id }) => id === chainId)?.nativeSymbol ?? 'ETH',
})

function guarded(work: () => void, failed: (error: unknown) => void): () => void {
  return () => {
    try {
      work()
    } catch (error) {
      failed(error)
    }
  }
}

/** A node that takes its time is not asked a second time meanwhile. */
function balanceRounds(options: BalanceWatchOptions, failed: (error: unknown) => void): NodeJS.Timeout {
  let looking = false
  const look = (): void => {
    if (looking) return
    looking = true
    lookAtBalances(options)
      .catch(failed)
      .finally(() => {
        looking = false
      })
  }
  return setInterval(look, BALANCE_MS)
}
