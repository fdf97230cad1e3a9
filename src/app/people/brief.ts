import type { RiskDesk, Store } from '../../core/ports.ts'
import { type BriefData, type BriefEntry, type BriefFigures, briefOf } from '../../core/risk/brief.ts'
import type { Journal } from '../journal.ts'
import { localTime } from './clock.ts'

/** By market; see `Kept`. */
const NAME = 'brief.'

/** What is remembered of a market's last brief. */
interface Kept {
  /** Day of the last one; empty: none yet. */
  readonly told: string
  readonly figures: BriefFigures | null
}

type BriefStore = Pick<Store, 'value' | 'setValue' | 'atomically'>

export interface BriefsOptions {
  readonly desk: RiskDesk
  readonly store: BriefStore
  readonly journal: Pick<Journal, 'add' | 'hold'>
  readonly markets: () => readonly string[]
  /** `atMinute`: of the day, in `timezone`; undefined: nobody wants one. */
  readonly settings: () => { readonly timezone: string; readonly atMinute: number | undefined }
  /** Unix seconds. */
  readonly nowS: () => number
  /** A market could not be asked; it is tried again at the next look. */
  readonly onProblem: (market: string, error: unknown) => void
}

export interface Briefs {
  /** To be called now and then: tells each market's brief once a day, from its time on. */
  look(): Promise<void>
  /** As it would be told now; against the figures of the last one that was told. Throws what the desk throws. */
  now(market: string): Promise<BriefEntry>
}

/**
 * The market in the morning. It is told with what the next one is compared with in one transaction: once a day, whatever the
 * restarts. A day on which nothing could be asked has none; the next one says what changed since the last that was told.
 */
export function createBriefs(options: BriefsOptions): Briefs {
  const { store, journal, markets, settings, nowS, onProblem } = options
  let looking = false
  const tellOne = async (market: string): Promise<void> => {
    const { timezone, atMinute } = settings()
    const { day, minute } = localTime(timezone, nowS())
    if (atMinute === undefined) return
    const kept = keptOf(store, market)
    // Who has just asked for briefs gets the first at the next time for one.
    if (kept === undefined) return keep(store, market, { told: minute < atMinute ? '' : day, figures: null })
    if (kept.told >= day || minute < atMinute) return
    const { entry, figures } = await makeBrief(options, market, day)
    const tell = (): void => {
      keep(store, market, { told: day, figures })
      journal.add(entry)
    }
    journal.hold(() => store.atomically(tell))
  }
  return {
    async look() {
      if (looking) return
      looking = true
      try {
        for (const market of markets()) await tellOne(market).catch((error: unknown) => onProblem(market, error))
      } finally {
        looking = false
      }
    },
    now: async (market) => (await makeBrief(options, market, localTime(settings().timezone, nowS()).day)).entry,
  }
}

/** The ladder may fail where the overview does not: the brief then says what it lacks. */
async function makeBrief(
  { desk, store, onProblem }: BriefsOptions,
  market: string,
  day: string,
): Promise<{ readonly entry: BriefEntry; readonly figures: BriefFigures }> {
  const overview = await desk.ask('overview', { market })
  const ladder = await desk
    .ask('ladder', { market, group: overview.group.root, side: 'fall', accounts: 0 })
    .catch((error: unknown) => onProblem(market, error))
  const before = keptOf(store, market)?.figures ?? undefined
  const data: BriefData = briefOf({ day, overview, ladder: ladder?.points, before })
  const { chainId, block } = overview
  return { entry: { chainId, market, block: block.number, kind: 'brief', data: { ...data } }, figures: data.now }
}

function keptOf(store: BriefStore, market: string): Kept | undefined {
  const text = store.value(NAME + market)
  return text === undefined ? undefined : (JSON.parse(text) as Kept)
}

const keep = (store: BriefStore, market: string, kept: Kept): void =>
  store.setValue(NAME + market, JSON.stringify(kept))
