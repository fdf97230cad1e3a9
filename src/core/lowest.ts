import type { AccountId } from './types.ts'

/** The few with the lowest key of many, without sorting the many: a heap whose root is the highest that was kept. */
export class Lowest {
  readonly #keys: Float64Array
  readonly #accounts: Int32Array
  #size = 0

  constructor(limit: number) {
    this.#keys = new Float64Array(limit)
    this.#accounts = new Int32Array(limit)
  }

  /** Kept while its key is below `bound` and among the lowest. Of equals the first stay. */
  offer(account: AccountId, key: number, bound: number): void {
    if (!(key < bound)) return
    if (this.#size < this.#keys.length) this.#up(this.#size++, account, key)
    else if (this.#size > 0 && key < (this.#keys[0] as number)) this.#down(account, key)
  }

  /** Lowest first; of equals the lower number. */
  ordered(): AccountId[] {
    const order = Array.from({ length: this.#size }, (_, i) => i)
    const keys = this.#keys
    const accounts = this.#accounts
    order.sort((a, b) => (keys[a] as number) - (keys[b] as number) || (accounts[a] as number) - (accounts[b] as number))
    return order.map((i) => accounts[i] as number)
  }

  #up(from: number, account: AccountId, key: number): void {
    let at = from
    for (let parent = (at - 1) >> 1; at > 0 && key > (this.#keys[parent] as number); parent = (at - 1) >> 1) {
      this.#move(parent, at)
      at = parent
    }
    this.#put(at, account, key)
  }

  #down(account: AccountId, key: number): void {
    let at = 0
    for (let child = 1; child < this.#size; child = 2 * at + 1) {
      if (child + 1 < this.#size && (this.#keys[child + 1] as number) > (this.#keys[child] as number)) child++
      if (key >= (this.#keys[child] as number)) break
      this.#move(child, at)
      at = child
    }
    this.#put(at, account, key)
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#accounts[from] as number, this.#keys[from] as number)
  }

  #put(at: number, account: AccountId, key: number): void {
    this.#keys[at] = key
    this.#accounts[at] = account
  }
}
