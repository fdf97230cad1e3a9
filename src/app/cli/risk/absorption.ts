import { pressureOf } from '../../../core/risk/absorption.ts'
import type { AbsorptionAnswer, AbsorptionPoint } from '../../../core/risk/answers.ts'
import { type Look, styled, tableOf } from './look.ts'
import { parts, type Screen, sheetOf } from './screen.ts'
import { lackingTable } from './sources.ts'
import { answer, briefly, heading, measured, money, symbol, symbolOf, times } from './words.ts'

/** At which fall a market is asked whether it can take what comes. */
const ASKED_PCT = 10

/** `plimsoll risk absorption`: can the pools take what falls make seizable? */
export const absorptionScreen: Screen<'absorption'> = {
  text: (told, look) =>
    parts(
      `${heading(told, look)}\n${answer(absorptionSentence(told.points, symbolOf(told.group)), look)}`,
      absorptionTable(told.points, look),
      poolLines(told),
      lackingTable(told, look),
    ),
  sheet: ({ points, group }) =>
    sheetOf(points, [
      ['group', () => group.symbol],
      ['fall_pct', ({ fallPct }) => fallPct],
      ['liquidatable_usd', ({ liquidatableUsd }) => liquidatableUsd],
      ['depth_usd', ({ depthUsd }) => depthUsd.value],
      ['ratio', ({ ratio }) => ratio.value],
      ['largest_usd', ({ largestUsd }) => largestUsd.value],
    ]),
}

export function absorptionSentence(points: readonly AbsorptionPoint[], group: string): string {
  const point = points.find(({ fallPct }) => fallPct === ASKED_PCT) ?? points.at(-1)
  if (point === undefined) return `Nothing is known of falls of ${group} here.`
  const { fallPct, liquidatableUsd, depthUsd } = point
  const falls = `−${fallPct} % on ${group}`
  if (liquidatableUsd === 0) return `${falls} makes nothing seizable: there is nothing to absorb.`
  const makes = `${falls} makes ${money(liquidatableUsd)} of collateral seizable`
  if (depthUsd.value === null) return `${makes}; whether pools can take that is not known.`
  return `${makes}; pools take ${money(depthUsd.value)}: ${verdict(pressureOf(point))}.`
}

const verdict = (ratio: number | null): string =>
  ratio === null
    ? 'not known'
    : `${ratio > 1 ? 'not absorbed' : 'absorbed'}${Number.isFinite(ratio) ? ` (${times(ratio)})` : ''}`

export const absorptionTable = (points: readonly AbsorptionPoint[], look: Look): string =>
  tableOf(
    points,
    [
      { head: 'fall', cell: ({ fallPct }) => `−${fallPct} %` },
      { head: 'seizable', cell: ({ liquidatableUsd }) => money(liquidatableUsd) },
      { head: 'pools take', cell: ({ depthUsd }) => measured(depthUsd, money) },
      { head: 'ratio', cell: ({ ratio }) => measured(ratio, times) },
      { head: 'largest sale', cell: ({ largestUsd }) => measured(largestUsd, money) },
      {
        head: '',
        cell: (point) => {
          const pressure = pressureOf(point)
          return pressure === null ? '' : pressure > 1 ? styled('red', 'not absorbed', look) : 'absorbed'
        },
        left: true,
      },
    ],
    look,
  )

function poolLines({ pools }: AbsorptionAnswer): string {
  if (pools.length === 0) return 'No pool of this group is followed.'
  const each = pools.map(({ pool, pair, feePips }) => `  ${symbol(pair)} ${feePips / 1e4} %  ${briefly(pool)}`)
  return ['sold into', ...each].join('\n')
}
