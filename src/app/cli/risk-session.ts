import type { RiskDesk } from '../../core/ports.ts'
import { directDesk } from '../risk/answer.ts'
import { keptHistory, worldsOf } from '../risk/worlds.ts'
import { type GlobalOptions, readSettings, withMirrors } from './session.ts'

/** Opens a desk over the markets of the configuration (all, or the one named), does the work, and closes everything. */
export type WithDesk = <T>(
  global: GlobalOptions,
  options: { readonly market?: string | undefined },
  signal: AbortSignal,
  work: (desk: RiskDesk, markets: readonly string[]) => Promise<T>,
) => Promise<T>

/** The one place where commands get their desk: markets and pools at the head, and the history that the store holds. */
export const withDesk: WithDesk = (global, { market }, signal, work) => {
  const settings = readSettings(global.config)
  const { markets, risk } = settings.config
  return withMirrors(
    settings,
    market,
    signal,
    async (mirrors, store) => {
      const mirrored = markets.filter(({ name }) => mirrors.some(({ book }) => book.name === name))
      const worlds = worldsOf(mirrored, (wanted) => {
        const mirror = mirrors.find(({ book }) => book.name === wanted.name)
        return mirror && { ...mirror, binS: risk.binS, ...keptHistory(store, wanted, risk.binS) }
      })
      const names = mirrored.map(({ name }) => name)
      return work(directDesk(worlds), names)
    },
    { pools: true },
  )
}
