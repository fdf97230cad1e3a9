import type { Batch } from '../../core/ports.ts'
import { type Call, callKey, type Facts, type Read } from '../../core/types.ts'

/** What was asked at that block then is not in the recording. */
export class NotRecorded extends Error {
  constructor(call: Call) {
    super(`the recording holds no answer of ${call.to} to ${call.data.slice(0, 10)} at this block`)
    this.name = 'NotRecorded'
  }
}

/**
 * Answers calls from the reads of the present page, and calls that do not change with the block (`isLasting`) from any page
 * before. Throws NotRecorded.
 */
export class RecordedBatch implements Batch {
  readonly #isLasting: (call: Call) => boolean
  readonly #lasting: Map<string, Read>
  #page = new Map<string, Read>()

  constructor(isLasting: (call: Call) => boolean, remembered: readonly Read[] = []) {
    this.#isLasting = isLasting
    this.#lasting = new Map(remembered.map((read) => [callKey(read), read]))
  }

  /** All that later pages may be asked for again. */
  get remembered(): readonly Read[] {
    return [...this.#lasting.values()]
  }

  turn({ reads }: Facts): void {
    this.#page = new Map(reads.map((read) => [callKey(read), read]))
    for (const read of reads) if (this.#isLasting(read)) this.#lasting.set(callKey(read), read)
  }

  async read(calls: readonly Call[]): Promise<Read[]> {
    return calls.map((call) => {
      const found = this.#page.get(callKey(call)) ?? this.#lasting.get(callKey(call))
      if (found === undefined) throw new NotRecorded(call)
      return found
    })
  }
}
