import { type Address, getAddress } from 'viem'
import { chanceOfBeingFirst, expectedEarnings } from '../../core/race.ts'
import { attemptOf, type RaceView } from './race-view.ts'
import type { HappenedEntry, MissedEntry, OurEntry, RefusedEntry } from './report-schema.ts'
import type { ExecutedRow, HappenedRow, OurRow, RefusedRow } from './run.ts'
import { printable, usdText } from './text.ts'

const LONGEST_SYMBOL = 24

interface Place {
  readonly market: string
  readonly block: bigint
  readonly timestamp: bigint
  readonly user: Address
}

const placeOf = ({ market, block, timestamp, user }: Place) => ({
  market: printable(market),
  block: block.toString(),
  timestamp: Number(timestamp),
  user: getAddress(user),
})

const pairOf = (row: HappenedRow | OurRow) => ({
  collateralAsset: getAddress(row.collateralAsset),
  collateralSymbol: printable(row.collateralSymbol, LONGEST_SYMBOL),
  collateralDecimals: row.collateralDecimals,
  debtAsset: getAddress(row.debtAsset),
  debtSymbol: printable(row.debtSymbol, LONGEST_SYMBOL),
  debtDecimals: row.debtDecimals,
})

export function happenedEntry(row: HappenedRow): HappenedEntry {
  if ((row.leadBlocks === null) === (row.missed === null))
    throw new RangeError(`liquidation ${row.tx}, log ${row.logIndex}: either flagged or missed with a reason`)
  return {
    ...placeOf(row),
    tx: row.tx,
    logIndex: row.logIndex,
    liquidator: getAddress(row.liquidator),
    ...pairOf(row),
    debtCovered: row.debtCovered.toString(),
    collateralSeized: row.collateralSeized.toString(),
    debtUsd: usdText(row.debtUsd8),
    collateralUsd: usdText(row.collateralUsd8),
    leadBlocks: row.leadBlocks,
    missed: row.missed,
    detail: printable(row.detail),
  }
}

export function missedEntries(happened: readonly HappenedEntry[]): MissedEntry[] {
  return happened.flatMap(({ tx, logIndex, block, timestamp, market, user, missed, detail, debtUsd }) =>
    missed === null ? [] : [{ market, block, timestamp, user, tx, logIndex, reason: missed, detail, debtUsd }],
  )
}

/** Towards minus infinity. */
const divFloor = (a: bigint, b: bigint): bigint => (a % b !== 0n && a < 0n !== b < 0n ? a / b - 1n : a / b)

export function ourEntry(row: OurRow, { model }: RaceView, blockTimeS: number): OurEntry {
  const { ppm } = chanceOfBeingFirst(model, row.latenessBlocks, blockTimeS)
  return {
    ...placeOf(row),
    healthFactor: row.healthFactor.toString(),
    ...pairOf(row),
    debtToCover: row.debtToCover.toString(),
    debtCovered: row.debtCovered.toString(),
    collateralSeized: row.collateralSeized.toString(),
    path: row.path,
    minProfit: row.minProfit.toString(),
    debtUsd: usdText(row.debtUsd8),
    grossUsd: usdText(row.grossUsd8),
    costUsd: usdText(row.costUsd8),
    netUsd: usdText(row.netUsd8),
    quote: row.quote,
    latenessBlocks: row.latenessBlocks,
    chance: Number(ppm) / 1e6,
    expectedUsd: usdText(expectedEarnings([attemptOf(row)], model, blockTimeS).expectedUsd8),
    rival:
      row.rival === null
        ? null
        : { block: row.rival.block.toString(), tx: row.rival.tx, liquidator: getAddress(row.rival.liquidator) },
    executed: row.executed === null ? null : executedEntry(row.executed, row),
  }
}

function executedEntry(executed: ExecutedRow, { debtUsd8, debtCovered }: OurRow): OurEntry['executed'] {
  const { status, revert, actual } = executed
  return {
    status,
    revert: revert === null ? null : printable(revert),
    plannedProfit: executed.plannedProfit.toString(),
    predictedProfit: executed.predictedProfit.toString(),
    profit: executed.profit.toString(),
    // The price that the plan itself was made with: value over amount of the debt it covers.
    profitUsd: usdText(debtCovered === 0n ? 0n : divFloor(executed.profit * debtUsd8, debtCovered)),
    predictedSeized: executed.predictedSeized.toString(),
    seized: executed.seized.toString(),
    gas: executed.gas.toString(),
    gasUsed: executed.gasUsed.toString(),
    actual:
      actual === null
        ? null
        : {
            liquidator: getAddress(actual.liquidator),
            debtCovered: actual.debtCovered.toString(),
            collateralSeized: actual.collateralSeized.toString(),
            gasUsed: actual.gasUsed?.toString() ?? null,
          },
  }
}

export const refusedEntry = (row: RefusedRow): RefusedEntry => ({
  ...placeOf(row),
  reason: row.reason,
  detail: printable(row.detail),
})
