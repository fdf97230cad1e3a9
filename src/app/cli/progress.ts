import { Presets, SingleBar } from 'cli-progress'
import type { Progress } from '../open-chain.ts'
import { duration } from './format.ts'
import { talk } from './output.ts'

const LINE_MS = 10_000
/** Fewer requests than these are no long work. */
const MANY_REQUESTS = 10

/** Long work as people see it: a bar on a terminal; elsewhere a plain line every ten seconds. */
export interface Work {
  /** `detail` is said beside the share that is done. */
  update(done: number, total: number, detail: string): void
  stop(): void
}

/** The ETA comes from what this run did, not what earlier runs had done: it survives a resume. */
export function createWork(
  name: string,
  isTTY: boolean,
  say: (line: string) => void = talk,
  nowMs: () => number = () => performance.now(),
): Work {
  const eta = createEta(nowMs())
  return isTTY ? bar(name, eta, nowMs) : lines(name, eta, { say, nowMs })
}

/** A market's first page: an estimate before, then like all long work. */
export function createProgress(
  isTTY: boolean,
  say: (line: string) => void = talk,
  nowMs = () => performance.now(),
): Progress & { stop(): void } {
  const works = new Map<string, Work>()
  return {
    backfill(market, { next, from, to, found, requests, requestsLeft }) {
      const work = works.get(market) ?? createWork(market, isTTY, say, nowMs)
      works.set(market, work)
      const done = Number(next - from)
      const total = Number(to - from) + 1
      if (!isTTY && requests === 0 && requestsLeft >= MANY_REQUESTS)
        say(`${market}: looking for borrowers in ${total - done} blocks, about ${requestsLeft} requests`)
      work.update(done, total, `${found} borrowers, about ${requestsLeft} requests left`)
    },
    snapshot(market, calls) {
      if (calls > 1000) say(`${market}: reading ${calls} values at one block`)
    },
    stop() {
      for (const work of works.values()) work.stop()
    },
  }
}

type Eta = (done: number, total: number, nowMs: number) => string

function createEta(startMs: number): Eta {
  let first: number | undefined
  return (done, total, nowMs) => {
    first ??= done
    const speed = (done - first) / (nowMs - startMs)
    return speed > 0 ? duration(Math.ceil((total - done) / speed / 1000)) : '?'
  }
}

function bar(name: string, eta: Eta, nowMs: () => number): Work {
  const format = `${name} {bar} {percentage} % · {detail} · ETA {time}`
  const drawn = new SingleBar(
    { format, stream: process.stderr, hideCursor: true, clearOnComplete: true },
    Presets.shades_classic,
  )
  let started = false
  return {
    update(done, total, detail) {
      const payload = { detail, time: eta(done, total, nowMs()) }
      if (!started) drawn.start(total, done, payload)
      started = true
      drawn.update(done, payload)
      if (done >= total) drawn.stop()
    },
    stop: () => drawn.stop(),
  }
}

function lines(name: string, eta: Eta, { say, nowMs }: { say: (line: string) => void; nowMs: () => number }): Work {
  let last = nowMs()
  return {
    update(done, total, detail) {
      const now = nowMs()
      const time = eta(done, total, now)
      if (now - last < LINE_MS || done >= total) return
      say(`${name}: ${Math.floor((100 * done) / total)} %, ${detail}, ETA ${time}`)
      last = now
    },
    stop: () => {},
  }
}
