/** Warnings about a market as a whole: what turned on, what is over, what cannot be seen any more. */
import type { JournalEntry } from '../../journal.ts'
import type { Phase } from '../../risk/phase-ways.ts'
import { WARNING_TYPES, type WarningType } from '../../risk/warning-thresholds.ts'
import type { Passage } from '../message.ts'
import { conditionsText, sourcesText } from './conditions.ts'
import { marketWordsOf } from './market.ts'
import type { MarketWords } from './market-en.ts'
import { blockRow, codeOf, type Data, placeOf, type Reader, type Row, sayingsOf } from './reader.ts'
import { bigUsd, numberOf, pctText, shareText, smallShare, timesText } from './statistics.ts'
import { duration, personName } from './values.ts'

const PHASE_SIGNS: Readonly<Record<Phase, string>> = {
  calm: '🟢',
  'build-up': '🟡',
  cascade: '🔴',
  exhaustion: '🟠',
  recovery: '🔵',
}
export const isPhase = (phase: unknown): phase is Phase =>
  typeof phase === 'string' && Object.hasOwn(PHASE_SIGNS, phase)
export const phaseSign = (phase: unknown): string => (isPhase(phase) ? PHASE_SIGNS[phase] : '⚪')
export const phaseText = (phase: unknown, say: MarketWords): string =>
  isPhase(phase) ? say.phases[phase] : say.unknown

const SIGNS: Readonly<Record<Exclude<WarningType, 'phase'>, string>> = {
  cliff: '🧗',
  absorption: '🕳',
  'capped-feed': '🧢',
  utilisation: '🚱',
  coverage: '☂️',
}
const typeOf = ({ type }: Data): WarningType | undefined => WARNING_TYPES.find((one) => one === type)

/** Symbols are the tokens' own words for themselves. */
export const groupOf = ({ group }: Data): string => personName(group, 11)
const wordsOf = ({ language }: Reader): MarketWords => marketWordsOf(language)

export function riskPassage(entry: JournalEntry, reader: Reader): Passage {
  const { data } = entry
  const isOn = data['state'] === 'on' || data['type'] === 'phase'
  return {
    title: riskTitle(data, reader),
    place: placeOf(entry, reader),
    rows: [
      ...(data['state'] === 'unknown' ? [] : isOn ? rowsOn(entry, reader) : rowsOff(data, reader)),
      ...blockRow(entry, reader),
    ],
    lines:
      data['state'] === 'unknown' ? linesUnknown(data, reader) : isOn ? linesOn(data, reader) : linesOff(data, reader),
    code: codeOf(data['address']),
  }
}

export function riskTitle(data: Data, reader: Reader): string {
  const { titles, measures, phases } = wordsOf(reader)
  const type = typeOf(data)
  const group = groupOf(data)
  if (type === undefined) return `⚠️ ${group}`
  if (data['state'] === 'unknown') return `🚧 ${titles.unknown(group, measures[type])}`
  if (type === 'phase') {
    const { phase } = data
    return `${phaseSign(phase)} ${titles.phase(group, isPhase(phase) ? phases[phase] : wordsOf(reader).unknown)}`
  }
  return data['state'] === 'off'
    ? `✅ ${titleOff(type, data, reader)}`
    : `${SIGNS[type]} ${titleOn(type, data, reader)}`
}

function titleOn(type: Exclude<WarningType, 'phase'>, data: Data, reader: Reader): string {
  const { language } = reader
  const { titles } = wordsOf(reader)
  const group = groupOf(data)
  switch (type) {
    case 'cliff':
      return titles.cliff(
        group,
        pctText(data['fromPct'], language),
        pctText(data['toPct'], language),
        bigUsd(data['collateralUsd'], language),
      )
    case 'absorption':
      return titles.absorption(group, pctText(data['fallPct'], language))
    case 'capped-feed':
      return titles.feed(group)
    case 'utilisation':
      return titles.utilisation(group, shareText(data['value'], language))
    case 'coverage':
      return titles.coverage
  }
}

function titleOff(type: Exclude<WarningType, 'phase'>, data: Data, reader: Reader): string {
  const { titles } = wordsOf(reader)
  const group = groupOf(data)
  switch (type) {
    case 'cliff':
      return titles.cliffOff(group)
    case 'absorption':
      return titles.absorptionOff(group)
    case 'capped-feed':
      return titles.feedOff(group)
    case 'utilisation':
      return titles.utilisationOff(group, shareText(data['value'], reader.language))
    case 'coverage':
      return titles.coverageOff
  }
}

function rowsOn({ data }: JournalEntry, reader: Reader): readonly Row[] {
  const { language } = reader
  const say = wordsOf(reader)
  const { labels } = say
  const usd = (name: string): string => bigUsd(data[name], language)
  switch (typeOf(data)) {
    case 'phase':
      return isPhase(data['previous']) ? [[labels.before, say.phases[data['previous']]]] : []
    case 'cliff':
      return [
        [labels.share, shareText(data['value'], language)],
        [labels.collateral, usd('collateralUsd')],
      ]
    case 'absorption':
      return [
        [labels.toSell, usd('liquidatableUsd')],
        [labels.poolsTake, data['depthUsd'] === 0 ? say.nothing : usd('depthUsd')],
        ...(numberOf(data['value']) === undefined ? [] : [[labels.ratio, timesText(data['value'], language)] as const]),
      ]
    case 'capped-feed':
      return [[labels.headroom, smallShare(data['value'], language)]]
    case 'utilisation':
      return [
        [labels.lent, shareText(data['value'], language)],
        [labels.left, usd('idleUsd')],
      ]
    case 'coverage':
      return [[labels.insured, shareText(data['value'], language)]]
    default:
      return []
  }
}

/** What it was, and where it stands now. */
function rowsOff(data: Data, reader: Reader): readonly Row[] {
  const { language } = reader
  const { labels } = wordsOf(reader)
  switch (typeOf(data)) {
    case 'absorption':
      return numberOf(data['value']) === undefined ? [] : [[labels.ratio, timesText(data['value'], language)]]
    case 'capped-feed':
      return [[labels.headroom, smallShare(data['value'], language)]]
    case 'utilisation':
      return [[labels.lent, shareText(data['value'], language)]]
    case 'coverage':
      return [[labels.insured, shareText(data['value'], language)]]
    default:
      return []
  }
}

function linesOn(data: Data, reader: Reader): readonly string[] {
  const { language } = reader
  const { lines, meanings } = wordsOf(reader)
  switch (typeOf(data)) {
    case 'phase': {
      const { phase } = data
      const why = conditionsText(data['why'], language)
      return [...(isPhase(phase) ? [meanings[phase]] : []), ...(why === '' ? [] : [lines.why(why)])]
    }
    case 'cliff':
      return [lines.cliff(shareText(data['value'], language), groupOf(data))]
    case 'absorption':
      return [lines.absorption]
    case 'capped-feed':
      return [lines.feed]
    case 'utilisation':
      return [lines.utilisation]
    case 'coverage':
      return [lines.coverage(shareText(data['value'], language))]
    default:
      return []
  }
}

const linesOff = (data: Data, reader: Reader): readonly string[] =>
  data['type'] === 'cliff' ? [wordsOf(reader).lines.cliffOff] : []

function linesUnknown(data: Data, reader: Reader): readonly string[] {
  const { lines } = wordsOf(reader)
  const sources = sourcesText(data['lacks'], reader.language)
  return [lines.unknown, ...(sources === '' ? [] : [lines.missing(sources)])]
}

/** How long a phase has lasted at a moment, Unix seconds; undefined where it is not known. */
export function lastedText(
  { sinceHour, binS }: { readonly sinceHour?: unknown; readonly binS?: unknown },
  atS: unknown,
  reader: Reader,
): string | undefined {
  const [since, bin, at] = [numberOf(sinceHour), numberOf(binS), numberOf(atS)]
  if (since === undefined || bin === undefined || at === undefined || since * bin > at) return undefined
  return duration(at - since * bin, sayingsOf(reader).values)
}
