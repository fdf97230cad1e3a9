import { type Address, getAddress } from 'viem'
import type { Book } from '../../core/book.ts'
import type { JournalEntry } from '../../core/journal.ts'
import type { Alert } from '../../core/people/alert.ts'
import type { AccountId, Header } from '../../core/types.ts'
import { toAccountRow } from '../present.ts'

/** An alert as the journal keeps it. */
export function alertEntry(
  book: Book,
  chainId: number,
  head: Header,
  alert: Alert,
  labels: ReadonlyMap<Address, string>,
): Omit<JournalEntry, 'seq'> {
  const { type, voice, metric, threshold, before, account } = alert
  const said = { rule: voice.rule.name, type, metric, threshold, before }
  const data =
    account === undefined
      ? { ...said, to: null, watch: null, ...waveOf(alert) }
      : { ...said, ...whom(book, account, alert, labels), ...standing(book, chainId, head, account), ...more(alert) }
  return { chainId, market: book.name, block: head.number.toString(), kind: 'alert', data }
}

const waveOf = ({ wave }: Alert): Record<string, unknown> =>
  wave ? { debtBase: wave.debtBase.toString(), accounts: wave.accounts } : {}

function whom(
  { ledger }: Book,
  account: AccountId,
  { voice: { watch } }: Alert,
  labels: ReadonlyMap<Address, string>,
): Record<string, unknown> {
  const address = ledger.address(account)
  return {
    address: getAddress(address),
    to: watch?.chat ?? null,
    watch: watch?.id ?? null,
    name: watch?.name || (labels.get(address) ?? ''),
  }
}

const UNKNOWN = {
  healthFactor: null,
  debtBase: null,
  collateralBase: null,
  distancePct: null,
  liquidationPrice: null,
  timeToLiquidationS: null,
}

/** At the head's own timestamp. */
function standing(book: Book, chainId: number, head: Header, account: AccountId): Record<string, unknown> {
  const view = book.account(account, head.timestamp)
  if (view === undefined) return UNKNOWN
  const row = toAccountRow(book.name, chainId, view)
  const { healthFactor, debtBase, collateralBase, distancePct, liquidationPrice, timeToLiquidationS } = row
  return { healthFactor, debtBase, collateralBase, distancePct, liquidationPrice, timeToLiquidationS }
}

function more({ liquidation, trouble }: Alert): Record<string, unknown> {
  if (trouble) return { ...trouble }
  if (liquidation === undefined) return {}
  const { liquidator, transactionHash, debtCovered, collateralSeized, debtAsset, collateralAsset } = liquidation
  return {
    liquidator: getAddress(liquidator),
    hash: transactionHash,
    debtCovered: debtCovered.toString(),
    collateralSeized: collateralSeized.toString(),
    debtAsset: getAddress(debtAsset),
    collateralAsset: getAddress(collateralAsset),
  }
}
