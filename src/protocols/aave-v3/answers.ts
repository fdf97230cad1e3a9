import type { Hex } from 'viem'
import { type Call, callKey, type Read } from '../../core/types.ts'
import { word } from './abi.ts'

/** What was answered, by call. */
export class Answers {
  readonly #answers: ReadonlyMap<string, Hex | undefined>

  constructor(reads: readonly Read[]) {
    this.#answers = new Map(reads.map((read) => [callKey(read), read.result]))
  }

  has(one: Call): boolean {
    return this.#answers.has(callKey(one))
  }

  /** Undefined: not asked, or it reverted. */
  hex(one: Call): Hex | undefined {
    const answer = this.#answers.get(callKey(one))
    return answer === '0x' ? undefined : answer
  }

  /** Null: not asked, reverted, or shorter than that. */
  word(one: Call, n = 0): bigint | null {
    const answer = this.hex(one)
    return answer === undefined || answer.length < 66 + 64 * n ? null : word(answer, n)
  }
}
