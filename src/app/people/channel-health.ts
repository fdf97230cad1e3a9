import type { Store } from '../../core/ports.ts'
import type { Journal } from '../journal.ts'

export interface HealthOptions {
  /** Name of the channel. */
  readonly channel: string
  readonly store: Pick<Store, 'atomically' | 'setValue' | 'value'>
  readonly journal: Pick<Journal, 'add' | 'hold'>
  /** Unix seconds. */
  nowS(): number
}

/** Shorter troubles pass by themselves; nobody is called for them. */
const PATIENCE_S = 300

/** Whether a channel takes what it is given. Said in the journal when it no longer does, and when it does again: once each. */
export class ChannelHealth {
  readonly #options: HealthOptions
  #troubleSinceS: number | undefined

  constructor(options: HealthOptions) {
    this.#options = options
  }

  works(): void {
    this.#troubleSinceS = undefined
    if (this.#isFailed) this.#say(false, `${this.#options.channel} takes messages again`)
  }

  /** `detail` carries no secret. */
  troubled(detail: string): void {
    const nowS = this.#options.nowS()
    this.#troubleSinceS = Math.min(this.#troubleSinceS ?? nowS, nowS)
    const forS = nowS - this.#troubleSinceS
    if (forS >= PATIENCE_S && !this.#isFailed)
      this.#say(true, `${this.#options.channel} has taken no message for ${Math.floor(forS / 60)} minutes: ${detail}`)
  }

  /** It will not take anything until somebody changes something there. */
  gone(detail: string): void {
    if (!this.#isFailed) this.#say(true, `${this.#options.channel} refuses messages: ${detail}`)
  }

  get #isFailed(): boolean {
    return this.#options.store.value(this.#name) === 'true'
  }

  get #name(): string {
    return `${this.#options.channel} failed`
  }

  #say(failed: boolean, detail: string): void {
    const { channel, store, journal } = this.#options
    const reason = failed ? 'channel-failed' : 'channel-is-back'
    journal.hold(() =>
      store.atomically(() => {
        journal.add({ chainId: 0, market: '', block: '0', kind: 'breaker', data: { reason, channel, detail } })
        store.setValue(this.#name, String(failed))
      }),
    )
  }
}
