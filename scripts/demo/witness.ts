/** Who looks up whenever the daemon calls another phase of the wave, and asks it what more of a fall would do right then. */
import type { CascadeGrid } from '../../src/core/risk/move-answers.ts'
import { marketName, type StageChain } from '../stage/chain.ts'
import { get } from '../stage/judge.ts'
import type { Daemon } from '../stage/stage.ts'
import { followJournal } from './stream.ts'

export interface Sighting {
  readonly phase: string
  /** Bin in which the phase began. */
  readonly sinceHour: number
  /** As the market stood when the phase was called. */
  readonly grid: CascadeGrid
}

export interface Witness {
  /** Once it has seen the phase that began in this bin, or has waited for it for some seconds; then it sees no more. */
  seen(sinceHour: number | undefined): Promise<readonly Sighting[]>
}

const PATIENCE_MS = 8_000
const LOOK_MS = 50

export function watchPhases({ url }: Daemon, chain: StageChain, say: (line: string) => void): Witness {
  const market = marketName(chain)
  const sightings: Sighting[] = []
  let asked: Promise<void> = Promise.resolve()
  const stream = followJournal(url, ({ kind, market: where, block, data }) => {
    if (kind !== 'risk' || where !== market || data['type'] !== 'phase') return
    const { phase, previous, sinceHour } = data
    say(`PHASE     ${market} block ${block}: ${String(previous)} → ${String(phase)}`)
    asked = asked.then(async () => {
      const grid = await get<CascadeGrid>(`${url}/api/risk/grid?market=${market}`)
      sightings.push({ phase: String(phase), sinceHour: Number(sinceHour), grid })
    })
    // Whoever waits for it hears of what went wrong.
    asked.catch(() => {})
  })
  return {
    async seen(sinceHour) {
      const end = performance.now() + PATIENCE_MS
      const isSeen = (): boolean => sinceHour === undefined || sightings.some((one) => one.sinceHour === sinceHour)
      while (!isSeen() && performance.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
        await asked
      }
      stream.stop()
      await asked
      return sightings
    },
  }
}
