/** A cell; null leaves it empty. */
export type Cell = string | number | null

const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/
/** What a spreadsheet takes for the start of a formula, wide forms included. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/

/** A table as text (RFC 4180): a heading, then one line a row. */
export const csv = (head: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [head, ...rows].map((cells) => `${cells.map(quoted).join(',')}\r\n`).join('')

function quoted(value: Cell): string {
  const text = value === null ? '' : String(value)
  const harmless = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
