import type { Config } from '../../config/config.ts'
import type { Book } from '../../core/book.ts'
import type { Candidate, Plan } from '../../core/plan.ts'
import type { Batch } from '../../core/ports.ts'
import type { Facts } from '../../core/types.ts'
import type { Overrides } from '../offline/settings.ts'
import type { OurRow } from './run.ts'

export interface BacktestOptions {
  readonly file: string
  /** Limits, contracts, chain; default: everything at its default. */
  readonly config: Config | undefined
  readonly overrides: Overrides
  /** A node's answers to quotes that were not recorded. */
  readonly node?: Batch | undefined
  readonly signal: AbortSignal
  readonly onProgress?: (progress: BacktestProgress) => void
  /** For whoever wants to do more with a plan than to count it. */
  readonly onPlan?: (planned: Planned) => void
  /** Where to keep what is done, so that a killed run goes on; none: nowhere. */
  readonly resumeFile?: string | undefined
  /** The disk takes no saving: told once, then the run goes on without. Default: the run ends with that error. */
  readonly onUnsaved?: (why: string) => void
  /** Milliseconds between two savings. */
  readonly saveEveryMs?: number
}

export interface BacktestProgress {
  readonly bytes: number
  readonly totalBytes: number
  readonly pages: number
  readonly liquidations: number
}

/** A plan with all that executing it needs. */
export interface Planned {
  readonly row: OurRow
  readonly candidate: Candidate
  readonly plan: Plan
  readonly book: Book
  readonly facts: Facts
}
