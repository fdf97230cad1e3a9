import type { AlertsConfig } from '../../config/config.ts'
import type { Store } from '../../core/ports.ts'
import type { Journal } from '../journal.ts'
import { localTime } from './clock.ts'
import type { Days } from './days.ts'

const TOLD = 'summary.told'

export interface SummaryOptions {
  readonly alerts: () => Pick<AlertsConfig, 'timezone' | 'summaryAtMinute'>
  readonly store: Pick<Store, 'value' | 'setValue' | 'atomically'>
  readonly journal: Pick<Journal, 'add' | 'hold'>
  readonly days: Days
  /** Chain id and newest block of a market. */
  readonly placeOf: (market: string) => { readonly chainId: number; readonly block: string }
  /** Unix seconds. */
  readonly nowS: () => number
}

/**
 * Tells of every day that is over, once, from `alerts.summaryAt` on; of days before yesterday (the program was down then)
 * at once. What was told is kept in one transaction with the telling.
 */
export function tellSummaries({ alerts, store, journal, days, placeOf, nowS }: SummaryOptions): void {
  days.turn()
  const { timezone, summaryAtMinute } = alerts()
  const now = localTime(timezone, nowS())
  const over = days.days.filter((day) => day < now.day).toReversed()
  const told = store.value(TOLD)
  if (told === undefined || summaryAtMinute === undefined) {
    // Nobody wants the days before they first asked for a summary.
    const last = over.at(-1) ?? ''
    if (told !== last) store.setValue(TOLD, last)
    return
  }
  for (const day of over.filter((one) => one > told)) {
    if (isLastNight(now.day, day) && now.minute < summaryAtMinute) return
    const tell = (): void => {
      store.setValue(TOLD, day)
      for (const { market, ...figures } of days.figures(day))
        journal.add({ ...placeOf(market), market, kind: 'summary', data: { ...figures, market } })
    }
    journal.hold(() => store.atomically(tell))
  }
}

/** The day before `today`, as opposed to one before that. */
const isLastNight = (today: string, day: string): boolean => Date.parse(today) - Date.parse(day) === 86_400_000
