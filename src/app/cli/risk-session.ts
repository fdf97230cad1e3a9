import { PlimsollError } from '../../core/errors.ts'
import type { RiskDesk } from '../../core/ports.ts'
import type { GlobalOptions } from './session.ts'

/** Opens a desk over the markets of the configuration (all, or the one named), does the work, and closes everything. */
export type WithDesk = <T>(
  global: GlobalOptions,
  options: { readonly market?: string | undefined },
  signal: AbortSignal,
  work: (desk: RiskDesk, markets: readonly string[]) => Promise<T>,
) => Promise<T>

/** The one place where commands get their desk. Nothing stands behind it yet. */
export const withDesk: WithDesk = () => {
  throw new PlimsollError(
    {
      code: 'NOT_WIRED',
      what: 'questions about the wave cannot be answered by this build',
      why: 'the desk that answers commands is not connected',
      fix: 'Use a build that has it.',
    },
    1,
  )
}
