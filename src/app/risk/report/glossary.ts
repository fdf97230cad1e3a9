import type { SideBySide } from '../../../core/risk/answers.ts'
import { printable } from '../../backtest/text.ts'
import { grid } from '../../page/grid.ts'
import { type Html, html } from '../../page/html.ts'
import { DEFINITIONS, type Definition } from './definitions.ts'
import type { MarketRisk } from './gather.ts'
import { list, note } from './part.ts'
import { blockWords, lackWords } from './words.ts'

/** Every measure with its definition, the blocks it speaks of, and what it lacks here. */
export const glossary = (markets: readonly MarketRisk[], chains: SideBySide): Html =>
  html`<section><h2 id="glossary">What the words mean, and what is lacking</h2>
${list(markets.map(({ overview: o }) => `${printable(o.market, 60)}: all of it at ${blockWords(o.block)}, ${o.block.hash}`))}
${grid<Definition>(
  [
    { head: 'row', cell: ({ row }) => String(row), kind: 'num' },
    { head: 'measure', cell: ({ name }) => name },
    { head: 'definition', cell: ({ words }) => words, kind: 'words' },
    { head: 'lacks here', cell: (one) => lacking(one, markets, chains), kind: 'words' },
  ],
  DEFINITIONS,
)}
${note('Dollars of ladders, depth and hours are floats, since only statistics are made of them; amounts of calls are the contracts’ own integers. Formulas, sources and limits: docs/risk.md.')}</section>
`

function lacking({ row, lacks }: Definition, markets: readonly MarketRisk[], { rotationShare }: SideBySide): string {
  const rotation = row === 12 ? rotationShare.lacks : []
  const all = [...new Set([...markets.flatMap(lacks), ...rotation])]
  return all.length === 0 ? 'nothing' : lackWords(all)
}
