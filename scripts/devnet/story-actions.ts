import type { Address } from 'viem'
import {
  encodeApprove,
  encodeBorrow,
  encodeMint,
  encodeRepay,
  encodeSetEMode,
  encodeSupply,
  encodeTransfer,
  encodeUseAsCollateral,
  encodeWithdraw,
} from './actions.ts'
import type { Transaction } from './chain.ts'
import type { Market } from './market.ts'
import type { PlannedAccount, Position } from './population.ts'
import type { Random } from './random.ts'

export type ActionKind =
  | 'repay'
  | 'top up'
  | 'withdraw'
  | 'borrow more'
  | 'collateral off'
  | 'collateral on'
  | 'transfer'
  | 'new borrower'
  | 'eMode'

export interface Action {
  readonly kind: ActionKind
  readonly account: Address
  readonly transactions: readonly Transaction[]
}

/** Part of a position, drawn in per cent. */
function part({ amount }: Position, random: Random, low: number, high: number): bigint {
  const share = (amount * BigInt(random.int(low * 100, high * 100))) / 10_000n
  return share > 0n ? share : 1n
}

/** Tokens appear in the account (bought elsewhere, say) and the pool is allowed to take them. */
function acquire(market: Market, account: Address, { symbol }: Position, amount: bigint): Transaction[] {
  const { asset } = market.reserves[symbol]
  return [
    { from: market.addresses.governance, to: asset, data: encodeMint(account, amount) },
    { from: account, to: asset, data: encodeApprove(market.addresses.pool, amount) },
  ]
}

export function repay(market: Market, { address, borrows }: PlannedAccount, random: Random): Action | undefined {
  if (borrows.length === 0) return undefined
  const debt = random.pick(borrows)
  const amount = part(debt, random, 5, 40)
  const data = encodeRepay(market.reserves[debt.symbol].asset, amount, address)
  const call = { from: address, to: market.addresses.pool, data }
  return { kind: 'repay', account: address, transactions: [...acquire(market, address, debt, amount), call] }
}

export function topUp(market: Market, { address, supplies }: PlannedAccount, random: Random): Action | undefined {
  if (supplies.length === 0) return undefined
  const held = random.pick(supplies)
  const amount = part(held, random, 5, 30)
  const data = encodeSupply(market.reserves[held.symbol].asset, amount, address)
  const call = { from: address, to: market.addresses.pool, data }
  return { kind: 'top up', account: address, transactions: [...acquire(market, address, held, amount), call] }
}

export function withdraw(market: Market, { address, supplies }: PlannedAccount, random: Random): Action | undefined {
  if (supplies.length === 0) return undefined
  const held = random.pick(supplies)
  const data = encodeWithdraw(market.reserves[held.symbol].asset, part(held, random, 1, 5), address)
  return {
    kind: 'withdraw',
    account: address,
    transactions: [{ from: address, to: market.addresses.pool, data }],
  }
}

export function borrowMore(market: Market, { address, borrows }: PlannedAccount, random: Random): Action | undefined {
  if (borrows.length === 0) return undefined
  const debt = random.pick(borrows)
  const data = encodeBorrow(market.reserves[debt.symbol].asset, part(debt, random, 1, 5), address)
  return { kind: 'borrow more', account: address, transactions: [{ from: address, to: market.addresses.pool, data }] }
}

export function useCollateral(market: Market, account: PlannedAccount, use: boolean): Action | undefined {
  const held = account.supplies.at(-1)
  if (held === undefined) return undefined
  const { address } = account
  const data = encodeUseAsCollateral(market.reserves[held.symbol].asset, use)
  return {
    kind: use ? 'collateral on' : 'collateral off',
    account: address,
    transactions: [{ from: address, to: market.addresses.pool, data }],
  }
}

export function transferTo(
  market: Market,
  { address, supplies }: PlannedAccount,
  receiver: Address,
  random: Random,
): Action | undefined {
  if (supplies.length === 0 || receiver === address) return undefined
  const held = random.pick(supplies)
  const data = encodeTransfer(receiver, part(held, random, 1, 5))
  const to = market.reserves[held.symbol].aToken
  return { kind: 'transfer', account: address, transactions: [{ from: address, to, data }] }
}

export function changeEMode(market: Market, { address }: PlannedAccount, category: number): Action {
  const data = encodeSetEMode(category)
  return { kind: 'eMode', account: address, transactions: [{ from: address, to: market.addresses.pool, data }] }
}

/** Somebody nobody has seen before: supplies with their own hands and borrows in the same block. */
export function arrive(market: Market, { address, supplies, borrows }: PlannedAccount): Action {
  const to = market.addresses.pool
  const transactions = [
    ...supplies.flatMap((held) => [
      ...acquire(market, address, held, held.amount),
      { from: address, to, data: encodeSupply(market.reserves[held.symbol].asset, held.amount, address) },
    ]),
    ...borrows.map(({ symbol, amount }) => ({
      from: address,
      to,
      // Prices may have fallen since the plan was drawn.
      data: encodeBorrow(market.reserves[symbol].asset, (amount * 6n) / 10n + 1n, address),
    })),
  ]
  return { kind: 'new borrower', account: address, transactions }
}
