import type { LiquidationExport } from '../../adapters/parquet.ts'
import type { Book } from '../../core/book.ts'
import { mulDivFloor } from '../../core/math.ts'
import type { ReserveView } from '../../core/protocol.ts'
import type { Facts } from '../../core/types.ts'

const NOBODY: Pick<ReserveView, 'symbol' | 'priceUsd8' | 'decimals'> = { symbol: '?', priceUsd8: 0n, decimals: 0 }

export interface LiquidatedRow extends LiquidationExport {
  readonly collateralDecimals: number
  readonly debtDecimals: number
}

/** The liquidations of a page that the book has taken in, valued at its prices. */
export function liquidatedRows(book: Book, { block, ...facts }: Facts): LiquidatedRow[] {
  const { reserves } = book.protocol.market(book.ledger)
  return book.protocol.liquidations({ block, ...facts }, book.ledger).map((found) => {
    const collateral = reserves.find(({ asset }) => asset === found.collateralAsset) ?? NOBODY
    const debt = reserves.find(({ asset }) => asset === found.debtAsset) ?? NOBODY
    return {
      market: book.name,
      block: block.number,
      timestamp: block.timestamp,
      tx: found.transactionHash,
      logIndex: found.logIndex,
      borrower: found.borrower,
      liquidator: found.liquidator,
      collateralAsset: found.collateralAsset,
      collateralSymbol: collateral.symbol,
      collateralDecimals: collateral.decimals,
      debtAsset: found.debtAsset,
      debtSymbol: debt.symbol,
      debtDecimals: debt.decimals,
      debtCovered: found.debtCovered,
      collateralSeized: found.collateralSeized,
      debtUsd8: mulDivFloor(found.debtCovered, debt.priceUsd8, 10n ** BigInt(debt.decimals)),
      collateralUsd8: mulDivFloor(found.collateralSeized, collateral.priceUsd8, 10n ** BigInt(collateral.decimals)),
    }
  })
}
