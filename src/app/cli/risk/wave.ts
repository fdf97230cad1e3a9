import type { WaveAnswer } from '../../../core/risk/answers.ts'
import { caughtTable } from './cohorts.ts'
import { type Look, tableOf } from './look.ts'
import { parts, type Screen, sheetOf } from './screen.ts'
import { lackingTable } from './sources.ts'
import { answer, count, heading, hourText, money, plural, short, symbolOf, times } from './words.ts'

/** `plimsoll risk wave`: the last wave as a story, phase by phase. */
export const waveScreen: Screen<'wave'> = {
  text: (wave, look) =>
    parts(
      `${heading(wave, look)}\n${answer(sentence(wave), look)}`,
      wave.phases.length === 0 ? '' : phaseTable(wave, look),
      caughtTable(wave.caught, look),
      insurance(wave),
      lackingTable(wave, look),
    ),
  sheet: ({ phases, binS, group }) =>
    sheetOf(phases, [
      ['group', () => group.symbol],
      ['phase', ({ phase }) => phase],
      ['from', ({ fromHour }) => new Date(fromHour * binS * 1000).toISOString().replace('.000', '')],
      ['hours', ({ hours }) => hours],
      ['fall_pct', ({ fallPct }) => fallPct],
      ['liquidatable_usd', ({ liquidatableUsd }) => liquidatableUsd],
      ['liquidated_usd', ({ liquidatedUsd }) => liquidatedUsd],
      ['calls', ({ calls }) => calls],
      ['depth_usd', ({ depthUsd }) => depthUsd],
      ['deficit_usd', ({ deficitUsd }) => deficitUsd],
    ]),
}

function sentence({ phases, multiplier, caught, group }: WaveAnswer): string {
  if (phases.length === 0)
    return `No wave of ${symbolOf(group)} is on record. One is told here once liquidations have gone through a cascade while plimsoll run watched, or in a recording: plimsoll risk backfill FILE.`
  const taken = phases.reduce((sum, { liquidatedUsd }) => sum + liquidatedUsd, 0)
  const calls = phases.reduce((sum, { calls: some }) => sum + some, 0)
  const deepest = Math.max(...phases.map(({ fallPct }) => fallPct))
  const people = caught.reduce((sum, { accounts }) => sum + accounts, 0)
  const struck =
    people === 0
      ? ''
      : ` ${plural(people, 'account')} ${people === 1 ? 'was' : 'were'} caught, whatever their collateral.`
  const through = multiplier === null ? '' : `; the fall came to ${times(multiplier)} times its shock`
  return `${symbolOf(group)} fell ${short(deepest)} % in its steepest phase: ${plural(calls, 'call')} took ${money(taken)} of it${through}.${struck}`
}

const phaseTable = ({ phases, binS }: WaveAnswer, look: Look): string =>
  tableOf(
    phases,
    [
      { head: 'phase', cell: ({ phase }) => phase, left: true },
      { head: 'from, UTC', cell: ({ fromHour }) => hourText(fromHour, binS), left: true, from: 96 },
      { head: binS === 3600 ? 'hours' : 'bins', cell: ({ hours }) => count(hours) },
      { head: 'fall', cell: ({ fallPct }) => `${short(fallPct)} %` },
      { head: 'at −10 %', cell: ({ liquidatableUsd }) => money(liquidatableUsd) },
      { head: 'liquidated', cell: ({ liquidatedUsd }) => money(liquidatedUsd) },
      { head: 'calls', cell: ({ calls }) => count(calls) },
      { head: 'depth', cell: ({ depthUsd }) => money(depthUsd) },
      { head: 'deficit', cell: ({ deficitUsd }) => money(deficitUsd) },
    ],
    look,
  )

function insurance({ phases, insurance: { deficitUsd, paidUsd, shortfallUsd } }: WaveAnswer): string {
  if (phases.length === 0) return ''
  if (deficitUsd === 0) return 'No deficit was left: insurance had nothing to pay.'
  if (paidUsd.value === null) return `Deficits of ${money(deficitUsd)} were left; what insurance pays is not known.`
  const short = shortfallUsd.value ?? 0
  return `Deficits of ${money(deficitUsd)} were left; insurance pays ${money(paidUsd.value)}, ${short > 0 ? `${money(short)} stays uncovered` : 'all of it'}.`
}
