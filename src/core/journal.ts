export type JournalKind =
  | 'rollback'
  | 'alert'
  | 'refusal'
  | 'plan'
  | 'sent'
  | 'replaced'
  | 'confirmed'
  | 'lost'
  | 'reorged'
  | 'audit'
  | 'breaker'
  /** What somebody said, and what it changed. */
  | 'control'
  /** A day in figures. */
  | 'summary'
  /** A warning about a market as a whole turned on or off: `RiskData` of `core/risk/warnings.ts`. */
  | 'risk'
  /** A market in the morning: `BriefData` of `core/risk/brief.ts`. */
  | 'brief'

/** Something that happened. All that people ever see. */
export interface JournalEntry {
  readonly seq: number
  readonly chainId: number
  /** Empty for what concerns the whole chain. */
  readonly market: string
  /** Block number as a decimal string. */
  readonly block: string
  readonly kind: JournalKind
  /** JSON: integers of the chain are decimal strings. */
  readonly data: Readonly<Record<string, unknown>>
}
