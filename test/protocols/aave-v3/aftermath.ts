import { type Address, type Log, parseAbi, parseEventLogs, zeroAddress } from 'viem'
import type { Ledger } from '../../../src/core/ledger.ts'
import type { Liquidation } from '../../../src/core/protocol.ts'
import type { AccountId } from '../../../src/core/types.ts'
import {
  COLLATERAL,
  configurationCell,
  DEBT,
  flags,
  reserveCell,
  reserveIds,
  scaledCell,
} from '../../../src/protocols/aave-v3/cells.ts'

/** Rates come from a strategy that is not mirrored, and nobody foretells them. */
const TOLD = [
  'configuration',
  'price',
  'liquidityIndex',
  'variableBorrowIndex',
  'lastUpdateTimestamp',
  'virtualUnderlyingBalance',
] as const

const isOwed = (ledger: Ledger, id: number): boolean =>
  [...Array(ledger.size).keys()].some((account) => ledger.get(scaledCell(account, id, DEBT)) > 0n)

/** Everything of the market and of one account that a liquidation may change. */
export function cellsAfter(ledger: Ledger, account: AccountId): Record<string, bigint> {
  const found: Record<string, bigint> = {}
  // The contract leaves the index of no debt alone.
  for (const id of reserveIds(ledger))
    for (const field of TOLD)
      if (field !== 'variableBorrowIndex' || isOwed(ledger, id))
        found[`reserve ${id} ${field}`] = ledger.get(reserveCell(id, field))
  const configuration = ledger.get(configurationCell(account))
  found.configuration = configuration
  for (const { id, borrowing, collateral } of flags(configuration)) {
    if (borrowing) found[`debt ${id}`] = ledger.get(scaledCell(account, id, DEBT))
    if (collateral) found[`collateral ${id}`] = ledger.get(scaledCell(account, id, COLLATERAL))
  }
  return found
}

const abi = parseAbi([
  'event LiquidationCall(address indexed collateralAsset, address indexed debtAsset, address indexed user, uint256 debtToCover, uint256 liquidatedCollateralAmount, address liquidator, bool receiveAToken)',
  'event DeficitCreated(address indexed user, address indexed debtAsset, uint256 amountCreated)',
  'event Transfer(address indexed from, address indexed to, uint256 value)',
])
const lower = (address: Address): Address => `0x${address.slice(2).toLowerCase()}`

/** What the pool's own events say of the calls on one borrower; the fee is what goes from the borrower to the treasury. */
export function eventsOf(logs: Log[]): Liquidation {
  const calls = parseEventLogs({ abi, logs, eventName: 'LiquidationCall' }).map(({ args }) => args)
  const transfers = parseEventLogs({ abi, logs, eventName: 'Transfer' }).map(({ args }) => args)
  const created = parseEventLogs({ abi, logs, eventName: 'DeficitCreated' }).map(({ args }) => args)
  const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n)
  return {
    collateralSeized: sum(calls.map((call) => call.liquidatedCollateralAmount)),
    debtCovered: sum(calls.map((call) => call.debtToCover)),
    protocolFee: sum(
      transfers.filter(({ from, to }) => from === calls[0]?.user && to !== zeroAddress).map(({ value }) => value),
    ),
    deficits: created.map(({ debtAsset, amountCreated }) => ({ asset: lower(debtAsset), amount: amountCreated })),
  }
}
