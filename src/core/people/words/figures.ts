import { type Data, type Reader, type Row, sayingsOf } from './reader.ts'
import { duration, percent, priceUp, shortAddress, symbolOf, usd, usdUp, type ValueWords } from './values.ts'

/** How a position stands, beside its health; `data` as in an alert's entry or an account's row. */
export function figures(data: Data, market: string, reader: Reader): readonly Row[] {
  const { labels, values } = sayingsOf(reader)
  const { debtBase, collateralBase, liquidationPrice, distancePct, timeToLiquidationS } = data
  return [
    [labels.debt, usdUp(debtBase)],
    [labels.collateral, usd(collateralBase)],
    [labels.price, liquidationPriceText(liquidationPrice, market, reader)],
    [labels.distance, distancePct === null ? values.noFall : percent(distancePct)],
    ...(timeToLiquidationS === undefined ? [] : [[labels.interest, interestText(timeToLiquidationS, values)] as const]),
  ]
}

function liquidationPriceText(value: unknown, market: string, reader: Reader): string {
  if (value === null) return sayingsOf(reader).values.none
  if (typeof value !== 'object' || !('asset' in value) || !('price' in value)) return '?'
  const token = typeof value.asset === 'string' ? reader.naming.token(market, value.asset) : undefined
  return `${priceUp(value.price)} ${token === undefined ? shortAddress(value.asset) : symbolOf(token)}`
}

function interestText(seconds: unknown, values: ValueWords): string {
  if (seconds === null) return values.never
  return seconds === 0 ? values.now : values.inTime(duration(seconds, values))
}
