import type { Mode } from '../../core/people/control.ts'
import type { Executor } from '../../core/ports.ts'
import type { Settling } from './settling.ts'

/** What each mode does with a plan; those above the configured one are not there. */
export type Ways = Readonly<Partial<Record<Mode, Executor['execute']>>>

/** The executor of whatever mode is in force at each decision. What is on its way is settled in all of them. */
export function switchExecutor(
  mode: () => Mode,
  ways: Ways,
  { inFlight, settle, rollback }: Omit<Settling, 'broadcast'>,
): Executor {
  return {
    get mode() {
      return mode()
    },
    inFlight,
    settle,
    rollback,
    execute(...work) {
      const way = ways[mode()]
      if (way === undefined) throw new RangeError(`mode ${mode()} is above the configured one: control lets none pass`)
      return way(...work)
    },
  }
}
