import { type Address, isAddress } from 'viem'
import type { Explanation, HoldingAnswer, RescueAnswer } from '../../core/answers.ts'
import { RESCUE_OBSTACLES } from '../../core/rescue.ts'
import { explain as explainAccount } from '../present.ts'
import { marked } from '../queries.ts'
import { amount, amountUp, duration, health, percent, usd } from './format.ts'
import { print, printJson, table } from './output.ts'
import { bad, DISTRUSTED, TOLD } from './positions.ts'
import { type GlobalOptions, readSettings, withMirrors } from './session.ts'

/** `plimsoll explain ADDRESS`: everything about one account, in every market where it ever borrowed. */
export async function explain(
  global: GlobalOptions,
  address: string,
  options: { readonly market?: string | undefined },
  signal: AbortSignal,
): Promise<void> {
  if (!isAddress(address)) throw bad('ADDRESS', address, 'it is no address (or its checksum is wrong)')
  const settings = readSettings(global.config)
  const { rescueTargetWad } = settings.config.alerts
  const found = await withMirrors(settings, options.market, signal, async (mirrors) =>
    mirrors.flatMap(({ book, chainId, distrusted }) => {
      const account = book.find(address.toLowerCase() as Address)
      const explanation = account === undefined ? undefined : explainAccount(book, chainId, account, rescueTargetWad)
      return explanation ? [marked(explanation, distrusted)] : []
    }),
  )
  const [only] = found
  if (global.json) return printJson(found.length === 1 && only ? only : { positions: found })
  if (found.length === 0)
    print(`${address} has never borrowed in ${options.market ?? 'any of the markets'}: nothing to liquidate.`)
  for (const explanation of found) show(explanation)
}

export function show(e: Explanation): void {
  print(`${e.address} in ${e.market}, block ${e.block.number}`)
  if (e.quarantined) print(DISTRUSTED)
  print(
    `health ${health(e.healthFactor)}${e.liquidatable ? ' LIQUIDATABLE' : ''}, eMode ${e.eMode === 0 ? 'none' : e.eMode}`,
  )
  if (e.source === 'mirror') showHoldings(e)
  else print(`${TOLD} (asked at block ${e.asOfBlock ?? '?'})`)
  print(
    `total: ${usd(e.totalCollateralBase)} collateral, ${usd(e.totalDebtBase)} debt, ${usd(e.availableBorrowsBase)} left to borrow`,
  )
  for (const { asset, price } of e.liquidationPrices)
    print(`liquidated when ${symbolOf(e, asset)} falls to ${usd(price)}`)
  if (e.distancePct !== null) print(`a fall of ${percent(e.distancePct)} of its driving collateral away`)
  if (e.timeToLiquidationS !== null && !e.liquidatable)
    print(`interest alone does it in ${duration(e.timeToLiquidationS)}`)
  showLiquidation(e)
  showRescue(e)
  print('')
}

function showHoldings(e: Explanation): void {
  print(
    table(
      ['collateral', 'amount', 'value', 'price', 'threshold', 'bonus'],
      e.collaterals.map(collateralRow),
      [1, 2, 3, 4, 5],
    ),
  )
  print(
    table(
      ['debt', 'amount', 'value', 'price'],
      e.debts.map((d) => collateralRow(d).slice(0, 4)),
      [1, 2, 3],
    ),
  )
}

const collateralRow = (h: HoldingAnswer): string[] => [
  h.symbol,
  amount(BigInt(h.amount), h.decimals, 6),
  usd(h.valueBase),
  usd(h.price),
  `${h.liquidationThresholdBps / 100} %`,
  `${(h.liquidationBonusBps - 10_000) / 100} %`,
]

function showLiquidation(e: Explanation): void {
  const { bestLiquidation: best, refusal } = e
  if (refusal !== null) print(`no liquidation is possible: ${refusal}`)
  if (best === null) return
  const debt = [...e.debts].find(({ asset }) => asset === best.debtAsset)
  const collateral = [...e.collaterals].find(({ asset }) => asset === best.collateralAsset)
  const paid = `${amount(BigInt(best.debtCovered), debt?.decimals ?? 18, 6)} ${debt?.symbol ?? '?'}`
  const got = `${amount(BigInt(best.collateralSeized), collateral?.decimals ?? 18, 6)} ${collateral?.symbol ?? '?'}`
  const calls = best.firstCover === '0' ? '' : ' (two calls in one transaction)'
  print(`best liquidation${calls}: repay ${paid}, receive ${got}, ${usd(best.grossBase)} before swap and gas`)
}

const symbolOf = (e: Explanation, asset: string): string =>
  e.collaterals.find((c) => c.asset === asset)?.symbol ?? asset

function showRescue({ rescue: { options, targetHealth } }: Explanation): void {
  if (options.length === 0) return
  print(`to health ${health(targetHealth)} (wallet, caps and venues not asked):`)
  for (const option of options) print(`  ${rescueText(option)}`)
}

function rescueText({ kind, amount: sold, decimals, symbol, valueBase, repays, obstacle }: RescueAnswer): string {
  const what = `${kind} ${amountUp(BigInt(sold), decimals, 6)} ${symbol} (${usd(valueBase)})`
  const how = repays && ` and repay ${amountUp(BigInt(repays.amount), repays.decimals, 6)} ${repays.symbol}`
  const why = obstacle && `: not as it stands. ${RESCUE_OBSTACLES[obstacle]}`
  return `${what}${how ?? ''}${why ?? ''}`
}
