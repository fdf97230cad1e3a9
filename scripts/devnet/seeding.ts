import type { Address } from 'viem'
import { poolAbi } from './abis.ts'
import { encodeApprove, encodeBorrow, encodeMint, encodeSetEMode, encodeSupply, encodeWithdraw } from './actions.ts'
import { namedAccount, type Transaction } from './chain.ts'
import type { Market } from './market.ts'
import type { PlannedAccount } from './population.ts'
import { type ReserveSymbol, reserveSymbols } from './risk-parameters.ts'
import { unitsOf } from './uniswap-math.ts'

const userBalanceWei = 10n ** 19n
const endless = 2n ** 127n
const blockTransactions = 500
const aimedUsage = 0.65
const leastLentUsd = 3e6
const daySeconds = 86_400n
const interestDays = 30n
/** How far the chain's clock has moved on once the accounts are there. */
export const SEEDED_S = Number(interestDays * daySeconds)

/** Gives the market its accounts: lenders first, then collateral, then loans, then a month of interest. */
export async function seedMarket(market: Market, accounts: readonly PlannedAccount[]): Promise<void> {
  const { chain } = market
  const lender = namedAccount('lender')
  await settleAll(market, fund(market, lender))
  for (const { address } of accounts) await chain.unlock(address, userBalanceWei)
  await settleAll(market, [...lend(market, lender, accounts), ...supplyFor(market, lender, accounts)])
  await settleAll(market, borrowAll(market, accounts))
  for (let third = 0; third < 3; third++) await touch(market, lender, (interestDays * daySeconds) / 3n)
  await settleAll(market, await approachTheEdge(market, accounts))
}

/** Blocks of a bounded number of transactions, so that reading one back stays reasonable. */
async function settleAll({ chain }: Market, transactions: readonly Transaction[]): Promise<void> {
  for (let start = 0; start < transactions.length; start += blockTransactions) {
    for (const transaction of transactions.slice(start, start + blockTransactions)) await chain.send(transaction)
    await chain.settle()
  }
}

function fund({ addresses, reserves }: Market, account: Address): Transaction[] {
  return Object.values(reserves).flatMap(({ asset }) => [
    { from: addresses.governance, to: asset, data: encodeMint(account, endless) },
    { from: account, to: asset, data: encodeApprove(addresses.pool, endless) },
  ])
}

/** Lends what is needed for a usual utilisation of every reserve, within its cap. */
function lend(market: Market, lender: Address, accounts: readonly PlannedAccount[]): Transaction[] {
  const supplied = total(accounts, 'supplies')
  const borrowed = total(accounts, 'borrows')
  return reserveSymbols.map((symbol) => {
    const { priceUsd8, decimals, supplyCap } = market.risk.reserves[symbol]
    const least = unitsOf(leastLentUsd * market.chain.spec.depth, { priceUsd8: BigInt(priceUsd8), decimals })
    const wanted = (borrowed[symbol] * 100n) / BigInt(100 * aimedUsage) - supplied[symbol]
    const room = (BigInt(supplyCap) * 10n ** BigInt(decimals) * 9n) / 10n - supplied[symbol]
    const amount = [wanted > least ? wanted : least, room].reduce((a, b) => (a < b ? a : b))
    return supply(market, lender, { symbol, amount, onBehalfOf: lender })
  })
}

function total(accounts: readonly PlannedAccount[], side: 'supplies' | 'borrows'): Record<ReserveSymbol, bigint> {
  const sums: Record<ReserveSymbol, bigint> = { WETH: 0n, wstETH: 0n, WBTC: 0n, USDC: 0n, USDT: 0n, DAI: 0n, LINK: 0n }
  for (const account of accounts) for (const { symbol, amount } of account[side]) sums[symbol] += amount
  return sums
}

/** As gateways do: one account supplies, another one owns. It halves the transactions of the seeding. */
function supplyFor(market: Market, from: Address, accounts: readonly PlannedAccount[]): Transaction[] {
  return accounts.flatMap(({ address, supplies }) =>
    supplies.map(({ symbol, amount }) => supply(market, from, { symbol, amount, onBehalfOf: address })),
  )
}

function supply(
  { addresses, reserves }: Market,
  from: Address,
  { symbol, amount, onBehalfOf }: { symbol: ReserveSymbol; amount: bigint; onBehalfOf: Address },
): Transaction {
  return { from, to: addresses.pool, data: encodeSupply(reserves[symbol].asset, amount, onBehalfOf) }
}

function borrowAll({ addresses, reserves }: Market, accounts: readonly PlannedAccount[]): Transaction[] {
  const to = addresses.pool
  return accounts.flatMap(({ address: from, eMode, borrows }) => [
    ...(eMode === 0 ? [] : [{ from, to, data: encodeSetEMode(eMode) }]),
    ...borrows.map(({ symbol, amount }) => ({ from, to, data: encodeBorrow(reserves[symbol].asset, amount, from) })),
  ])
}

/** Time passes, and somebody touches every reserve, so that indices and rates have moved on. */
async function touch(market: Market, lender: Address, seconds: bigint): Promise<void> {
  const { chain } = market
  for (const symbol of reserveSymbols) {
    await chain.send(supply(market, lender, { symbol, amount: 10n ** 6n, onBehalfOf: lender }))
  }
  await chain.settle(chain.head.timestamp + seconds)
}

/** A loan needs health above LT/LTV, a withdrawal only health above 1: so borrow first, then withdraw. */
async function approachTheEdge(market: Market, accounts: readonly PlannedAccount[]): Promise<Transaction[]> {
  const transactions: Transaction[] = []
  for (const { address, supplies, edgeHealth } of accounts) {
    const [held] = supplies
    if (edgeHealth === undefined || held === undefined) continue
    const data = await accountData(market, address)
    const { totalCollateralBase, totalDebtBase, currentLiquidationThreshold } = data
    const neededUsd8 =
      (totalDebtBase * BigInt(Math.round(edgeHealth * 1e6))) / (currentLiquidationThreshold * 100n || 1n)
    const spareUsd8 = totalCollateralBase - neededUsd8
    if (spareUsd8 <= 0n || totalDebtBase === 0n) continue
    const amount = (held.amount * spareUsd8) / totalCollateralBase
    if (amount === 0n) continue
    const { asset } = market.reserves[held.symbol]
    transactions.push({ from: address, to: market.addresses.pool, data: encodeWithdraw(asset, amount, address) })
  }
  return transactions
}

export function accountData({ chain, addresses }: Market, user: Address) {
  return readAccount(chain.client, addresses.pool, user)
}

async function readAccount(client: Market['chain']['client'], address: Address, user: Address) {
  const args = [user] as const
  const data = await client.readContract({ address, abi: poolAbi, functionName: 'getUserAccountData', args })
  const [totalCollateralBase, totalDebtBase, , currentLiquidationThreshold, , healthFactor] = data
  return { totalCollateralBase, totalDebtBase, currentLiquidationThreshold, healthFactor }
}
