/** How far updates were taken, in the store: what is before is never acted on again. */
import type { Values } from './confirmations.ts'

const NAME = 'telegram.offset'
/** After a week without updates Telegram numbers them anew, from anywhere. */
const FORGOTTEN_AFTER_S = 6 * 86_400
/** More than Telegram hands over at once. */
const BATCH = 1_000

export class Offset {
  readonly #values: Values
  readonly #nowS: () => number
  #next: number
  #atS: number

  constructor(values: Values, nowS: () => number) {
    this.#values = values
    this.#nowS = nowS
    const [, next = '0', at = '0'] = /^(\d{1,10}) (\d{1,12})$/.exec(values.get(NAME) ?? '') ?? []
    this.#next = Number(next)
    this.#atS = Number(at)
  }

  /** For `getUpdates`; 0 for whatever there is. */
  get next(): number {
    return this.#isFresh() ? this.#next : 0
  }

  /** Whether it was not taken before. */
  takes(updateId: number): boolean {
    if (updateId >= this.#next) return true
    // A clock that jumped ahead makes no old update new: what Telegram may hand over again is of the last batch.
    const isAgain = updateId >= this.#next - BATCH
    if (!isAgain && !this.#isFresh()) return true
    this.#atS = this.#nowS()
    return false
  }

  /** In memory only: enough for what had no effect. */
  pass(updateId: number): void {
    this.#next = updateId + 1
    this.#atS = this.#nowS()
  }

  /** On disk when it returns; call it in the transaction of what the update did. */
  commit(updateId: number): void {
    this.#values.set(NAME, `${updateId + 1} ${this.#nowS()}`)
  }

  #isFresh(): boolean {
    return this.#nowS() - this.#atS < FORGOTTEN_AFTER_S
  }
}
