import { Presets, SingleBar } from 'cli-progress'
import type { Progress } from '../open-chain.ts'
import { duration } from './format.ts'
import { talk } from './output.ts'

const LINE_MS = 10_000

/** A bar on a terminal; elsewhere an estimate first and then a plain line every ten seconds. */
export function createProgress(
  isTTY: boolean,
  say: (line: string) => void = talk,
  nowMs = () => performance.now(),
): Progress & { stop(): void } {
  const bars = new Map<string, Bar>()
  return {
    backfill(market, { next, from, to, found, requests, requestsLeft }) {
      const bar = bars.get(market) ?? (isTTY ? terminalBar(market, nowMs()) : lines(market, nowMs(), say))
      bars.set(market, bar)
      const done = Number(next - from)
      const total = Number(to - from) + 1
      bar.update({ done, total, found, requests, requestsLeft }, nowMs())
    },
    snapshot(market, calls) {
      if (calls > 1000) say(`${market}: reading ${calls} values at one block`)
    },
    stop() {
      for (const bar of bars.values()) bar.stop()
    },
  }
}

interface State {
  readonly done: number
  readonly total: number
  readonly found: number
  readonly requests: number
  readonly requestsLeft: number
}

interface Bar {
  update(state: State, nowMs: number): void
  stop(): void
}

/** From what this run did, not what earlier runs had done: an ETA that survives a resume. */
function createEta(startMs: number): (state: State, nowMs: number) => string {
  let first: number | undefined
  return ({ done, total }, nowMs) => {
    first ??= done
    const speed = (done - first) / (nowMs - startMs)
    return speed > 0 ? duration(Math.ceil((total - done) / speed / 1000)) : '?'
  }
}

function terminalBar(market: string, startMs: number): Bar {
  const eta = createEta(startMs)
  const format = `${market} {bar} {percentage} % · {found} borrowers · {left} requests left · ETA {time}`
  const bar = new SingleBar(
    { format, stream: process.stderr, hideCursor: true, clearOnComplete: true },
    Presets.shades_classic,
  )
  let started = false
  return {
    update(state, nowMs) {
      const payload = { found: state.found, left: state.requestsLeft, time: eta(state, nowMs) }
      if (!started) bar.start(state.total, state.done, payload)
      started = true
      bar.update(state.done, payload)
      if (state.done >= state.total) bar.stop()
    },
    stop: () => bar.stop(),
  }
}

/** Fewer requests than these are no long work. */
const MANY_REQUESTS = 10

function lines(market: string, startMs: number, say: (line: string) => void): Bar {
  const eta = createEta(startMs)
  let last = startMs
  return {
    update(state, nowMs) {
      const time = eta(state, nowMs)
      const { done, total, found, requests, requestsLeft } = state
      if (requests === 0 && requestsLeft >= MANY_REQUESTS)
        say(`${market}: looking for borrowers in ${total - done} blocks, about ${requestsLeft} requests`)
      if (nowMs - last < LINE_MS || done >= total) return
      say(
        `${market}: ${Math.floor((100 * done) / total)} %, ${found} borrowers, about ${requestsLeft} requests left, ETA ${time}`,
      )
      last = nowMs
    },
    stop: () => {},
  }
}
