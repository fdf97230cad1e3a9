import type { Alert, Latch, Trouble, Voice } from './alert.ts'

/** Where a subscription's latch of this kind lies, beside that of its ladder. */
export const uncheckedKey = ({ watch }: Voice): string => `unchecked:${watch?.id ?? ''}`

export const UNKNOWN: Trouble = { reason: 'unknown', detail: 'a price it depends on is missing' }

/** That an account cannot be checked is told once, with the last block at which it was; and once that it can be again. */
export function stepUnchecked(
  latch: Latch | undefined,
  trouble: Trouble | undefined,
  hasDebt: boolean,
  timestamp: number,
): { readonly latch: Latch | undefined; readonly said: Pick<Alert, 'type' | 'trouble'> } | undefined {
  const was = latch?.kind === 'unchecked' ? latch : undefined
  if (was && trouble === undefined) {
    const { since, reason, detail } = was
    return { latch: undefined, said: { type: 'checked', trouble: { since, reason, detail } } }
  }
  if (was || trouble === undefined || !hasDebt) return undefined
  const now = { ...trouble, since: timestamp }
  return { latch: { kind: 'unchecked', ...now }, said: { type: 'unchecked', trouble: now } }
}
