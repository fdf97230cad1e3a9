import type { LatenessBucket, RaceModel } from '../../src/core/race.ts'
import type { Lateness, Month, Pool } from './lateness.ts'

/** Which part of the data a model is made of. Months are inclusive. */
export interface Window {
  readonly pool: Pool
  readonly from: string
  readonly to: string
}

/**
 * Arbitrum makes blocks of a quarter of a second since it became Nitro on 2022-08-31; before, a block held about one
 * transaction, and blocks of lateness meant something else. Of the year since, the later part: the market as it became.
 */
export const DEFAULT_WINDOW: Window = { pool: 'aave-v3', from: '2023-01', to: '2023-08' }

const BLOCK_TIME_S = 0.25
const TIE_SHARE_PPM = 500_000n
/** Last block of each bucket. The search for an update ended 100 blocks before the liquidation: none is later than 99. */
const BUCKET_ENDS = [0, 1, 2, 3, 5, 10, 20, 50, 99]

export const monthsIn = ({ months }: Lateness, { pool, from, to }: Window): readonly Month[] =>
  months.filter((one) => one.pool === pool && one.month >= from && one.month <= to)

export function fit(lateness: Lateness, window: Window = DEFAULT_WINDOW): RaceModel {
  const months = monthsIn(lateness, window)
  const buckets = BUCKET_ENDS.map((toBlocks, i): LatenessBucket => {
    const fromBlocks = i === 0 ? 0 : (BUCKET_ENDS[i - 1] ?? 0) + 1
    return { fromBlocks, toBlocks, count: countBetween(months, fromBlocks, toBlocks) }
  })
  return { blockTimeS: BLOCK_TIME_S, buckets, designEffect: designEffect(months), tieSharePpm: TIE_SHARE_PPM }
}

/** Liquidations of `months` that came `from` to `to` blocks after their update. */
export const countBetween = (months: readonly Pick<Month, 'lateness'>[], from: number, to: number): number =>
  months
    .flatMap(({ lateness }) => Object.entries(lateness))
    .reduce((total, [blocks, count]) => total + (Number(blocks) >= from && Number(blocks) <= to ? count : 0), 0)

/**
 * One update makes many accounts liquidatable, and months differ from one another more than chance explains: so draws are
 * whole months. Variance of the share at or below each bucket's end as a ratio of sums over months (linearised, m/(m − 1)),
 * against p(1 − p)/n. The widest, rounded up to hundredths.
 */
function designEffect(months: readonly Month[]): number {
  const n = countBetween(months, 0, Number.POSITIVE_INFINITY)
  const effects = BUCKET_ENDS.map((end) => {
    const share = countBetween(months, 0, end) / n
    const squares = months.map((month) => {
      const all = countBetween([month], 0, Number.POSITIVE_INFINITY)
      return (countBetween([month], 0, end) - all * share) ** 2
    })
    const clustered = (squares.reduce((a, b) => a + b, 0) * months.length) / (months.length - 1) / n ** 2
    return share > 0 && share < 1 ? clustered / ((share * (1 - share)) / n) : 1
  })
  return Math.ceil(Math.max(1, ...effects) * 100) / 100
}

/** `src/core/race-table.ts`, as the formatter would leave it. */
export function renderTable(lateness: Lateness): string {
  const { blockTimeS, buckets, designEffect, tieSharePpm } = fit(lateness)
  const { from, to } = DEFAULT_WINDOW
  const rows = buckets.map(
    ({ fromBlocks, toBlocks, count }) => `    { fromBlocks: ${fromBlocks}, toBlocks: ${toBlocks}, count: ${count} },`,
  )
  return `// Generated from test/fixtures/race-lateness.json by \`npm run generate\`: do not edit. See docs/race.md.
import type { RaceModel } from './race.ts'

/** Aave V3 on Arbitrum, ${from} to ${to}. Data: Rolling in the Shadows (ACM CCS 2024), MIT, Copyright (c) 2024 Christof Ferreira Torres. */
export const RACE_ARBITRUM_2023: RaceModel = {
  blockTimeS: ${blockTimeS},
  buckets: [
${rows.join('\n')}
  ],
  designEffect: ${designEffect},
  tieSharePpm: ${tieSharePpm.toString().replace(/\B(?=(\d{3})+$)/g, '_')}n,
}
`
}
