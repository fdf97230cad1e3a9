import { type Html, html, NOTHING } from './html.ts'

/** More rows than these no page is read for; the JSON and the CSV have them all. */
const MOST_ROWS = 250

export interface Column<T> {
  readonly head: string
  readonly cell: (row: T) => string | Html
  readonly kind?: 'num' | 'words'
}

export function grid<T>(columns: readonly Column<T>[], rows: readonly T[]): Html {
  const heads = columns.map(({ head, kind = '' }) => html`<th scope="col" class="${kind}">${head}</th>`)
  const line = (row: T): Html =>
    html`<tr>${columns.map(({ cell, kind = '' }) => html`<td class="${kind}">${cell(row)}</td>`)}</tr>
`
  const left = rows.length - MOST_ROWS
  const rest = left > 0 ? html`<p class="soft">… and ${left} more: the JSON has them all.</p>` : NOTHING
  return html`<div class="wide"><table><thead><tr>${heads}</tr></thead><tbody>
${rows.slice(0, MOST_ROWS).map(line)}</tbody></table></div>${rest}`
}

export const section = (
  title: string,
  content: Html,
  after: Html = NOTHING,
): Html => html`<section><h2>${title}</h2>${content}${after}</section>
`
