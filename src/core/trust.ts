/**
 * What follows from comparing a market's mirror with the chain: quarantine at the first difference, the market read anew,
 * release once an audit after that finds none. Plain values, so that a restart goes on where it was.
 */
import type { Address } from 'viem'

/** The mirror was found to differ from the chain, and has not been shown to equal it since. */
export interface Difference {
  /** Block of the audit that found it. */
  readonly since: bigint
  /** How often the market was read anew since then. */
  readonly rereads: number
  /** Borrowers are being searched for once more, ahead of reading the market anew. */
  readonly searching: boolean
  /** Not read anew again below this block. */
  readonly againFrom: bigint
  /** Compared in every audit until the end. */
  readonly accounts: readonly Address[]
  /** What differed, in words. */
  readonly detail: string
}

/** What one audit found. */
export interface Finding {
  readonly block: bigint
  readonly exact: boolean
  /** Those that differ. */
  readonly accounts: readonly Address[]
  readonly detail: string
}

export interface Verdict {
  /** Undefined: the mirror may be acted on. */
  readonly difference: Difference | undefined
  /** The market is due to be read anew; the search for its borrowers comes first. */
  readonly search: boolean
}

/** Blocks between the first and the second reading; each further one waits twice as long. */
const FIRST_WAIT_BLOCKS = 50n
const MOST_DOUBLINGS = 8
/** Accounts that are compared again and again. */
const MOST_REMEMBERED = 50

/** An exact audit releases a market only after it was read anew: a log was missed, and may have told of more than was compared. */
export function judge(before: Difference | undefined, { block, exact, accounts, detail }: Finding): Verdict {
  if (exact) {
    const released = before === undefined || (before.rereads > 0 && !before.searching)
    return { difference: released ? undefined : before, search: before?.searching ?? false }
  }
  const known = before ?? { since: block, rereads: 0, searching: false, againFrom: block, accounts: [], detail }
  const search = known.searching || block >= known.againFrom
  const remembered = [...new Set([...known.accounts, ...accounts])].slice(0, MOST_REMEMBERED)
  return { difference: { ...known, searching: search, accounts: remembered, detail }, search }
}

/** The search is over and the market is about to be read anew. */
export function readAnew(difference: Difference, block: bigint): Difference {
  const wait = FIRST_WAIT_BLOCKS << BigInt(Math.min(difference.rereads, MOST_DOUBLINGS))
  return { ...difference, searching: false, rereads: difference.rereads + 1, againFrom: block + wait }
}
