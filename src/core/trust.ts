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
  /** Compared in every audit until the end. */
  readonly accounts: readonly Address[]
  /** What differed last, in words. */
  readonly detail: string
}

/** When a market may be read anew again: a mirror that does not heal, or breaks again at once, must not be read for ever. */
export interface Patience {
  readonly againFrom: bigint
  /** Doublings of the next wait. */
  readonly doublings: number
}

export interface Trust {
  /** Undefined: the mirror may be acted on. */
  readonly difference: Difference | undefined
  readonly patience: Patience
}

export const FULL_TRUST: Trust = { difference: undefined, patience: { againFrom: 0n, doublings: 0 } }

/** What one audit found. */
export interface Finding {
  readonly block: bigint
  readonly exact: boolean
  /** Those that differ. */
  readonly accounts: readonly Address[]
  readonly detail: string
}

/** Blocks between the first and the second reading; each further one waits twice as long. */
const FIRST_WAIT_BLOCKS = 50n
const MOST_DOUBLINGS = 8
/** Accounts that are compared again and again. */
const MOST_REMEMBERED = 50

const waitOf = (doublings: number): bigint => FIRST_WAIT_BLOCKS << BigInt(Math.min(doublings, MOST_DOUBLINGS))

/** After an audit. Once `searching`, the search for borrowers is due, and then the reading. */
export function judge({ difference, patience }: Trust, finding: Finding): Trust {
  const { block, exact, accounts, detail } = finding
  if (exact) {
    // Only after it was read anew: a log was missed, and it may have told of more than was compared.
    const released = difference !== undefined && difference.rereads > 0 && !difference.searching
    return { difference: released ? undefined : difference, patience }
  }
  const calm = difference === undefined && block >= patience.againFrom + waitOf(patience.doublings)
  const known = difference ?? { since: block, rereads: 0, searching: false, accounts: [], detail }
  const remembered = [...new Set([...known.accounts, ...accounts])].slice(0, MOST_REMEMBERED)
  const searching = known.searching || block >= patience.againFrom
  return {
    difference: { ...known, searching, accounts: remembered, detail },
    patience: calm ? { ...patience, doublings: 0 } : patience,
  }
}

/** The search is over and the market is about to be read anew. */
export const readAnew = (difference: Difference, { doublings }: Patience, block: bigint): Trust => ({
  difference: { ...difference, searching: false, rereads: difference.rereads + 1 },
  patience: { againFrom: block + waitOf(doublings), doublings: doublings + 1 },
})
