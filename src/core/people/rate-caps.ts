import type { Address } from 'viem'
import type { Book } from '../book.ts'
import type { AccountView } from '../protocol.ts'
import type { TimeRule } from './alert-rule.ts'
import { firstLook } from './step.ts'

/** Interest may grow by a quarter and a hundredth before everybody near is looked at again. */
const ROOM = 1.25
const MORE = 0.01

/**
 * Ceilings on what debt may cost a year, by asset. As long as none is broken, interest alone cannot use up a health above
 * e^(ceiling · time): so rules of time need no clock, only a bound on health.
 */
export class RateCaps {
  readonly #book: Book
  readonly #caps = new Map<Address, number>()
  #version = -1
  #highest = 0

  constructor(book: Book) {
    this.#book = book
  }

  /** Over all assets. */
  get highest(): number {
    return this.#highest
  }

  /** Looks at today's rates. Where a ceiling was broken, the health below which everybody must be looked at. */
  raise(rules: readonly TimeRule[]): number | undefined {
    const { ledger, protocol } = this.#book
    if (ledger.version === this.#version) return undefined
    this.#version = ledger.version
    let broken = 0
    for (const [asset, ray] of protocol.interest(ledger)) {
      const rate = Number(ray) / 1e27
      if (rate <= (this.#caps.get(asset) ?? -1)) continue
      const cap = rate * ROOM + MORE
      this.#caps.set(asset, cap)
      broken = Math.max(broken, cap)
    }
    this.#highest = Math.max(this.#highest, broken)
    return broken === 0 ? undefined : Math.max(...rules.map((rule) => firstLook(rule, broken)))
  }

  /** Of the debts of one account. */
  fastest({ debts }: AccountView): number {
    return debts.reduce((most, { asset }) => Math.max(most, this.#caps.get(asset) ?? this.#highest), 0)
  }
}
