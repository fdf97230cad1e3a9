import type { Address } from 'viem'
import type { Store } from '../core/ports.ts'
import { FIRST_ROUND, type Round } from '../core/sample.ts'
import type { Difference } from '../core/trust.ts'

/** What audits of one market remember: where their rounds are, and what differed. */
export interface Kept {
  readonly round: Round
  readonly difference: Difference | undefined
}

interface Written {
  readonly round: Round
  readonly difference?: Omit<Difference, 'since' | 'againFrom'> & { readonly since: string; readonly againFrom: string }
}

const nameOf = (market: string): string => `audit.${market}`

/** `market` as checkpoints name it: another address under an old name is another market. */
export function readKept(store: Pick<Store, 'value'>, market: string): Kept {
  const text = store.value(nameOf(market))
  if (text === undefined) return { round: FIRST_ROUND, difference: undefined }
  const { round, difference } = JSON.parse(text) as Written
  return {
    round,
    difference: difference && {
      ...difference,
      accounts: difference.accounts as readonly Address[],
      since: BigInt(difference.since),
      againFrom: BigInt(difference.againFrom),
    },
  }
}

export function writeKept(store: Pick<Store, 'setValue'>, market: string, { round, difference }: Kept): void {
  const written: Written = {
    round,
    ...(difference && {
      difference: { ...difference, since: `${difference.since}`, againFrom: `${difference.againFrom}` },
    }),
  }
  store.setValue(nameOf(market), JSON.stringify(written))
}
