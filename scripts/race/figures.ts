import { chanceOfBeingFirst, type RaceModel } from '../../src/core/race.ts'
import { latencyOf } from '../../src/core/risk/latency.ts'
import { type Lateness, type Month, type Pool, timingsOf } from './lateness.ts'
import { countBetween, DEFAULT_WINDOW, fit, monthsIn, type Window } from './model.ts'

type Table = readonly Readonly<Record<string, unknown>>[]

const EVER = Number.POSITIVE_INFINITY
const ALL: Window = { pool: 'aave-v3', from: '0000-00', to: '9999-99' }
/** Which blocks of lateness the table of chances shows, by block time. */
const SHOWN: Readonly<Record<string, readonly [blockTimeS: number, latenesses: readonly number[]]>> = {
  '0.25 s (Arbitrum)': [0.25, [0, 1, 2, 3, 5, 10, 20, 50, 100]],
  '2 s (Optimism, Base)': [2, [0, 1, 2, 3, 5]],
}

/** Everything that `docs/race.md` says in numbers. */
export function figures(lateness: Lateness): Record<string, Table> {
  const model = fit(lateness)
  return {
    checks: checks(monthsIn(lateness, ALL)),
    windows: windows(lateness),
    months: monthsIn(lateness, { ...ALL, from: '2022-09' }).map((month) => ({
      month: month.month,
      ...describe([month]),
    })),
    model: buckets(model),
    chances: chances(model),
  }
}

function checks(months: readonly Month[]): Table {
  const { liquidations, withHealth, belowOneBefore, tied } = latencyOf(timingsOf(months))
  return Object.entries({
    liquidations,
    'with health before and after': withHealth,
    'of these, below 1 in the block before': belowOneBefore,
    'tied to an oracle update': tied,
  }).map(([what, count]) => ({ 'Aave V3, all months': what, count }))
}

function windows(lateness: Lateness): Table {
  const of = (name: string, from: string, to: string, pool: Pool = 'aave-v3') => ({
    window: name,
    ...describe(monthsIn(lateness, { pool, from, to })),
  })
  return [
    of('Aave V3, all months', '0000-00', '9999-99'),
    of('Aave V3, before Nitro (to 2022-08)', '0000-00', '2022-08'),
    of('Aave V3, since Nitro (from 2022-09)', '2022-09', '9999-99'),
    of('**Aave V3, 2023 (the model)**', DEFAULT_WINDOW.from, DEFAULT_WINDOW.to),
    of('other Aave-like pools, since Nitro', '2022-09', '9999-99', 'aave-like'),
    of('Compound-like pools, since Nitro', '2022-09', '9999-99', 'compound-like'),
  ]
}

function describe(months: readonly Month[]): Readonly<Record<string, unknown>> {
  const { liquidations, tied, medianBlocks, withinOneBlock } = latencyOf(timingsOf(months))
  const firsts = months.map((month) => ({ lateness: month.firsts }))
  const blocks = months.flatMap(({ lateness }) => Object.entries(lateness)).map(([late, count]) => Number(late) * count)
  return {
    liquidations,
    tied,
    updates: countBetween(firsts, 0, EVER),
    'median blocks': medianBlocks.value ?? '–',
    'within 1 block': percent(withinOneBlock.value ?? 0, withinOneBlock.value === null ? 0 : 1),
    'first after an update within 1': percent(countBetween(firsts, 0, 1), countBetween(firsts, 0, EVER)),
    'seconds a block': ratio(
      sum(months, ({ latenessS }) => latenessS),
      blocks.reduce((a, b) => a + b, 0),
    ),
  }
}

function buckets({ buckets: rows }: RaceModel): Table {
  const total = rows.reduce((all, { count }) => all + count, 0)
  let later = total
  return rows.map(({ fromBlocks, toBlocks, count }) => {
    later -= count
    const name = fromBlocks === toBlocks ? `${fromBlocks}` : `${fromBlocks}–${toBlocks}`
    return {
      'blocks after the update': name,
      winners: count,
      share: percent(count, total),
      'still later': percent(later, total),
    }
  })
}

const chances = (model: RaceModel): Table =>
  Object.entries(SHOWN).flatMap(([name, [blockTimeS, latenesses]]) =>
    latenesses.map((late) => {
      const { ppm, lowPpm, highPpm, tiesLostPpm, tiesWonPpm } = chanceOfBeingFirst(model, late, blockTimeS)
      return {
        'block time': name,
        'we land, blocks after the update': late,
        chance: ofPpm(ppm),
        '95 %': `${ofPpm(lowPpm)} to ${ofPpm(highPpm)}`,
        'all ties lost': ofPpm(tiesLostPpm),
        'all ties won': ofPpm(tiesWonPpm),
      }
    }),
  )

const sum = (months: readonly Month[], of: (month: Month) => number): number =>
  months.reduce((total, month) => total + of(month), 0)
const percent = (part: number, whole: number): string => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`)
const ratio = (part: number, whole: number): string => (whole === 0 ? '–' : (part / whole).toFixed(3))
const ofPpm = (ppm: bigint): string => `${(Number(ppm) / 10_000).toFixed(1)} %`
