import type { Store } from '../core/ports.ts'

const PAUSED = 'control.paused'

/** All that people can ever say. Survives a restart. */
export class Control {
  readonly #store: Pick<Store, 'value' | 'setValue'>
  #paused: boolean

  constructor(store: Pick<Store, 'value' | 'setValue'>) {
    this.#store = store
    this.#paused = store.value(PAUSED) === 'true'
  }

  /** While true nothing is planned and nothing is signed; watching goes on. */
  get paused(): boolean {
    return this.#paused
  }

  set paused(paused: boolean) {
    this.#store.setValue(PAUSED, String(paused))
    this.#paused = paused
  }
}
