import { type WarningSettings, warningSettings } from '../core/risk/warning-thresholds.ts'
import type { RiskConfig } from './config.ts'
import type { Checked } from './schema.ts'

type Given = Checked['risk']

export const resolveRisk = ({ briefAt, warnings, ...risk }: Given): RiskConfig => ({
  ...risk,
  briefAtMinute: briefAt,
  warnings: resolveWarnings(warnings),
})

/** Measures are floats: what is configured exactly is only compared with them. */
const resolveWarnings = (given: Given['warnings']): WarningSettings =>
  warningSettings({
    cliffWithinPct: given.cliffWithinPct / BPS_A_PCT,
    cliffUsd: dollars(given.cliffMinUsd),
    absorptionWithinPct: given.absorptionWithinPct / BPS_A_PCT,
    absorptionRatio: given.absorptionAbove,
    absorptionUsd: dollars(given.absorptionMinUsd),
    headroom: given.headroomBelowPct / BPS,
    utilisation: given.utilisationFromPct / BPS,
    utilisationUsd: dollars(given.utilisationMinUsd),
    coverage: given.coverageBelow,
  })

const BPS_A_PCT = 100
const BPS = 10_000
const dollars = (usd8: bigint): number => Number(usd8) / 1e8
