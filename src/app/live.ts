import type { Config } from '../config/config.ts'
import type { Loaded } from '../config/load.ts'
import { mergeReload } from '../config/reload.ts'
import { ConfigError } from '../core/errors.ts'
import type { Reading } from './control.ts'

/** The configuration in force. What can change at run time is read from here at use, never kept. */
export interface InForce {
  readonly config: Config
}

/** Holds it, reads the file anew, and tells those who must do something about a change. */
export class Live implements InForce {
  #loaded: Loaded
  readonly #load: () => Loaded
  readonly #onSecrets: (secrets: readonly string[]) => void
  readonly #listeners = new Set<(config: Config) => void>()

  /** `onSecrets`: what no line may show from now on, told before anything else hears of the new configuration. */
  constructor(first: Loaded, load: () => Loaded, onSecrets: (secrets: readonly string[]) => void) {
    this.#loaded = first
    this.#load = load
    this.#onSecrets = onSecrets
    onSecrets(first.secrets)
  }

  get config(): Config {
    return this.#loaded.config
  }

  /** Called after another configuration came into force. Returns how to stop listening. */
  onReload(listener: (config: Config) => void): () => void {
    const own = (config: Config): void => listener(config)
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  /** What the file says now, or all that is wrong with it. */
  read(): Reading | string {
    const next = this.#tryLoad()
    if (typeof next === 'string') return next
    const { config, source, applied, needRestart } = mergeReload(this.#loaded.source, next.source)
    const apply = (): void => {
      this.#loaded = { config, source, secrets: next.secrets }
      this.#onSecrets(next.secrets)
      if (applied.length > 0) for (const listener of [...this.#listeners]) listener(config)
    }
    return { reloaded: { applied, needRestart }, apply }
  }

  #tryLoad(): Loaded | string {
    try {
      return this.#load()
    } catch (error) {
      if (error instanceof ConfigError) return `${error.what}: ${error.why.trim()}`
      throw error
    }
  }
}
