/** A moment as people of a time zone call it. */
export interface LocalTime {
  /** `2026-11-26` */
  readonly day: string
  /** Minutes after midnight. */
  readonly minute: number
}

/** `nowS`: Unix seconds. */
export function localTime(timezone: string, nowS: number): LocalTime {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(new Date(nowS * 1000))
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.find((part) => part.type === type)?.value ?? ''
  return { day: `${of('year')}-${of('month')}-${of('day')}`, minute: Number(of('hour')) * 60 + Number(of('minute')) }
}
