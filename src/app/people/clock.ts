/** A moment as people of a time zone call it. */
export interface LocalTime {
  /** `2026-11-26` */
  readonly day: string
  /** Minutes after midnight. */
  readonly minute: number
}

/** To make one takes longer than to use it. */
const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone)
  if (known) return known
  const two = '2-digit'
  const fields = { year: 'numeric', month: two, day: two, hour: two, minute: two } as const
  const made = new Intl.DateTimeFormat('en-CA', { timeZone: timezone, hourCycle: 'h23', ...fields })
  formats.set(timezone, made)
  return made
}

/** `nowS`: Unix seconds. */
export function localTime(timezone: string, nowS: number): LocalTime {
  const parts = formatOf(timezone).formatToParts(new Date(nowS * 1000))
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.find((part) => part.type === type)?.value ?? ''
  return { day: `${of('year')}-${of('month')}-${of('day')}`, minute: Number(of('hour')) * 60 + Number(of('minute')) }
}
