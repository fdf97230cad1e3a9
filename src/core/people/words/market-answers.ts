/** What is answered to questions about a market as a whole: its state, its phase, its ladder. */
import type { BlockRef } from '../../answers.ts'
import type { LadderAnswer, LadderPoint, PhaseAnswer, RiskHead, RiskOverview } from '../../risk/answers.ts'
import { briefOf, nearestWays, tightest } from '../../risk/brief.ts'
import type { Message } from '../message.ts'
import { changeLines, takeLines } from './brief.ts'
import { conditionsText, sourcesText } from './conditions.ts'
import { marketWordsOf } from './market.ts'
import type { MarketWords } from './market-en.ts'
import { agoOf, placeOf, type Reader, type Row, sayingsOf } from './reader.ts'
import { groupOf, lastedText, phaseSign, phaseText } from './risk.ts'
import { bigUsd, pctText, shareText, timesText } from './statistics.ts'
import { count, personName, words } from './values.ts'

export function overviewText(overview: RiskOverview, reader: Reader): Message {
  const { language } = reader
  const say = marketWordsOf(language)
  const { lines } = say
  // What a brief would say of it, without a brief before.
  const { absorption, lacks } = briefOf({ day: '', overview, ladder: [], before: undefined })
  const sources = sourcesText(lacks, language)
  return dressed(overview, reader, {
    title: `🌊 ${say.titles.overview(words(overview.market, 40))}`,
    rows: overviewRows(overview, reader),
    lines: [
      ...takeLines({ absorption }, language),
      ...cliffLines(overview, reader),
      ...insuredLines(overview, reader),
      ...(sources === '' ? [] : [lines.judgedWithout(sources)]),
    ],
  })
}

function overviewRows(overview: RiskOverview, reader: Reader): readonly Row[] {
  const { language } = reader
  const say = marketWordsOf(language)
  const { labels } = say
  const { phase, coverage, block } = overview
  const tight = tightest(overview)
  const lasted = phase.phase === null ? undefined : lastedText(phase, block.timestamp, reader)
  return [
    [labels.phase, `${phaseSign(phase.phase)} ${phaseText(phase.phase, say)}`],
    ...(lasted === undefined ? [] : [[labels.since, lasted] as const]),
    [labels.debt, bigUsd(overview.debtUsd, language)],
    [labels.collateral, bigUsd(overview.collateralUsd, language)],
    [labels.leverage, timesText(overview.leverage.aggregate, language)],
    [labels.accounts, count(overview.accounts)],
    [labels.lent, tight === null ? say.unknown : say.of(shareText(tight.value, language), symbolIn(tight.symbol))],
    [labels.badDebt, bigUsd(coverage.unrealisedUsd, language)],
  ]
}

const symbolIn = (symbol: string): string => personName(symbol, 11)

/** The largest, and how many there are. */
function cliffLines({ cliffs }: RiskOverview, { language }: Reader): readonly string[] {
  const [largest] = cliffs.toSorted((a, b) => b.collateralUsd - a.collateralUsd)
  if (largest === undefined) return []
  const { fromPct, collateralUsd } = largest
  const { lines } = marketWordsOf(language)
  return [lines.cliffs(cliffs.length, pctText(fromPct, language), bigUsd(collateralUsd, language))]
}

function insuredLines({ coverage: { ratio } }: RiskOverview, { language }: Reader): readonly string[] {
  const { lines } = marketWordsOf(language)
  if (ratio.value === null) return []
  return [ratio.value >= 1 ? lines.insuredAll : lines.insured(shareText(ratio.value, language))]
}

/** A market a row, where there are several; `missing`: those that could not be asked. */
export function marketsText(
  overviews: readonly RiskOverview[],
  missing: readonly string[],
  { reader, example }: { readonly reader: Reader; readonly example: string },
): Message {
  const { language } = reader
  const say = marketWordsOf(language)
  const doubtful = overviews.filter(({ quarantined }) => quarantined === true).map(({ market }) => market)
  return {
    ...NOTHING,
    title: `🌊 ${say.titles.markets}`,
    rows: overviews.flatMap(({ market, phase, debtUsd, absorption }): readonly Row[] => {
      const ratio = absorption.find(({ fallPct }) => fallPct === 10)?.ratio.value
      return [
        [`${phaseSign(phase.phase)} ${words(market, 34)}`, ''],
        ['', say.pair(phaseText(phase.phase, say), bigUsd(debtUsd, language))],
        ['', `−10 %: ${say.labels.ratio} ${timesText(ratio, language)}`],
      ]
    }),
    lines: [
      ...(doubtful.length === 0 ? [] : [say.lines.distrustedOf(words(doubtful.join(', '), 300))]),
      say.lines.ratio,
      ...(missing.length === 0 ? [] : [say.lines.missing(words(missing.join(', '), 300))]),
      say.lines.one(example),
    ],
    footer: footerFor(reader),
  }
}

export function phaseAnswerText(answer: PhaseAnswer, reader: Reader): Message {
  const { language } = reader
  const say = marketWordsOf(language)
  const { lines, titles } = say
  const { phase, why, wouldChange, lacks, reset, block } = answer
  const lasted = phase === null ? undefined : lastedText(answer, block.timestamp, reader)
  const reasons = conditionsText(why, language)
  const sources = sourcesText(lacks, language)
  return dressed(answer, reader, {
    title: `${phaseSign(phase)} ${titles.phase(symbolIn(answer.group.symbol), phaseText(phase, say))}`,
    rows: lasted === undefined ? [] : [[say.labels.since, lasted]],
    lines: [
      ...(phase === null ? [] : [say.meanings[phase]]),
      ...(reasons === '' ? [] : [lines.why(reasons)]),
      ...changeLines(nearestWays(wouldChange), language),
      ...(reset === null ? [] : [lines.reset(verdictText(reset.verdict, say))]),
      ...(sources === '' ? [] : [lines.judgedWithout(sources)]),
    ],
  })
}

function verdictText(verdict: string, { verdicts }: MarketWords): string {
  if (verdict === 'healthy reset') return verdicts.healthy
  return verdict === 'deeper risk' ? verdicts.deeper : verdicts.unclear
}

/** The columns of a phone take so many falls. */
const MOST_POINTS = 10

export function ladderText({ now, points, group, ...head }: LadderAnswer, reader: Reader): Message {
  const { language } = reader
  const say = marketWordsOf(language)
  const symbol = groupOf({ group: group.symbol })
  const row = (label: string, { collateralUsd, accounts }: Omit<LadderPoint, 'fallPct'>): Row => [
    label,
    say.pair(bigUsd(collateralUsd, language), say.positions(count(accounts))),
  ]
  const unpaid = points.find(({ badDebtUsd }) => badDebtUsd >= LEAST_USD)
  return dressed(head, reader, {
    title: `🪜 ${say.titles.ladder(symbol)}`,
    rows: [
      ...(now.accounts > 0 ? [row(say.labels.liquidatable, now)] : []),
      ...points.slice(0, MOST_POINTS).map((point) => row(`−${pctText(point.fallPct, language)} %`, point)),
    ],
    lines: [
      say.lines.ladder(symbol),
      ...(unpaid === undefined
        ? []
        : [say.lines.badDebt(pctText(unpaid.fallPct, language), bigUsd(unpaid.badDebtUsd, language))]),
    ],
  })
}

/** Less bad debt is not worth a line. */
const LEAST_USD = 1_000

const NOTHING: Message = { title: '', place: '', rows: [], lines: [], code: [], links: [], footer: '', buttons: [] }

/** With its place, its block and the word that it is no advice. */
function dressed(
  { market, chainId, block, quarantined }: RiskHead,
  reader: Reader,
  { rows, lines, ...own }: Pick<Message, 'title' | 'rows' | 'lines'>,
): Message {
  const { distrusted } = marketWordsOf(reader.language).lines
  return {
    ...NOTHING,
    ...own,
    place: placeOf({ market, chainId }, reader),
    rows: [...rows, [sayingsOf(reader).labels.block, blockText(block, reader)]],
    lines: [...(quarantined === true ? [distrusted] : []), ...lines],
    footer: footerFor(reader),
  }
}

function blockText({ number, timestamp }: BlockRef, reader: Reader): string {
  const ago = agoOf(timestamp, reader)
  return ago === undefined ? count(number) : `${count(number)} (${ago})`
}

const footerFor = (reader: Reader): string => (reader.role === 'operator' ? '' : sayingsOf(reader).noAdvice)
