import type { CohortsAnswer } from '../../../core/risk/answers.ts'
import { type Look, tableOf, wrap } from './look.ts'
import { parts, type Screen, sheetOf } from './screen.ts'
import { lackingTable } from './sources.ts'
import { answer, count, heading, hourText, measured, money, NONE, plural, share, signed, times } from './words.ts'

/** `plimsoll risk cohorts`: who holds the leverage, by size, and who left before a fall. */
export const cohortsScreen: Screen<'cohorts'> = {
  text: (told, look) =>
    parts(
      `${heading(told, look)}\n${answer(sentence(told), look)}`,
      cohortTable(told, look),
      deRisking(told, look),
      lackingTable(told, look),
    ),
  sheet: ({ cohorts, deRisking: { cohorts: changes } }) =>
    sheetOf(cohorts, [
      ['cohort', ({ cohort }) => cohort],
      ['accounts', ({ accounts }) => accounts],
      ['contracts', ({ contracts }) => contracts],
      ['debt_usd', ({ debtUsd }) => debtUsd],
      ['collateral_usd', ({ collateralUsd }) => collateralUsd],
      ['leverage', ({ leverage }) => leverage],
      ['health_median', ({ healthMedian }) => healthMedian],
      ['thin_share', ({ thinShare }) => thinShare],
      ['seized_usd', ({ seizedUsd }) => seizedUsd],
      ['loss_usd', ({ lossUsd }) => lossUsd],
      ['liquidated_share', ({ liquidatedShare }) => liquidatedShare],
      ['debt_change_72h', (row) => changes.find(({ cohort }) => cohort === row.cohort)?.debtChange ?? null],
      ['protection', (row) => changes.find(({ cohort }) => cohort === row.cohort)?.protection.value ?? null],
    ]),
}

function sentence({ cohorts }: CohortsAnswer): string {
  const all = cohorts.reduce((sum, { debtUsd }) => sum + debtUsd, 0)
  const [largest] = cohorts.toSorted((a, b) => b.debtUsd - a.debtUsd)
  if (largest === undefined || all === 0) return 'Nobody owes anything here: cohorts fill up as people borrow.'
  const { cohort, accounts, debtUsd, thinShare } = largest
  const thin = thinShare === null ? '' : `; ${share(thinShare)} of that stands below health 1.1`
  return `${plural(accounts, 'account')} with ${cohort} dollars of debt each owe ${share(debtUsd / all)} of the whole ${money(all)}${thin}.`
}

const cohortTable = ({ cohorts }: CohortsAnswer, look: Look): string =>
  tableOf(
    cohorts,
    [
      { head: 'debt each', cell: ({ cohort }) => cohort, left: true },
      { head: 'accounts', cell: ({ accounts }) => count(accounts) },
      { head: 'contracts', cell: ({ contracts }) => count(contracts), from: 100 },
      { head: 'debt', cell: ({ debtUsd }) => money(debtUsd) },
      { head: 'collateral', cell: ({ collateralUsd }) => money(collateralUsd), from: 110 },
      { head: 'leverage', cell: ({ leverage }) => times(leverage) },
      { head: 'health', cell: ({ healthMedian }) => times(healthMedian) },
      { head: '< 1.1', cell: ({ thinShare }) => share(thinShare) },
      { head: 'seized', cell: ({ seizedUsd }) => money(seizedUsd) },
      { head: 'lost', cell: ({ lossUsd }) => money(lossUsd), from: 110 },
      { head: 'liquidated', cell: ({ liquidatedShare }) => share(liquidatedShare) },
    ],
    look,
  )

function deRisking({ deRisking: { fallHour, binS, cohorts } }: CohortsAnswer, look: Look): string {
  if (fallHour === null)
    return wrap(
      `No fall of 10 % within 72 ${binS === 3600 ? 'hours' : 'bins'} is on record yet: who leaves before one is told once there was one.`,
      look.width,
    )
  const table = tableOf(
    cohorts,
    [
      { head: 'debt each', cell: ({ cohort }) => cohort, left: true },
      {
        head: binS === 3600 ? 'debt in the 72 h before' : 'debt in the 72 bins before',
        cell: ({ debtChange }) => signed(debtChange),
      },
      { head: 'protected while below 1.25', cell: ({ protection }) => measured(protection, share) },
    ],
    look,
  )
  return `Before the fall of ${hourText(fallHour, binS)} UTC: ${whoLeft(cohorts)}\n${table}`
}

/** By the cohorts at both ends: sizes are in order. */
function whoLeft(cohorts: CohortsAnswer['deRisking']['cohorts']): string {
  const [small, large] = [cohorts.at(0)?.debtChange ?? null, cohorts.at(-1)?.debtChange ?? null]
  if (small === null || large === null) return `not known for ${small === null ? 'the small' : 'the large'} ones.`
  if (large < small) return large < 0 ? 'the large ones left first.' : 'the large ones added less than the small ones.'
  return large === small
    ? 'large and small ones alike.'
    : `the large ones did not leave first${small < 0 ? ', the small ones did' : ''}.`
}

/** Which cohorts were caught is told in the wave's own screen. */
export const caughtTable = (
  caught: readonly {
    readonly cohort: string
    readonly accounts: number
    readonly seizedUsd: number
    readonly lossUsd: number
  }[],
  look: Look,
): string =>
  caught.length === 0
    ? ''
    : tableOf(
        caught,
        [
          { head: 'who was caught', cell: ({ cohort }) => cohort || NONE, left: true },
          { head: 'accounts', cell: ({ accounts }) => count(accounts) },
          { head: 'seized', cell: ({ seizedUsd }) => money(seizedUsd) },
          { head: 'lost', cell: ({ lossUsd }) => money(lossUsd) },
        ],
        look,
      )
