import type { Store } from '../../core/ports.ts'
import type { RiskOverview } from '../../core/risk/answers.ts'
import type { WarningSettings } from '../../core/risk/warning-thresholds.ts'
import { lookForWarnings, type WarningLatch } from '../../core/risk/warnings.ts'
import type { Journal } from '../journal.ts'

/** Beside the latches of alert rules, whose names have no colon. */
const RULE = 'risk:warning'

export interface RiskWarningsOptions {
  readonly store: Pick<Store, 'latches' | 'saveLatch' | 'atomically'>
  readonly journal: Pick<Journal, 'add' | 'hold'>
  /** In force now. */
  readonly settings: () => WarningSettings
}

export interface RiskWarnings {
  /**
   * An overview of a market has come. Throws StoreError when it cannot be written down; nothing was told then, and the next
   * overview tells it.
   */
  look(chainId: number, overview: RiskOverview): void
}

/** Tells what turned on and off, together with what is remembered of it in one transaction; a restart goes on from there. */
export function createRiskWarnings({ store, journal, settings }: RiskWarningsOptions): RiskWarnings {
  const byMarket = load(store)
  return {
    look(chainId, overview) {
      const { market, block } = overview
      const latches = byMarket.get(market) ?? new Map<string, WarningLatch>()
      const { said, changes } = lookForWarnings(overview, latches, settings())
      if (changes.size === 0 && said.length === 0) return
      const write = (): void => {
        for (const [key, latch] of changes)
          store.saveLatch({ rule: RULE, subject: subjectOf(market, key), body: latch && JSON.stringify(latch) })
        for (const data of said) journal.add({ chainId, market, block: block.number, kind: 'risk', data: { ...data } })
      }
      journal.hold(() => store.atomically(write))
      // Only what is on disk is remembered.
      byMarket.set(market, after(latches, changes))
    },
  }
}

/** Names of markets have no bar. */
const subjectOf = (market: string, key: string): string => `|${market}|${key}`

function load(store: Pick<Store, 'latches'>): Map<string, ReadonlyMap<string, WarningLatch>> {
  const found = new Map<string, Map<string, WarningLatch>>()
  for (const { rule, subject, body } of store.latches()) {
    const [, market = '', key = ''] = rule === RULE ? (/^\|([^|]*)\|(.*)$/s.exec(subject) ?? []) : []
    if (key === '') continue
    const latches = found.get(market) ?? new Map<string, WarningLatch>()
    found.set(market, latches.set(key, JSON.parse(body) as WarningLatch))
  }
  return found
}

function after(
  latches: ReadonlyMap<string, WarningLatch>,
  changes: ReadonlyMap<string, WarningLatch | undefined>,
): ReadonlyMap<string, WarningLatch> {
  const found = new Map(latches)
  for (const [key, latch] of changes)
    if (latch === undefined) found.delete(key)
    else found.set(key, latch)
  return found
}
