import type { AccountId } from './types.ts'

/** Who could be audited. */
export interface Crowd {
  /** Accounts close to the line, riskiest first. */
  readonly near: readonly AccountId[]
  /** Every account has a number below this. */
  readonly size: number
  knows(account: AccountId): boolean
}

/** Where the two rounds go on: numbers of accounts, so that whoever joins or leaves meanwhile delays nobody. */
export interface Round {
  readonly near: AccountId
  readonly everybody: AccountId
}

export const FIRST_ROUND: Round = { near: 0, everybody: 0 }

export interface Sample {
  readonly accounts: readonly AccountId[]
  readonly round: Round
}

/**
 * Accounts of one audit, `size` of them at most: a quarter for the riskiest, a quarter that goes round all who are near the
 * line, and what is left goes round everybody. So whoever stays near comes up within near ÷ ¼ size audits, and everybody
 * within crowd ÷ ½ size.
 */
export function chooseSample({ near, size: crowd, knows }: Crowd, round: Round, size: number): Sample {
  const quarter = Math.floor(size / 4)
  const riskiest = near.slice(0, quarter)
  const others = near.slice(quarter).sort((a, b) => a - b)
  const start = others.findIndex((account) => account >= round.near)
  const turned = start < 0 ? others : [...others.slice(start), ...others.slice(0, start)]
  const next = turned.slice(0, quarter)
  const chosen = new Set<AccountId>([...riskiest, ...next])
  let account = round.everybody < crowd ? round.everybody : 0
  for (let seen = 0; seen < crowd && chosen.size < size; seen++) {
    if (knows(account)) chosen.add(account)
    account = (account + 1) % crowd
  }
  const last = next.at(-1)
  return { accounts: [...chosen], round: { near: last === undefined ? round.near : last + 1, everybody: account } }
}
