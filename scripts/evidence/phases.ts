import { type Event, FEBRUARY, OCTOBER } from '../phases/candles.ts'
import { cascades, read, sensitivity, shares, story, summary, thresholds, tooEarly } from '../phases/figures.ts'

const COINS = ['ETH', 'BTC'] as const
/** October was tuned on, February only tested. */
const EVENTS: Readonly<Record<string, Event>> = { october: OCTOBER, february: FEBRUARY }

/** The phase detector on dated waves: `-- phases october` for one of them. */
export async function run({ args }: { readonly args: readonly string[] }): Promise<Record<string, unknown>> {
  const events = Object.entries(EVENTS).flatMap(([name, event]) =>
    args.length === 0 || args.includes(name) ? event : [],
  )
  const readings = events.flatMap((event) => COINS.map((coin) => read(event, coin)))
  return {
    thresholds: thresholds(),
    summary: readings.flatMap(summary),
    story: readings.flatMap(story),
    tooEarly: readings.flatMap(tooEarly),
    shares: readings.flatMap(shares),
    cascades: readings.flatMap(cascades),
    sensitivity: events.flatMap((event) => COINS.flatMap((coin) => sensitivity(event, coin))),
  }
}
