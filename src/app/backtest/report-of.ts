import { existsSync } from 'node:fs'
import { RACE_ARBITRUM_2023 } from '../../core/race-table.ts'
import { readSettings } from '../cli/session.ts'
import { type BacktestOptions, runBacktest } from './engine.ts'
import type { RaceView } from './race-view.ts'
import { buildReport } from './report.ts'
import type { BacktestReport } from './report-schema.ts'

/** `docs/race.md`. */
const RACE: RaceView = { name: 'Aave V3 on Arbitrum, January to August 2023', model: RACE_ARBITRUM_2023 }

export interface ReportOptions extends Omit<BacktestOptions, 'config'> {
  /** Need not be there: then everything is at its default. */
  readonly configFile: string
}

/** A backtest and its report. */
export async function backtestReport({ configFile, ...options }: ReportOptions): Promise<BacktestReport> {
  const config = existsSync(configFile) ? readSettings(configFile).config : undefined
  return buildReport(await runBacktest({ ...options, config }), RACE)
}
