/** A clock that moves only when somebody waits for it: short waits pass by themselves, long ones when the test says so. */
export interface VirtualClock {
  readonly nowMs: () => number
  readonly delay: (ms: number, signal: AbortSignal) => Promise<void>
  /** Waits that were asked for. */
  readonly waited: readonly number[]
  advance(ms: number): Promise<void>
}

/** Waits up to this pass by themselves. */
const SHORT_MS = 600_000

export function virtualClock(startMs = 1_800_000_000_000): VirtualClock {
  const timers = new Set<{ readonly atMs: number; readonly ring: () => void }>()
  const waited: number[] = []
  let nowMs = startMs
  let isPumping = false
  const next = () => [...timers].sort((a, b) => a.atMs - b.atMs)[0]
  const ringUpTo = (atMs: number): boolean => {
    const timer = next()
    if (timer === undefined || timer.atMs > atMs) return false
    timers.delete(timer)
    nowMs = Math.max(nowMs, timer.atMs)
    timer.ring()
    return true
  }
  const pump = async (): Promise<void> => {
    if (isPumping) return
    isPumping = true
    do await turns(4)
    while (ringUpTo(nowMs + SHORT_MS))
    isPumping = false
  }
  return {
    nowMs: () => nowMs,
    waited,
    delay: (ms, signal) => {
      waited.push(ms)
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const timer = { atMs: nowMs + ms, ring: resolve }
      const gone = (): void => {
        timers.delete(timer)
        reject(new Error('aborted'))
      }
      if (signal.aborted) gone()
      else {
        timers.add(timer)
        signal.addEventListener('abort', gone, { once: true })
        void promise.then(() => signal.removeEventListener('abort', gone)).catch(() => {})
        void pump()
      }
      return promise
    },
    advance: async (ms) => {
      const atMs = nowMs + ms
      while (ringUpTo(atMs)) await turns(4)
      nowMs = atMs
      await turns(4)
    },
  }
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve))
}
