import { type ReserveSymbol, type RiskParameters, reserveSymbols } from './risk-parameters.ts'

/** Shares of the caps that the population may use; the rest is for those who only lend, and for the story. */
const supplyShare = 0.45
const borrowShareOfCap = 0.85
const borrowShareOfSupplyCap = 0.4

/** Keeps a planned population inside the market's caps. Amounts in dollars. */
export class Budget {
  readonly #supply: Map<ReserveSymbol, number>
  readonly #borrow: Map<ReserveSymbol, number>

  constructor(risk: RiskParameters) {
    const usd = (symbol: ReserveSymbol, tokens: number) => (tokens * risk.reserves[symbol].priceUsd8) / 1e8
    const room = (limit: (symbol: ReserveSymbol) => number) =>
      new Map(reserveSymbols.map((symbol) => [symbol, usd(symbol, limit(symbol))]))
    this.#supply = room((symbol) => supplyShare * risk.reserves[symbol].supplyCap)
    this.#borrow = room((symbol) => {
      const { supplyCap, borrowCap } = risk.reserves[symbol]
      return Math.min(borrowShareOfCap * borrowCap, borrowShareOfSupplyCap * supplyCap)
    })
  }

  get supplyUsd(): number {
    return this.#supply.values().reduce((sum, room) => sum + room, 0)
  }

  get borrowUsd(): number {
    return this.#borrow.values().reduce((sum, room) => sum + room, 0)
  }

  /** What of the wish can be had; at most half of what is left, so that nobody empties a reserve. */
  takeSupply(symbol: ReserveSymbol, wishUsd: number): number {
    return take(this.#supply, symbol, wishUsd)
  }

  takeBorrow(symbol: ReserveSymbol, wishUsd: number): number {
    return take(this.#borrow, symbol, wishUsd)
  }
}

function take(rooms: Map<ReserveSymbol, number>, symbol: ReserveSymbol, wishUsd: number): number {
  const room = rooms.get(symbol) ?? 0
  const had = Math.min(wishUsd, room / 2)
  rooms.set(symbol, room - had)
  return had
}
