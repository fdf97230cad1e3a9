import type { Address } from 'viem'
import { accountAddress } from './accounts.ts'
import { Budget } from './budget.ts'
import { createRandom, type Random } from './random.ts'
import type { ReserveSymbol, RiskParameters } from './risk-parameters.ts'
import { unitsOf } from './uniswap-math.ts'

export type Kind = 'supplier' | 'borrower' | 'stable loop' | 'ether loop' | 'edge' | 'whale' | 'dust'

export interface Position {
  readonly symbol: ReserveSymbol
  readonly amount: bigint
}

export interface PlannedAccount {
  readonly index: number
  readonly address: Address
  readonly kind: Kind
  readonly eMode: 0 | 1 | 2
  readonly supplies: readonly Position[]
  readonly borrows: readonly Position[]
  /** Collateral is withdrawn down to this health once interest has accrued. */
  readonly edgeHealth?: number
}

/** Shares of a population; borrowers are the rest. */
const shares: readonly (readonly [Kind, number])[] = [
  ['supplier', 0.1],
  ['stable loop', 0.08],
  ['ether loop', 0.1],
  ['edge', 0.12],
  ['dust', 0.08],
  ['whale', 0.01],
]
const leastWhales = 3

type Weights = readonly (readonly [ReserveSymbol, number])[]
const collaterals: Weights = [
  ['WETH', 35],
  ['wstETH', 25],
  ['WBTC', 20],
  ['USDC', 8],
  ['LINK', 7],
  ['DAI', 5],
]
const volatile: Weights = [
  ['WETH', 45],
  ['WBTC', 25],
  ['wstETH', 20],
  ['LINK', 10],
]
const debts: Weights = [
  ['USDC', 45],
  ['USDT', 25],
  ['DAI', 12],
  ['WETH', 11],
  ['WBTC', 4],
  ['LINK', 2],
  ['wstETH', 1],
]
const stables: Weights = [
  ['USDC', 4],
  ['USDT', 3],
  ['DAI', 3],
]

/** Room left under the loan-to-value, so that rounding and interest within the seeding never refuse a loan. */
const borrowable = 0.97

interface Plan {
  readonly risk: RiskParameters
  readonly random: Random
  readonly budget: Budget
}

/** Draws a market's accounts: a long tail of sizes, a few whales, a crowd just above health 1. */
export function planPopulation(
  risk: RiskParameters,
  options: { accounts: number; seed: number; scale: number },
): PlannedAccount[] {
  const { accounts, seed, scale } = options
  const random = createRandom(seed)
  const plan = { risk, random, budget: new Budget(risk) }
  const kinds = shuffle(drawKinds(accounts), random)
  const sizes = kinds.map((kind) => (kind === 'dust' ? random.between(0.05, 1) : scale * drawSize(kind, random)))
  const fit = Math.min(1, (0.5 * plan.budget.borrowUsd) / sizes.reduce((sum, usd) => sum + usd, 0))
  return kinds.map((kind, index) => {
    const sizeUsd = (sizes[index] ?? 0) * (kind === 'dust' ? 1 : fit)
    return { index, address: accountAddress(seed, index), kind, ...drawPositions(plan, kind, sizeUsd) }
  })
}

function drawKinds(accounts: number): Kind[] {
  const special = shares.flatMap(([kind, share]) => {
    const least = kind === 'whale' ? leastWhales : 1
    return new Array<Kind>(Math.max(least, Math.round(share * accounts))).fill(kind)
  })
  const kinds = [...special, ...new Array<Kind>(Math.max(0, accounts - special.length)).fill('borrower')]
  return kinds.slice(0, accounts)
}

function shuffle<T>(items: T[], random: Random): T[] {
  const keyed = items.map((item) => ({ item, key: random.next() }))
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item)
}

/** Dollars of collateral. */
function drawSize(kind: Kind, random: Random): number {
  if (kind === 'whale') return random.between(8e6, 40e6)
  if (kind === 'supplier') return random.logNormal(20_000, 1.8)
  return Math.min(4e6, random.logNormal(kind === 'edge' ? 15_000 : 8_000, 1.9))
}

function drawPositions(plan: Plan, kind: Kind, sizeUsd: number): Omit<PlannedAccount, 'index' | 'address' | 'kind'> {
  const { random } = plan
  switch (kind) {
    case 'stable loop':
      return loop(plan, 1, sizeUsd)
    case 'ether loop':
      return loop(plan, 2, sizeUsd)
    case 'supplier':
      return { eMode: 0, supplies: drawSupplies(plan, collaterals, random.int(1, 2), sizeUsd).positions, borrows: [] }
    case 'edge':
      return {
        ...leveraged(plan, { weights: volatile, count: 1, sizeUsd, health: 0 }),
        edgeHealth: 1.002 + 0.048 * random.next() ** 1.5,
      }
    case 'whale':
      return leveraged(plan, { weights: volatile, count: random.int(1, 2), sizeUsd, health: random.between(1.06, 1.4) })
    case 'dust':
    case 'borrower': {
      const health = 1.06 + random.logNormal(0.35, 0.8)
      return leveraged(plan, { weights: collaterals, count: kind === 'dust' ? 1 : drawCount(random), sizeUsd, health })
    }
  }
}

function drawCount(random: Random): number {
  const draw = random.next()
  return draw < 0.65 ? 1 : draw < 0.9 ? 2 : 3
}

/** One collateral against one debt of the same eMode category. */
function loop({ risk, random, budget }: Plan, eMode: 1 | 2, wishUsd: number) {
  const [supplied, borrowed] = eMode === 1 ? pickPair(random) : (['wstETH', 'WETH'] as const)
  const category = risk.eModes.find(({ id }) => id === eMode)
  if (category === undefined) throw new Error(`The fixture has no eMode category ${eMode}`)
  const sizeUsd = budget.takeSupply(supplied, wishUsd)
  const most = (sizeUsd * category.ltvBps * borrowable) / 10_000
  const debtUsd = budget.takeBorrow(borrowed, most * random.between(0.75, 1))
  return {
    eMode,
    supplies: [position(risk, supplied, sizeUsd)].filter(isUsable),
    borrows: [position(risk, borrowed, debtUsd)].filter(isUsable),
  }
}

function pickPair(random: Random): readonly [ReserveSymbol, ReserveSymbol] {
  const first = random.pickWeighted(stables)
  return [first, random.pickWeighted(stables.filter(([symbol]) => symbol !== first))]
}

/** `health` is the one aimed at; 0 asks for as much debt as the loan-to-value allows. */
function leveraged(plan: Plan, wish: { weights: Weights; count: number; sizeUsd: number; health: number }) {
  const { random, risk, budget } = plan
  const supplied = drawSupplies(plan, wish.weights, wish.count, wish.sizeUsd)
  const most = supplied.ltvUsd * borrowable
  const aimed = wish.health === 0 ? most : Math.min(most, supplied.ltUsd / wish.health)
  const choices = debts.filter(([symbol]) => !supplied.positions.some((taken) => taken.symbol === symbol))
  const draw = random.next()
  const count = draw < 0.75 ? 1 : draw < 0.95 ? 2 : 3
  const borrows = drawDistinct(choices, count, random).map((symbol) =>
    position(risk, symbol, budget.takeBorrow(symbol, aimed / count)),
  )
  return { eMode: 0 as const, supplies: supplied.positions, borrows: borrows.filter(isUsable) }
}

function drawSupplies({ risk, random, budget }: Plan, weights: Weights, count: number, sizeUsd: number) {
  const chosen = drawDistinct(weights, count, random)
    .map((symbol) => {
      const usd = budget.takeSupply(symbol, sizeUsd / count)
      return { usd, ...position(risk, symbol, usd) }
    })
    .filter(isUsable)
  const weigh = (bps: 'ltvBps' | 'ltBps') =>
    chosen.reduce((sum, { symbol, usd }) => sum + (usd * risk.reserves[symbol][bps]) / 10_000, 0)
  const positions = chosen.map(({ symbol, amount }) => ({ symbol, amount }))
  return { positions, ltvUsd: weigh('ltvBps'), ltUsd: weigh('ltBps') }
}

function drawDistinct(weights: Weights, count: number, random: Random): ReserveSymbol[] {
  const drawn: ReserveSymbol[] = []
  while (drawn.length < Math.min(count, weights.length)) {
    drawn.push(random.pickWeighted(weights.filter(([symbol]) => !drawn.includes(symbol))))
  }
  return drawn
}

function position(risk: RiskParameters, symbol: ReserveSymbol, usd: number): Position {
  const { decimals, priceUsd8 } = risk.reserves[symbol]
  return { symbol, amount: unitsOf(usd, { decimals, priceUsd8: BigInt(priceUsd8) }) }
}

/** Dust of bitcoin is a few satoshi, where the rounding of one unit is several per cent: left out. */
function isUsable({ amount }: Position): boolean {
  return amount >= 100n
}
