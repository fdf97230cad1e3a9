/** So many at a time; so many more may wait in order; the rest is turned away at once. */
export interface Gate {
  /** Undefined: turned away. `abandoned`: whoever waits has left, and is not let in any more. */
  pass<T>(work: () => Promise<T>, abandoned: AbortSignal): Promise<T> | undefined
}

export function createGate({ atOnce, waiting }: { readonly atOnce: number; readonly waiting: number }): Gate {
  let inside = 0
  const queue: (() => void)[] = []
  const leave = (): void => {
    inside--
    queue.shift()?.()
  }
  const enter = async <T>(work: () => Promise<T>): Promise<T> => {
    inside++
    try {
      return await work()
    } finally {
      leave()
    }
  }
  return {
    pass<T>(work: () => Promise<T>, abandoned: AbortSignal) {
      if (inside < atOnce) return enter(work)
      if (queue.length >= waiting) return undefined
      const { promise, resolve, reject } = Promise.withResolvers<T>()
      const turn = (): void => {
        abandoned.removeEventListener('abort', give)
        enter(work).then(resolve, reject)
      }
      const give = (): void => {
        queue.splice(queue.indexOf(turn), 1)
        reject(abandoned.reason)
      }
      abandoned.addEventListener('abort', give, { once: true })
      queue.push(turn)
      return promise
    },
  }
}
