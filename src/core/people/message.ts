/** A part of a message with its own heading: a market in a digest, a transaction to sign. Rendered in the order of its members. */
export interface Passage {
  /** One line with its sign: `🟠 treasury below 1.05`. */
  readonly title: string
  /** `aave-v3-ethereum on ethereum`; empty for what concerns the whole program. */
  readonly place: string
  /** Aligned in one column: label and value, short enough for a phone. A label without a value may take the whole line. */
  readonly rows: readonly (readonly [label: string, value: string])[]
  /** Whole sentences below the rows. */
  readonly lines: readonly string[]
  /** In full, so that a tap copies it: an address, a hash. */
  readonly code: readonly string[]
}

/** A message before any channel has dressed it: plain text in the reader's language, nothing escaped. */
export interface Message extends Passage {
  /** Below the message's own text, a blank line before each. */
  readonly parts?: readonly Passage[] | undefined
  readonly links: readonly { readonly text: string; readonly url: string }[]
  /** Small print: that it is no advice. */
  readonly footer: string
  /** Rows of buttons. `action` as in `core/people/buttons.ts`; a link has a url instead. */
  readonly buttons: readonly (readonly Button[])[]
}

export type Button =
  | { readonly text: string; readonly action: string }
  | { readonly text: string; readonly url: string }
