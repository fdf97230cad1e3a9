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
import { UINT256_MAX, WAD } from '../core/math.ts'
import type { Seizure } from '../core/plan.ts'
import { distancePct, liquidationPrices, type PriceOfLiquidation, timeToLiquidationS } from '../core/position.ts'
import type { AccountView, Holding, Portion, Rescue } from '../core/protocol.ts'
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

export const toRescue = (rescue: Rescue): RescueAnswer => ({
  kind: rescue.kind,
  ...toPortion(rescue),
  valueBase: rescue.valueBase.toString(),
  healthFactor: rescue.healthFactor.toString(),
  repays: rescue.repays ? toPortion(rescue.repays) : null,
  costBase: rescue.costBase.toString(),
  obstacle: rescue.obstacle ?? null,
})

const toPortion = ({ asset, symbol, decimals, amount }: Portion): RescueAnswer['repays'] & object => ({
  asset: getAddress(asset),
  symbol,
  decimals,
  amount: amount.toString(),
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
      targetHealth: targetWad.toString(),
      options: book.protocol.rescue(book.ledger, account, head.timestamp, targetWad).map(toRescue),
    },
  }
}
