import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { UsageError } from '../../core/errors.ts'
import { gatherRisk } from '../risk/report/gather.ts'
import { renderRiskReport } from '../risk/report/render.ts'
import { printJson, talk } from './output.ts'
import type { WithDesk } from './risk-session.ts'
import type { GlobalOptions } from './session.ts'

export interface RiskReportCommand {
  /** Where the page is written. */
  readonly html: string
  /** One market only. */
  readonly market?: string | undefined
}

/** `plimsoll risk report --html FILE`: tells where the page is; with `--json` the answers behind it go to stdout. */
export async function riskReport(
  global: GlobalOptions,
  { html, market }: RiskReportCommand,
  { signal, withDesk }: { readonly signal: AbortSignal; readonly withDesk: WithDesk },
): Promise<void> {
  const report = await withDesk(global, { market }, signal, (desk, markets) => gatherRisk(desk, markets, signal))
  const path = resolve(html)
  writeWhole(path, renderRiskReport(report))
  talk(`wrote the report to ${path}`)
  if (global.json) printJson(report)
}

/** Whole or not at all: whoever reads it meanwhile sees the one before. */
function writeWhole(path: string, text: string): void {
  const fresh = `${path}.new`
  try {
    writeFileSync(fresh, text, { flush: true })
    renameSync(fresh, path)
  } catch (cause) {
    rmSync(fresh, { force: true })
    throw new UsageError(
      {
        code: 'REPORT_CANNOT_WRITE',
        what: `cannot write ${path}`,
        why: cause instanceof Error ? cause.message : String(cause),
        fix: 'Name a file in a folder that is there and that this user may write to: --html FILE.',
      },
      { cause },
    )
  }
}
