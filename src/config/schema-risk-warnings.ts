import * as z from 'zod'
import { bps, usd8 } from './fields.ts'

const ratio = z.number().min(0)

/** When people are warned of a market as a whole; defaults are those of `core/risk/warning-thresholds.ts`, which says why. */
export const warnings = z.strictObject({
  cliffWithinPct: bps
    .prefault('10')
    .describe('A large position that stands alone in its step of 1 % is told of when it is nearer than this fall.'),
  cliffMinUsd: usd8.prefault('1000000').describe('And when it has at least this collateral, in US dollars.'),
  absorptionWithinPct: bps.prefault('10').describe('Falls up to here are looked at for what pools can take.'),
  absorptionAbove: ratio.default(1).describe('What would be sold over what pools take: more than this is told of.'),
  absorptionMinUsd: usd8.prefault('1000000').describe('And only where at least this would be sold, in US dollars.'),
  headroomBelowPct: bps
    .prefault('0.1')
    .describe('A capped price feed with less room than this below its cap is told of, in per cent.'),
  utilisationFromPct: bps.prefault('99').describe('An asset of which this share is lent out is told of.'),
  utilisationMinUsd: usd8.prefault('100000').describe('And only where at least this is borrowed, in US dollars.'),
  coverageBelow: ratio
    .default(1)
    .describe('Insurance over what a fall of 20 % leaves unpaid: less than this is told of.'),
})
