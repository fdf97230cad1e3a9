import { compareWitness, type Disagreement, WITNESS_TOLERANCE, witness } from '../../adapters/witness.ts'
import { everyAccount } from '../audit.ts'
import type { Mirror, Settings } from './session.ts'

/** What Aave's own libraries say of a sample, within a tolerance; only the pool itself is an exact judge. */
export interface SecondOpinion {
  readonly tolerance: number
  readonly compared: number
  /** In an eMode that the libraries cannot read on this revision. */
  readonly notWitnessed: number
  readonly disagreements: readonly Disagreement[]
}

/** Each account costs a request of its own. */
const SAMPLE = 20

/** Undefined where no UiPoolDataProvider is configured; a text when the chain moved on while the libraries were reading. */
export async function secondOpinion(
  { config }: Settings,
  { book, open }: Mirror,
): Promise<SecondOpinion | string | undefined> {
  const market = config.markets.find(({ name }) => name === book.name)
  const { head } = book
  const url = open.config.rpc[0]
  if (market?.uiPoolDataProvider === undefined || head === undefined || url === undefined) return undefined
  const all = everyAccount(book)
  const step = Math.max(1, Math.floor(all.length / SAMPLE))
  const chosen = all.filter((account) => account % step === 0).slice(0, SAMPLE)
  const { firstBlock, lastBlock, testimonies, notWitnessed } = await witness({
    url,
    chainId: open.config.id,
    uiPoolDataProvider: market.uiPoolDataProvider,
    addressesProvider: market.addressesProvider,
    accounts: chosen.map((account) => book.ledger.address(account)),
    timestamp: head.timestamp,
  })
  if (firstBlock !== head.number || lastBlock !== head.number)
    return `the chain moved from block ${head.number} to ${lastBlock} while they were reading`
  const views = chosen.flatMap((account) => book.account(account, head.timestamp) ?? [])
  const { compared, disagreements } = compareWitness(views, testimonies)
  return { tolerance: WITNESS_TOLERANCE, compared, notWitnessed: notWitnessed.length, disagreements }
}
