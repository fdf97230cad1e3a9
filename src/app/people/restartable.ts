/** Something that runs and can be stopped. */
interface Running {
  stop(): Promise<void>
}

export interface Restartable<T extends Running> extends Running {
  /** The one that runs now. */
  readonly now: T
  /** The next one begins once the present one has ended: there are never two. */
  restart(): void
}

export function restartable<T extends Running>(begin: () => T): Restartable<T> {
  let now = begin()
  let stopped = false
  let turn: Promise<void> = Promise.resolve()
  return {
    get now() {
      return now
    },
    restart() {
      turn = turn.then(async () => {
        if (stopped) return
        await now.stop()
        // Asked again after the wait: whoever stopped it meanwhile wants none.
        if (!stopped) now = begin()
      })
    },
    async stop() {
      stopped = true
      await turn
      await now.stop()
    },
  }
}
