import { getAddress } from 'viem'
import type {
  AccountRow,
  BlockRef,
  Explanation,
  HoldingAnswer,
  LiquidationPrice,
  RescueAnswer,
} from '../core/answers.ts'
import type { Book } from '../core/book.ts'
import { decimalOfWad, UINT256_MAX, WAD } from '../core/math.ts'
import type { Seizure } from '../core/plan.ts'
import { distancePct, liquidationPrices, type PriceOfLiquidation, timeToLiquidationS } from '../core/position.ts'
import type { AccountView, Holding, Rescue } from '../core/protocol.ts'
import type { AccountId, Header } from '../core/types.ts'

/** From the core's integers to the outside contract's strings. */

export const toBlockRef = (header: Header): BlockRef => ({
  number: header.number.toString(),
  hash: header.hash,
  timestamp: Number(header.timestamp),
})

export function toAccountRow(market: string, chainId: number, view: AccountView): AccountRow {
  const { driving } = liquidationPrices(view)
  return {
    market,
    chainId,
    address: getAddress(view.address),
    eMode: view.eMode,
    collateralBase: view.totalCollateralBase.toString(),
    debtBase: view.totalDebtBase.toString(),
    healthFactor: view.healthFactor === UINT256_MAX ? null : view.healthFactor.toString(),
    liquidatable: view.healthFactor < WAD,
    distancePct: driving ? distancePct(driving) : null,
    liquidationPrice: driving ? toPrice(driving) : null,
    timeToLiquidationS: timeToLiquidationS(view) ?? null,
    source: view.source,
    ...(view.block !== undefined && { asOfBlock: view.block.toString() }),
  }
}

const toPrice = ({ asset, priceUsd8 }: PriceOfLiquidation): LiquidationPrice => ({
  asset: getAddress(asset),
  price: priceUsd8.toString(),
})

const toHolding = (holding: Holding): HoldingAnswer => ({
  asset: getAddress(holding.asset),
  symbol: holding.symbol,
  decimals: holding.decimals,
  amount: holding.amount.toString(),
  valueBase: holding.valueBase.toString(),
  price: holding.priceUsd8.toString(),
  liquidationThresholdBps: Number(holding.liquidationThresholdBps),
  liquidationBonusBps: Number(holding.liquidationBonusBps),
})

const toSeizure = (seizure: Seizure): Explanation['bestLiquidation'] & object => ({
  collateralAsset: getAddress(seizure.collateralAsset),
  debtAsset: getAddress(seizure.debtAsset),
  debtToCover: seizure.debtToCover.toString(),
  firstCover: seizure.firstCover.toString(),
  debtCovered: seizure.debtCovered.toString(),
  collateralSeized: seizure.collateralSeized.toString(),
  protocolFee: seizure.protocolFee.toString(),
  grossBase: seizure.grossBase.toString(),
})

const toRescue = (rescue: Rescue): RescueAnswer => ({
  kind: rescue.kind,
  asset: getAddress(rescue.asset),
  symbol: rescue.symbol,
  decimals: rescue.decimals,
  amount: rescue.amount.toString(),
  valueBase: rescue.valueBase.toString(),
  healthFactor: rescue.healthFactor.toString(),
})

/** Everything about one account at the book's head; undefined when it cannot be known. */
export function explain(book: Book, chainId: number, account: AccountId, targetWad: bigint): Explanation | undefined {
  const head = book.head
  const view = head && book.account(account, head.timestamp)
  if (head === undefined || view === undefined) return undefined
  const candidate = book.protocol.inspect(book.ledger, account, head.timestamp)
  const best = candidate?.seizures[0]
  return {
    ...toAccountRow(book.name, chainId, view),
    block: toBlockRef(head),
    totalCollateralBase: view.totalCollateralBase.toString(),
    totalDebtBase: view.totalDebtBase.toString(),
    availableBorrowsBase: view.availableBorrowsBase.toString(),
    currentLiquidationThreshold: view.currentLiquidationThreshold.toString(),
    ltv: view.ltv.toString(),
    collaterals: view.collaterals.map(toHolding),
    debts: view.debts.map(toHolding),
    liquidationPrices: liquidationPrices(view).all.map(toPrice),
    bestLiquidation: best ? toSeizure(best) : null,
    refusal: candidate?.forbidden ?? null,
    rescue: {
      targetHealth: decimalOfWad(targetWad),
      options: book.protocol.rescue(book.ledger, account, head.timestamp, targetWad).map(toRescue),
    },
  }
}
