/** The daily brief of a market: what changed, what falls would do, whether pools can take it, which phase and why. */
import type { JournalEntry } from '../../journal.ts'
import type { Passage } from '../message.ts'
import type { Language } from './catalogue.ts'
import { conditionsText, sourcesText } from './conditions.ts'
import { marketWordsOf } from './market.ts'
import type { MarketWords } from './market-en.ts'
import { dayOf } from './program.ts'
import { blockRow, type Data, dataIn, listIn, placeOf, type Reader, type Row, sayingsOf } from './reader.ts'
import { groupOf, isPhase, lastedText, phaseSign, phaseText } from './risk.ts'
import { bigUsd, changeText, numberOf, pctText, shareText, timesText } from './statistics.ts'
import { duration, personName } from './values.ts'

export const BRIEF_SIGN = '☀️'

/** `isPart`: of several markets in one message: figures, what pools take, and whether to believe it. */
export function briefPassage(entry: JournalEntry, reader: Reader, isPart = false): Passage {
  const say = marketWordsOf(reader.language)
  const now = dataIn(entry.data['now'])
  return {
    title: `${isPart ? phaseSign(now['phase']) : BRIEF_SIGN} ${say.titles.brief(groupOf(now), dayOf(entry.data))}`,
    place: placeOf(entry, reader),
    rows: [...figureRows(entry.data, reader), ...blockRow(entry, reader)],
    lines: [
      ...(entry.data['distrusted'] === true ? [say.lines.distrusted] : []),
      ...(isPart ? takeLines(entry.data, reader.language) : briefLines(entry.data, reader)),
    ],
    code: [],
  }
}

function figureRows(data: Data, reader: Reader): readonly Row[] {
  const { language } = reader
  const say = marketWordsOf(language)
  const [now, before] = [dataIn(data['now']), dataIn(data['before'])]
  const row = (name: string, text: (value: unknown, language: Language) => string): string => {
    const change = changeText(now[name], before[name], language, text)
    const value = text(now[name], language)
    return change === undefined ? value : say.changed(value, change)
  }
  const { labels } = say
  return [
    [labels.phase, `${phaseSign(now['phase'])} ${phaseRow(now, before, say)}`],
    ...lasted(data, now, reader),
    [labels.debt, row('debtUsd', bigUsd)],
    [labels.leverage, row('leverage', timesText)],
    [labels.fall('5'), row('ladder5Usd', bigUsd)],
    [labels.fall('10'), row('ladder10Usd', bigUsd)],
    ...lentRow(dataIn(now['utilisation']), dataIn(before['utilisation']), language),
  ]
}

function phaseRow({ phase }: Data, before: Data, say: MarketWords): string {
  const text = phaseText(phase, say)
  return isPhase(before['phase']) && before['phase'] !== phase ? say.was(text, say.phases[before['phase']]) : text
}

function lasted({ sinceHour, binS }: Data, now: Data, reader: Reader): readonly Row[] {
  const text = isPhase(now['phase']) ? lastedText({ sinceHour, binS }, now['timestamp'], reader) : undefined
  return text === undefined ? [] : [[marketWordsOf(reader.language).labels.since, text]]
}

/** The change is told of the same asset only. */
function lentRow(now: Data, before: Data, language: Language): readonly Row[] {
  const say = marketWordsOf(language)
  if (numberOf(now['value']) === undefined) return [[say.labels.lent, say.unknown]]
  const isSame = now['symbol'] === before['symbol']
  const change = isSame ? changeText(now['value'], before['value'], language, shareText) : undefined
  const value = say.of(shareText(now['value'], language), personName(now['symbol'], 11))
  return [[say.labels.lent, change === undefined ? value : say.changed(value, change)]]
}

function briefLines(data: Data, reader: Reader): readonly string[] {
  const { language } = reader
  const { lines, meanings } = marketWordsOf(language)
  const now = dataIn(data['now'])
  const { phase } = now
  const why = conditionsText(data['why'], language)
  const sources = sourcesText(data['lacks'], language)
  return [
    sinceLine(data, reader),
    lines.falls(groupOf(now)),
    ...takeLines(data, language),
    ...(isPhase(phase) ? [meanings[phase]] : []),
    ...(why === '' ? [] : [lines.why(why)]),
    ...changeLines(data['wouldChange'], language),
    ...(sources === '' ? [] : [lines.judgedWithout(sources)]),
  ]
}

function sinceLine(data: Data, reader: Reader): string {
  const { lines } = marketWordsOf(reader.language)
  const [now, before] = [numberOf(dataIn(data['now'])['timestamp']), numberOf(dataIn(data['before'])['timestamp'])]
  if (now === undefined || before === undefined) return lines.first
  return lines.since(duration(now - before, sayingsOf(reader).values))
}

/** Whether pools can take what would be sold, fall by fall. */
export function takeLines({ absorption }: Data, language: Language): readonly string[] {
  const points = listIn(absorption)
  return points.length === 0
    ? [marketWordsOf(language).lines.noAbsorption]
    : points.map((point) => takeLine(point, language))
}

function takeLine(point: Data, language: Language): string {
  const { lines } = marketWordsOf(language)
  const fall = pctText(point['fallPct'], language)
  const sold = bigUsd(point['liquidatableUsd'], language)
  const [ratio, depth] = [numberOf(point['ratio']), numberOf(point['depthUsd'])]
  if (point['liquidatableUsd'] === 0) return lines.nothingToSell(fall)
  if (depth === 0) return lines.noPools(fall, sold)
  if (ratio === undefined) return lines.unknownTake(fall, sold)
  const take = ratio > 1 ? lines.cannotTake : lines.canTake
  return take(fall, sold, bigUsd(depth, language), timesText(ratio, language))
}

/** What would lead into each other phase. */
export function changeLines(wouldChange: unknown, language: Language): readonly string[] {
  const { lines, phases } = marketWordsOf(language)
  const ways = listIn(wouldChange).flatMap(({ to, missing }) => {
    if (!isPhase(to)) return []
    const text = conditionsText(missing, language)
    return [text === '' ? lines.toNow(phases[to]) : lines.to(phases[to], text)]
  })
  return ways.length === 0 ? [] : [lines.wouldChange, ...ways]
}
