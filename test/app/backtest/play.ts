import { type Address, concatHex, type Hex, pad, toHex } from 'viem'
import { Judge } from '../../../src/app/backtest/judge.ts'
import { Book } from '../../../src/core/book.ts'
import type { Liquidated, Protocol } from '../../../src/core/protocol.ts'
import type { Facts, Log, Read } from '../../../src/core/types.ts'
import { address, fakeProtocol, header } from '../../core/fake-protocol.ts'

export const MARKET = 'm'
export const POOL = address(0xff)
export const RIVAL = address(0xee)

const word = (value: bigint): Hex => pad(toHex(value), { size: 32 })
/** No event's hash looks like an account. */
const CHANGED: Hex = `0x${'cc'.repeat(32)}`
const LIQUIDATED: Hex = `0x${'dd'.repeat(32)}`

/** What one log of a block says; logs of one `tx` belong together. */
export type Deed =
  /** Account 0 is the price. */
  | { readonly tx: number; readonly account: number; readonly collateral: bigint; readonly debt: bigint }
  | { readonly tx: number; readonly liquidated: number; readonly by?: Address }

export const price = (tx: number, value: bigint): Deed => ({ tx, account: 0, collateral: value, debt: 0n })
export const has = (tx: number, account: number, collateral: bigint, debt: bigint): Deed => ({
  tx,
  account,
  collateral,
  debt,
})
export const liquidated = (tx: number, account: number, by: Address = RIVAL): Deed => ({ tx, liquidated: account, by })

function logOf(deed: Deed, logIndex: number): Log {
  const common = { logIndex, transactionHash: word(BigInt(deed.tx)) }
  if ('liquidated' in deed)
    return {
      ...common,
      address: POOL,
      topics: [LIQUIDATED, pad(address(deed.liquidated))],
      data: concatHex([pad(deed.by ?? RIVAL), word(0n)]),
    }
  const { account, collateral, debt } = deed
  return {
    ...common,
    address: address(account),
    topics: [CHANGED, pad(address(account))],
    data: concatHex([word(collateral), word(debt)]),
  }
}

export const block = (number: number, deeds: readonly Deed[], reads: readonly Read[] = []): Facts => ({
  block: header(number),
  logs: deeds.map(logOf),
  reads,
})

const isCall = ({ topics }: Log): boolean => topics[0] === LIQUIDATED

const liquidatedIn = ({ logs }: Facts): Liquidated[] =>
  logs.filter(isCall).map(({ topics, data, transactionHash, logIndex }) => ({
    borrower: `0x${topics[1]?.slice(26)}`,
    collateralAsset: address(1),
    debtAsset: address(2),
    debtCovered: 7n,
    collateralSeized: 8n,
    liquidator: `0x${data.slice(26, 66)}`,
    transactionHash,
    logIndex,
  }))

/** The smallest protocol in which somebody can be liquidated; `bent` puts other parts in its place. */
const playProtocol = (bent: Partial<Protocol> = {}): Protocol => ({
  ...fakeProtocol,
  apply: (facts, ledger) => fakeProtocol.apply({ ...facts, logs: facts.logs.filter((log) => !isCall(log)) }, ledger),
  liquidations: liquidatedIn,
  ...bent,
})

export const playBook = (bent: Partial<Protocol> = {}, name = MARKET): Book => new Book(name, playProtocol(bent))

/** One page as the stage takes judge and book through it. */
export function turn(judge: Judge, book: Book, facts: Facts): void {
  judge.beforePage([book], facts)
  book.apply(facts)
  judge.afterPage([book], facts)
  const unhealthy = book.unhealthy(facts.block.timestamp).map(({ account }) => book.ledger.address(account))
  judge.unhealthy(book.name, facts.block.number, unhealthy)
}

/** What a judge says of pages numbered from 1. */
export function verdicts(pages: readonly Facts[], bent: Partial<Protocol> = {}, judge = new Judge()) {
  const book = playBook(bent)
  for (const facts of pages) turn(judge, book, facts)
  return judge.happened.map(({ user, leadBlocks, missed, detail }) => ({
    account: Number(user),
    leadBlocks,
    missed,
    detail,
  }))
}
