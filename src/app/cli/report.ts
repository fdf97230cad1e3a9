import { compareReports } from '../backtest/compare.ts'
import { readReport } from '../backtest/read-report.ts'
import { renderComparison } from '../backtest/render-comparison.ts'
import { print, printJson } from './output.ts'

/** `plimsoll report compare A.json B.json`: needs no configuration and no node. */
export function reportCompare(
  { json }: { readonly json: boolean },
  a: string,
  b: string,
  { force }: { readonly force: boolean },
): void {
  const comparison = compareReports(readReport(a, force), readReport(b, force), force)
  if (json) return printJson(comparison)
  print(`A: ${a}\nB: ${b}\n`)
  print(renderComparison(comparison))
}
