import type { Store } from '../core/ports.ts'
import { FIRST_ROUND, type Round } from '../core/sample.ts'
import { type Difference, FULL_TRUST, type Trust } from '../core/trust.ts'

/** What audits of one market remember. */
export interface Kept extends Trust {
  /** Where the rounds of the sample go on. */
  readonly round: Round
}

/** JSON. */
interface Written {
  readonly round: Round
  readonly difference?: Omit<Difference, 'since'> & { readonly since: string }
  readonly patience: { readonly againFrom: string; readonly doublings: number }
}

const nameOf = (market: string): string => `audit.${market}`

/** `market` as checkpoints name it: another address under an old name is another market. */
export function readKept(store: Pick<Store, 'value'>, market: string): Kept {
  const text = store.value(nameOf(market))
  if (text === undefined) return { ...FULL_TRUST, round: FIRST_ROUND }
  const { round, difference, patience } = JSON.parse(text) as Written
  return {
    round,
    difference: difference && { ...difference, since: BigInt(difference.since) },
    patience: { ...patience, againFrom: BigInt(patience.againFrom) },
  }
}

export function writeKept(store: Pick<Store, 'setValue'>, market: string, kept: Kept): void {
  const { round, difference, patience } = kept
  const written: Written = {
    round,
    ...(difference && { difference: { ...difference, since: difference.since.toString() } }),
    patience: { ...patience, againFrom: patience.againFrom.toString() },
  }
  store.setValue(nameOf(market), JSON.stringify(written))
}
