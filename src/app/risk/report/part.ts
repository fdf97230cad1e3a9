import { type Html, html, NOTHING } from '../../page/html.ts'
import type { Told } from './gather.ts'

/** A heading of the third rank and what stands under it. */
export const part = (title: string, ...content: readonly Html[]): Html => html`<section><h3>${title}</h3>
${content}</section>
`

export const said = (words: string): Html => html`<p>${words}</p>
`
/** What must be known to read the figures above it. */
export const note = (words: string): Html => html`<p class="soft">${words}</p>
`
export const plots = (...drawn: readonly Html[]): Html => html`<div class="plots">${drawn}</div>
`

export interface Card {
  readonly name: string
  readonly value: string
  readonly words: string
  readonly kind?: 'good' | 'bad'
}

export const cards = (
  all: readonly Card[],
): Html => html`<div class="${all.length === 5 ? 'cards five' : 'cards'}">${all.map(
  ({ name, value, words, kind = '' }) => html`
<div class="card ${kind}"><span>${name}</span><b>${value}</b><span>${words}</span></div>`,
)}
</div>
`

export const facts = (rows: readonly (readonly [string, string | Html])[]): Html => html`<dl>${rows.map(
  ([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>
`,
)}</dl>
`

export const list = (items: readonly (string | Html)[]): Html =>
  items.length === 0
    ? NOTHING
    : html`<ul>${items.map(
        (item) => html`<li>${item}</li>
`,
      )}</ul>
`

/** The part, or in its place why there is none. */
export const partOf = <T>(title: string, told: Told<T>, content: (answer: T) => readonly Html[]): Html =>
  'refused' in told
    ? part(title, said(`Not asked of this market: ${told.refused}.`))
    : part(title, ...content(told.answer))
