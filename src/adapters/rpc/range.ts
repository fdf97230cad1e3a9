const WIDEST_RANGE = 1_000_000n
/** After so many answers a wider one is tried: a refusal may have been for many logs, not for many blocks. */
const ANSWERS_BEFORE_WIDER = 16

/**
 * How many blocks to ask for at once, found out from what the node answers and refuses: doubled until the first refusal,
 * then searched for between the widest answered and the narrowest refused. Costs less than twice the fewest requests.
 */
export class AdaptiveRange {
  /** Blocks of the next request. */
  size: bigint
  #answered = 0n
  #refused: bigint | undefined
  #count = 0

  constructor(first: bigint) {
    this.size = first < WIDEST_RANGE ? first : WIDEST_RANGE
  }

  /** The node answered a request of `size` blocks. */
  answered(): void {
    this.#answered = this.size
    if (this.#refused === undefined) this.size = this.size * 2n < WIDEST_RANGE ? this.size * 2n : WIDEST_RANGE
    else if (++this.#count % ANSWERS_BEFORE_WIDER === 0) this.#widen(this.#refused)
  }

  /** The node refused it. False when it cannot be made narrower. */
  refused(): boolean {
    if (this.size === 1n) return false
    this.#refused = this.size
    this.#count = 0
    this.size = this.#answered > 0n && this.#answered < this.size ? this.#answered : this.size / 2n
    this.#answered = 0n
    return true
  }

  #widen(refused: bigint): void {
    this.size = (this.#answered + refused) / 2n
    if (this.size > this.#answered) return
    this.#refused = undefined
    this.size = this.#answered * 2n
  }
}
