import type { Address } from 'viem'
import type { Market } from './market.ts'
import { type PlannedAccount, planPopulation } from './population.ts'
import { createRandom, type Random } from './random.ts'
import { accountData } from './seeding.ts'
import {
  type Action,
  type ActionKind,
  arrive,
  borrowMore,
  changeEMode,
  repay,
  topUp,
  transferTo,
  useCollateral,
  withdraw,
} from './story-actions.ts'

const weights: readonly (readonly [ActionKind, number])[] = [
  ['repay', 22],
  ['top up', 22],
  ['withdraw', 14],
  ['borrow more', 14],
  ['collateral off', 8],
  ['transfer', 8],
  ['new borrower', 7],
  ['eMode', 5],
]
/** Those who act in fear are found by looking at this many accounts and taking the least healthy. */
const watched = 8
/** How often an account acts; a crowd of thousands would fill whole blocks, so there is a limit for each. */
const actsPerMinute = 0.025
const busiest = 4
const newcomersPlanned = 60

/** The people of the market: draws what some of them do next. */
export class Crowd {
  readonly #market: Market
  readonly #accounts: readonly PlannedAccount[]
  readonly #random: Random
  readonly #newcomers: PlannedAccount[]
  readonly #switchedOff: PlannedAccount[] = []

  constructor(market: Market, accounts: readonly PlannedAccount[], seed: number) {
    this.#market = market
    this.#accounts = accounts
    this.#random = createRandom(seed ^ 0x51ed270b)
    const { sizes: scale } = market.chain.spec
    const plan = planPopulation(market.risk, { accounts: newcomersPlanned, seed: seed + 1_000_003, scale })
    this.#newcomers = plan.filter(({ kind }) => kind === 'borrower')
  }

  async act(): Promise<Action[]> {
    if (this.#accounts.length === 0) return []
    const { blockTimeSeconds } = this.#market.chain.spec
    const expected = Math.min(busiest, (this.#accounts.length * actsPerMinute * blockTimeSeconds) / 60)
    const actions: Action[] = []
    // Uniform between none and twice the expectation, the fraction rounded by chance.
    for (let left = 2 * expected * this.#random.next(); this.#random.next() < left; left--) {
      const action = await this.#draw()
      if (action !== undefined) actions.push(action)
    }
    return actions
  }

  async #draw(): Promise<Action | undefined> {
    const market = this.#market
    const random = this.#random
    const kind = random.pickWeighted(weights)
    switch (kind) {
      case 'repay':
        return repay(market, await this.#afraid(), random)
      case 'top up':
        return topUp(market, await this.#afraid(), random)
      case 'withdraw':
        return withdraw(market, random.pick(this.#accounts), random)
      case 'borrow more':
        return borrowMore(market, random.pick(this.#accounts), random)
      case 'collateral off':
      case 'collateral on':
        return this.#switch()
      case 'transfer':
        return transferTo(market, random.pick(this.#accounts), this.#someone(), random)
      case 'new borrower': {
        const newcomer = this.#newcomers.pop()
        return newcomer && arrive(market, newcomer)
      }
      case 'eMode':
        return changeEMode(market, random.pick(this.#accounts), random.int(0, 2))
    }
  }

  #someone(): Address {
    return this.#random.pick(this.#accounts).address
  }

  /** Off first, on again some time later. */
  #switch(): Action | undefined {
    const back = this.#switchedOff.length > 0 && this.#random.chance(0.5) ? this.#switchedOff.shift() : undefined
    if (back !== undefined) return useCollateral(this.#market, back, true)
    const several = this.#accounts.filter(({ supplies }) => supplies.length > 1)
    const account = this.#random.pick(several.length > 0 ? several : this.#accounts)
    this.#switchedOff.push(account)
    return useCollateral(this.#market, account, false)
  }

  async #afraid(): Promise<PlannedAccount> {
    const looked = await Promise.all(
      Array.from({ length: watched }, () => this.#random.pick(this.#accounts)).map(async (account) => ({
        account,
        health: (await accountData(this.#market, account.address)).healthFactor,
      })),
    )
    return looked.reduce((least, other) => (other.health < least.health ? other : least)).account
  }
}
