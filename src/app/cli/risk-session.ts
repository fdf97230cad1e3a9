import { RpcFault, UnreachableError } from '../../core/errors.ts'
import type { RiskDesk } from '../../core/ports.ts'
import { Codes } from '../../core/risk/codes.ts'
import { directDesk } from '../risk/answer.ts'
import { keptHistory, worldsOf } from '../risk/worlds.ts'
import { talk } from './output.ts'
import { type GlobalOptions, type Mirror, readSettings, withMirrors } from './session.ts'

/** Opens a desk over the markets of the configuration (all, or the one named), does the work, and closes everything. */
export type WithDesk = <T>(
  global: GlobalOptions,
  options: { readonly market?: string | undefined },
  signal: AbortSignal,
  work: (desk: RiskDesk, markets: readonly string[]) => Promise<T>,
) => Promise<T>

/** Of everybody who owes something: whether it is a contract. A node that does not tell costs that one figure. */
async function learnCodes(codes: Codes, mirrors: readonly Mirror[]): Promise<void> {
  for (const { book, open } of mirrors) {
    if (book.head === undefined) continue
    book.screen(book.head.timestamp)
    try {
      codes.tell(await open.batch.read(codes.missing(book, Number.POSITIVE_INFINITY), { blockHash: book.head.hash }))
    } catch (error) {
      if (!(error instanceof RpcFault || error instanceof UnreachableError)) throw error
      talk(`${book.name}: which borrowers are contracts is not known: ${error.message}`)
    }
  }
}

/** The one place where commands get their desk: markets and pools at the head, and the history that the store holds. */
export const withDesk: WithDesk = (global, { market }, signal, work) => {
  const settings = readSettings(global.config)
  const { markets, risk } = settings.config
  return withMirrors(
    settings,
    market,
    signal,
    async (mirrors, store) => {
      const codes = new Codes()
      const mirrored = markets.filter(({ name }) => mirrors.some(({ book }) => book.name === name))
      const worlds = worldsOf(mirrored, (wanted) => {
        const mirror = mirrors.find(({ book }) => book.name === wanted.name)
        return mirror && { ...mirror, codes, binS: risk.binS, ...keptHistory(store, wanted, risk.binS) }
      })
      const names = mirrored.map(({ name }) => name)
      const direct = directDesk(worlds)
      const desk: RiskDesk = {
        async ask(question, about) {
          if (question === 'cohorts') await learnCodes(codes, mirrors)
          return direct.ask(question, about)
        },
      }
      return work(desk, names)
    },
    { pools: true },
  )
}
