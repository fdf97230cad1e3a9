import { type Address, encodeFunctionData, type Hash, maxUint256 } from 'viem'
import { dataProviderAbi, poolAbi } from './abis.ts'
import { encodeApprove, encodeMint } from './actions.ts'
import { namedAccount } from './chain.ts'
import type { Market } from './market.ts'
import { createRandom, type Random } from './random.ts'
import { type ReserveSymbol, reserveSymbols } from './risk-parameters.ts'

const healthy = 10n ** 18n
const endless = 2n ** 127n
/** How often it is quick enough to follow a report within the report's own block; else it comes one block later. */
const sameBlock = 0.35
/** Debts below this are not worth its gas, USD with 8 decimals. */
const leastDebtUsd8 = 100n * 10n ** 8n
const mostPerBlock = 4
/** It looks at everybody once in so many blocks, and in between at those who were close. */
const roundBlocks = 5
const close = (healthy * 13n) / 10n
/** Its tip in hundredths of the base fee: after an oracle's report, and around what another keeper may offer. */
const tipPercent = { low: 5, high: 250 }

interface Pair {
  readonly collateral: Address
  readonly debt: Address
}

export interface Liquidation {
  readonly user: Address
  readonly hash: Hash
}

/** A liquidator with its own funds who calls the pool directly, in the same blocks as everybody else. */
export class Rival {
  readonly account = namedAccount('rival')
  readonly #market: Market
  readonly #random: Random
  readonly #known: Address[]
  /** Who was unhealthy when it last looked: it needs no luck to be in the next block. */
  #seen: ReadonlySet<Address> = new Set()
  #near: readonly Address[] = []
  #blocks = 0

  constructor(market: Market, accounts: readonly Address[], seed: number) {
    this.#market = market
    this.#random = createRandom(seed ^ 0x6c62272e)
    this.#known = [...accounts]
  }

  /** Somebody new has borrowed. */
  notice(account: Address): void {
    this.#known.push(account)
    this.#near = [...this.#near, account]
  }

  /** Looks at the pending block, reports included, and sends its calls into it. */
  async act(): Promise<Liquidation[]> {
    if (this.#blocks === 0) await this.#bringFunds()
    const below = await this.#unhealthy()
    const reached = below.filter((user) => this.#seen.has(user) || this.#random.chance(sameBlock))
    this.#seen = new Set(below)
    const sent: Liquidation[] = []
    for (const user of reached) {
      if (sent.length === mostPerBlock) break
      const hash = await this.#liquidate(user)
      if (hash !== undefined) sent.push({ user, hash })
    }
    return sent
  }

  async #bringFunds(): Promise<void> {
    const { chain, addresses, reserves } = this.#market
    for (const { asset } of Object.values(reserves)) {
      await chain.send({ from: addresses.governance, to: asset, data: encodeMint(this.account, endless) })
      await chain.send({ from: this.account, to: asset, data: encodeApprove(addresses.pool, maxUint256) })
    }
  }

  async #unhealthy(): Promise<Address[]> {
    const everybody = this.#blocks++ % roundBlocks === 0
    const looked = await this.#look(everybody ? this.#known : this.#near)
    if (everybody) this.#near = looked.filter(({ health }) => health < close).map(({ user }) => user)
    return looked
      .filter(({ health, debtUsd8 }) => health < healthy && debtUsd8 >= leastDebtUsd8)
      .map(({ user }) => user)
  }

  async #look(users: readonly Address[]): Promise<{ user: Address; debtUsd8: bigint; health: bigint }[]> {
    const { chain, addresses } = this.#market
    const contract = { address: addresses.pool, abi: poolAbi, functionName: 'getUserAccountData' } as const
    const answers = await chain.client.multicall({
      contracts: users.map((user) => ({ ...contract, args: [user] as const })),
      multicallAddress: addresses.multicall3,
      batchSize: 2048,
      allowFailure: false,
      blockTag: 'pending',
    })
    return users.map((user, index) => {
      const [, debtUsd8 = 0n, , , , health = maxUint256] = answers[index] ?? []
      return { user, debtUsd8, health }
    })
  }

  async #liquidate(user: Address): Promise<Hash | undefined> {
    const pair = await this.#largestPair(user)
    if (pair === undefined) return undefined
    const { chain, addresses } = this.#market
    // The pool itself cuts the amount to what may be covered.
    const args = [pair.collateral, pair.debt, user, maxUint256, false] as const
    const data = encodeFunctionData({ abi: poolAbi, functionName: 'liquidationCall', args })
    const tried = await chain.client
      .call({ account: this.account, to: addresses.pool, data, blockTag: 'pending' })
      .catch(() => undefined)
    if (tried === undefined) return undefined
    const { low, high } = tipPercent
    const tipWei = (chain.baseFeeWei * BigInt(this.#random.int(low, high))) / 100n
    return chain.send({ from: this.account, to: addresses.pool, data, tipWei })
  }

  /** The largest collateral and the largest debt, in dollars. */
  async #largestPair(user: Address): Promise<Pair | undefined> {
    const { chain, addresses, reserves } = this.#market
    const contract = { address: addresses.protocolDataProvider, abi: dataProviderAbi } as const
    const held = await chain.client.multicall({
      contracts: reserveSymbols.map((symbol) => {
        const args = [reserves[symbol].asset, user] as const
        return { ...contract, functionName: 'getUserReserveData' as const, args }
      }),
      multicallAddress: addresses.multicall3,
      allowFailure: false,
      blockTag: 'pending',
    })
    const valued = reserveSymbols.map((symbol, index) => {
      const [supplied = 0n, , owed = 0n, , , , , , isCollateral = false] = held[index] ?? []
      return { symbol, suppliedUsd: isCollateral ? this.#usd(symbol, supplied) : 0, owedUsd: this.#usd(symbol, owed) }
    })
    const collateral = valued.reduce((most, other) => (other.suppliedUsd > most.suppliedUsd ? other : most))
    const debt = valued.reduce((most, other) => (other.owedUsd > most.owedUsd ? other : most))
    if (collateral.suppliedUsd === 0 || debt.owedUsd === 0) return undefined
    return { collateral: reserves[collateral.symbol].asset, debt: reserves[debt.symbol].asset }
  }

  /** At the prices of the start: only to tell large from small. */
  #usd(symbol: ReserveSymbol, amount: bigint): number {
    const { decimals, priceUsd8 } = this.#market.risk.reserves[symbol]
    return (Number(amount) / 10 ** decimals) * (priceUsd8 / 1e8)
  }
}
