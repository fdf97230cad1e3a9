import type { ConditionAnswer, PhaseAnswer, PhaseBrief } from '../../../core/risk/answers.ts'
import { PHASE_THRESHOLDS as T } from '../../../core/risk/phase-thresholds.ts'
import { duration } from '../format.ts'
import { facts, type Look, tableOf } from './look.ts'
import { parts, type Screen, sheetOf } from './screen.ts'
import { lackingTable } from './sources.ts'
import { answer, heading, hourText, NONE, short, symbolOf } from './words.ts'

const MOST_CHANGES = 8

/** `plimsoll risk phase`: where in a wave the market is, why, and what would change our mind. */
export const phaseScreen: Screen<'phase'> = {
  text: (told, look) =>
    parts(
      `${heading(told, look)}\n${answer(phaseSentence(told, told.block.timestamp, told.hours), look)}`,
      conditions('why', told.why, look),
      ...told.wouldChange.map(({ to, missing }) => conditions(`${to} once`, missing, look)),
      changes(told, look),
      reset(told, look),
      `${symbolOf(told.group)}, ${told.hours} ${told.binS === 3600 ? 'hours' : `bins of ${told.binS} s`} on record`,
      lackingTable(told, look),
    ),
  sheet: ({ changes: all, group, binS }) =>
    sheetOf(all, [
      ['group', () => group.symbol],
      ['hour', ({ hour }) => hour],
      ['timestamp', ({ hour }) => hour * binS],
      ['utc', ({ hour }) => new Date(hour * binS * 1000).toISOString().replace('.000', '')],
      ['phase', ({ phase }) => phase],
    ]),
}

const FILLS =
  'It comes by itself while plimsoll run goes on, and at once from a recording: plimsoll risk backfill FILE.'

/** `hours`: on record; undefined where the answer does not say. */
export function phaseSentence(brief: PhaseBrief, timestamp: number, hours?: number): string {
  const { phase, sinceHour, binS, why, lacks } = brief
  const least = T.medianMinHours.value
  // Calm is where the detector begins: of a history too short to know the usual it says nothing.
  const unjudged = phase === null || (phase === 'calm' && hours !== undefined && hours < least)
  if (unjudged && hours === 0) return `No history yet. ${FILLS}`
  if (unjudged)
    return hours !== undefined && hours < least
      ? `No phase yet: ${hours} of ${least} hours are on record, and nothing is called unusual before. ${FILLS}`
      : `No phase yet: there is no history to judge by. ${FILLS}`
  if (phase === 'calm' && lacks.includes('hours')) return 'Phase: calm, as far as so short a history tells.'
  const since = sinceHour === null ? '' : ` for ${duration(Math.max(0, timestamp - sinceHour * binS))}`
  const because = why.length === 0 ? '' : `, because: ${why.map(conditionText).join('; ')}`
  return `Phase: ${phase}${since}${because}.`
}

/** The comparison's direction is in its name. */
const conditionText = ({ name, value, threshold }: ConditionAnswer): string =>
  `${name} ${short(value)} (threshold ${short(threshold)})`

const HELD = (held: boolean | null): string => (held === null ? 'not known' : held ? 'yes' : 'no')

const conditions = (head: string, list: readonly ConditionAnswer[], look: Look): string =>
  list.length === 0
    ? ''
    : tableOf(
        list,
        [
          { head, cell: ({ name }) => name, left: true },
          { head: 'value', cell: ({ value }) => short(value) },
          { head: 'threshold', cell: ({ threshold }) => short(threshold) },
          { head: 'holds', cell: ({ held }) => HELD(held), left: true },
        ],
        look,
      )

function changes({ changes: all, binS }: PhaseAnswer, look: Look): string {
  if (all.length === 0) return ''
  const rows = all.slice(-MOST_CHANGES).map(({ hour, phase }) => [hourText(hour, binS), phase] as const)
  const more = all.length > MOST_CHANGES ? ` (the last ${MOST_CHANGES} of ${all.length}; --csv has all)` : ''
  return `changes, UTC${more}\n${facts(rows, look)}`
}

function reset({ reset: judged }: PhaseAnswer, look: Look): string {
  if (judged === null) return ''
  return [
    `After the last wave: ${judged.verdict === 'unclear' ? 'not clear yet' : judged.verdict}`,
    conditions('signs of a healthy reset', judged.healthy, look),
    conditions('signs of deeper risk', judged.deeper, look),
  ]
    .filter((text) => text !== '')
    .join('\n')
}

export const phaseName = (phase: PhaseBrief['phase']): string => phase ?? NONE
