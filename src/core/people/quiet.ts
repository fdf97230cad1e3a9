import type { QuietHours } from './channel.ts'

const DAY = 1_440
const clocks = new Map<string, Intl.DateTimeFormat>()

/** What the clock on the wall shows there, as minutes after midnight. Offsets of zones are whole minutes. */
export function minuteOfDay(timezone: string, atS: number): number {
  const clock = clocks.get(timezone) ?? newClock(timezone)
  const [hours = '', minutes = ''] = clock.format(atS * 1_000).split(':')
  return Number(hours) * 60 + Number(minutes)
}

/** To build one takes longer than to ask it a thousand times. */
function newClock(timezone: string): Intl.DateTimeFormat {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  clocks.set(timezone, clock)
  return clock
}

export function isQuiet({ fromMinute, toMinute }: QuietHours, timezone: string, atS: number): boolean {
  return left(fromMinute, toMinute, minuteOfDay(timezone, atS)) > 0
}

/** Minutes of the wall's clock until the end; 0 outside. */
function left(from: number, to: number, minute: number): number {
  const length = (to - from + DAY) % DAY
  const passed = (minute - from + DAY) % DAY
  return passed < length ? length - passed : 0
}

/** The first moment from `nowS` on (Unix seconds) that is not quiet; `nowS` itself where it is none. */
export function quietEndS({ fromMinute, toMinute }: QuietHours, timezone: string, nowS: number): number {
  const leftAt = (atS: number): number => left(fromMinute, toMinute, minuteOfDay(timezone, atS))
  if (leftAt(nowS) === 0) return nowS
  let endS = nowS - (nowS % 60)
  // A clock that was put back meanwhile shows an hour of the night twice: it takes another round.
  for (let minutes = leftAt(endS); minutes > 0; minutes = leftAt(endS)) endS += minutes * 60
  // One that was put forward has passed the end already: at most so far back, and no further than it is quiet.
  const beyond = (minuteOfDay(timezone, endS) - toMinute + DAY) % DAY
  let firstS = Math.max(nowS - (nowS % 60), endS - beyond * 60)
  while (leftAt(firstS) > 0) firstS += 60
  return firstS
}
