import { printable } from '../../backtest/text.ts'
import { documentOf } from '../../page/document.ts'
import { type Html, html, NOTHING } from '../../page/html.ts'
import { absorptionPart } from './absorption.ts'
import { cascadePart } from './cascade.ts'
import { chainsPart, comparePart } from './compare.ts'
import { concentrationPart } from './concentration.ts'
import { coveragePart, marketPart } from './coverage.ts'
import type { MarketRisk, RiskReport } from './gather.ts'
import { glossary } from './glossary.ts'
import { jointPart } from './joint.ts'
import { ladderPart } from './ladder.ts'
import { cohortsPart, leveragePart } from './leverage.ts'
import { part, said } from './part.ts'
import { phasePart } from './phase.ts'
import { oraclesPart, reservesPart } from './reserves.ts'
import { opening, waveOf } from './wave.ts'
import { blockWords } from './words.ts'

/** The wave, and how every market stands, as one file that needs nothing else. */
export function renderRiskReport({ markets, chains }: RiskReport): string {
  const ordered = [...markets].sort((a, b) => liquidated(b) - liquidated(a))
  const names = ordered.map(({ overview }) => printable(overview.market, 60))
  return documentOf({
    title: names.length === 1 ? `Risk of ${names[0]}` : `Risk of ${names.length} markets`,
    about: 'What can be liquidated, what was, and whether it can be absorbed. Each market at the block under its name.',
    content: html`${contents(names)}${ordered.map(article)}${chainsPart(chains)}${glossary(ordered, chains)}`,
    footer:
      'Made by Plimsoll from its mirror of the chain. Nothing here is a forecast, and nothing was sent to the chain.',
  })
}

/** What a wave took, to open with the market that it struck hardest; of two without one, as they were. */
const liquidated = (risk: MarketRisk): number =>
  waveOf(risk)?.phases.reduce((sum, { liquidatedUsd }) => sum + liquidatedUsd, 1) ?? 0

const contents = (names: readonly string[]): Html =>
  names.length < 2
    ? NOTHING
    : html`<p class="soft">${names.map((name, i) => html`<a href="#market-${i}">${name}</a> · `)}<a href="#chains">side by side</a> · <a href="#glossary">what the words mean</a></p>
`

function article(risk: MarketRisk, index: number): Html {
  const { overview } = risk
  return html`<article id="market-${index}"><h2>${printable(overview.market, 60)}</h2>
<p class="soft">chain ${overview.chainId}, ${blockWords(overview.block)}</p>
${overview.quarantined === true ? said('The mirror of this market differs from its chain: figures here may be wrong.') : NOTHING}${overview.accounts === 0 ? part('Nobody has any debt', said('There is nothing to liquidate: most of what follows has no figure.')) : NOTHING}${opening(risk)}${phasePart(risk.phase)}${ladderPart(risk)}${absorptionPart(risk.absorption)}${cascadePart(risk)}${jointPart(risk.joint)}${leveragePart(overview)}${cohortsPart(risk)}${concentrationPart(overview)}${reservesPart(overview)}${oraclesPart(overview)}${coveragePart(overview)}${marketPart(overview)}${comparePart(risk.compare)}</article>
`
}
