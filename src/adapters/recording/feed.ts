import type { Feed, FeedEvent } from '../../core/ports.ts'
import type { RecordingEntry } from '../../core/recording.ts'
import type { Facts } from '../../core/types.ts'
import type { Recording } from './reader.ts'

export interface RecordedFeedOptions {
  readonly recording: Recording
  readonly signal: AbortSignal
  /** A market's state, before the first page that concerns it. */
  readonly onState: (entry: RecordingEntry & { kind: 'state' }) => void
  /** Before the books take a page in. */
  readonly beforePage: (facts: Facts) => void
  /** After everything about an entry is done; waited for. */
  readonly afterEntry: (entry: RecordingEntry) => Promise<void>
}

/** A recording as the world: every page is the newest head there is. Ends with the file. */
export class RecordedFeed implements Feed {
  readonly #options: RecordedFeedOptions

  constructor(options: RecordedFeedOptions) {
    this.#options = options
  }

  async *follow(): AsyncGenerator<FeedEvent> {
    const { recording, signal, onState, beforePage, afterEntry } = this.#options
    for (const entry of recording.entries()) {
      if (signal.aborted) return
      if (entry.kind === 'state') onState(entry)
      if (entry.kind === 'page') {
        beforePage(entry.facts)
        yield { kind: 'page', facts: entry.facts, live: true }
      }
      await afterEntry(entry)
    }
  }

  finalize(): void {}
}
