import type { Address } from 'viem'
import type { ReserveView } from '../protocol.ts'
import type { Header } from '../types.ts'
import { type Counts, countOf, sumOfCounts, total, under } from './counts.ts'
import { COHORTS, type Cohort } from './de-risking.ts'
import type { Extras } from './extras.ts'
import { extrasBody } from './extras-body.ts'
import type { HourRow } from './hour-row.ts'
import { type AssetHour, type CohortHour, type GroupBody, type MarketBody, MOST_LIQUIDATORS } from './hour-row.ts'
import { largestOf } from './oracle-health.ts'
import { leaders, type PriceMove, toUsd } from './price-moves.ts'
import { isStable } from './stable.ts'
import type { StateSample } from './state-sample.ts'
import type { Tally } from './tally.ts'

/** An hour that is being watched, or was, and may still change by a reorganisation. */
export interface Bin {
  readonly hour: number
  /** The block before its first. */
  readonly before: bigint
  /** Pages in order; those that said nothing are only counted. */
  readonly tallies: Tally[]
  /** Numbers of blocks that came one by one, as runs from and to. */
  readonly runs: [from: bigint, to: bigint][]
  /** Blocks that came as part of a longer page; that nobody saw: number of the page after them, and how many. */
  readonly merged: [at: bigint, blocks: number][]
  readonly lost: [at: bigint, blocks: number][]
  /** Of the last round of each feed before the hour. */
  readonly roundsBefore: ReadonlyMap<Address, number>
  /** The page with which it ceased to be whole; where it began so, its first. */
  partialAt: bigint | undefined
  extras: { readonly at: bigint; readonly extras: Extras } | undefined
}

type Begun = Pick<Bin, 'hour' | 'before' | 'partialAt' | 'roundsBefore'>

export const newBin = (begun: Begun): Bin => ({
  ...begun,
  tallies: [],
  runs: [],
  merged: [],
  lost: [],
  extras: undefined,
})

/** Blocks above `to` have never been. */
export function cut(bin: Bin, to: bigint): void {
  const keep = <T>(items: T[], numberOf: (item: T) => bigint): void => {
    items.splice(0, items.length, ...items.filter((item) => numberOf(item) <= to))
  }
  keep(bin.tallies, ({ number }) => number)
  keep(bin.runs, ([from]) => from)
  keep(bin.merged, ([at]) => at)
  keep(bin.lost, ([at]) => at)
  const last = bin.runs.at(-1)
  if (last && last[1] > to) last[1] = to
  if (bin.partialAt !== undefined && bin.partialAt > to) bin.partialAt = undefined
  if (bin.extras && bin.extras.at > to) bin.extras = undefined
}

/** What the node said last counts. */
export function note(bin: Bin, { number }: Pick<Header, 'number'>, extras: Extras): void {
  if (bin.extras === undefined || bin.extras.at <= number) bin.extras = { at: number, extras }
}

/** What the book says at the end of an hour. */
export interface Closing {
  readonly market: string
  readonly reserves: readonly ReserveView[]
  readonly sample: StateSample
}

export const rowsOf = (bin: Bin, closing: Closing): HourRow[] => {
  const { market, reserves, sample } = closing
  const sums = sumOfCounts(bin.tallies.map(({ counts }) => counts))
  const row = (root: string, body: GroupBody | MarketBody): HourRow => ({
    market,
    root,
    hour: bin.hour,
    body: JSON.stringify(body),
  })
  const groups = [...leaders(reserves)].map(([root, leader]) =>
    row(root, groupBody(bin, sums, { root, leader, sample })),
  )
  return [row('', marketBody(bin, sums, { reserves, sample })), ...groups]
}

function groupBody(
  { tallies, roundsBefore }: Bin,
  sums: Counts,
  { root, leader, sample }: { readonly root: Address; readonly leader: ReserveView; readonly sample: StateSample },
): GroupBody {
  const moves = tallies.flatMap(({ prices }) => prices.get(root) ?? [])
  const price = toUsd(leader.priceUsd8)
  const own = sample.groups.get(root)
  return {
    liquidatedUsd: toUsd(countOf(sums, 'seized', root)),
    liquidations: Number(countOf(sums, 'calls', root)),
    oraclePriceUsd: price,
    oracleLowUsd: Math.min(price, ...moves.map(({ lowUsd }) => lowUsd)),
    rounds: moves.reduce((sum, { rounds }) => sum + rounds, 0),
    jump: largestOf(moves.map(({ jump }) => jump)),
    ...silences(moves, roundsBefore.get(root) ?? null),
    ladder5Usd: own?.ladder5Usd ?? null,
    ladder10Usd: own?.ladder10Usd ?? null,
    depthUsd: own?.depthUsd ?? null,
  }
}

function silences(moves: readonly PriceMove[], before: number | null): Pick<GroupBody, 'roundAtS' | 'silenceS'> {
  let [roundAtS, silenceS] = [before, 0]
  for (const move of moves) {
    if (move.firstAtS === null) continue
    silenceS = Math.max(silenceS, move.silenceS, roundAtS === null ? 0 : move.firstAtS - roundAtS)
    roundAtS = move.roundAtS
  }
  return { roundAtS, silenceS }
}

function marketBody(
  bin: Bin,
  sums: Counts,
  { reserves, sample }: { readonly reserves: readonly ReserveView[]; readonly sample: StateSample },
): MarketBody {
  const sumUnder = (kind: string): bigint => total(under(sums, kind).values())
  const liquidators = [...under(sums, 'liquidator')].sort(([, a], [, b]) => (a < b ? 1 : a > b ? -1 : 0))
  return {
    partial: bin.partialAt !== undefined,
    blocks: bin.runs.reduce((sum, [from, to]) => sum + Number(to - from) + 1, 0),
    merged: blocksOf(bin.merged),
    lost: blocksOf(bin.lost),
    liquidatedUsd: toUsd(sumUnder('seized')),
    liquidations: Number(sumUnder('calls')),
    repaidUsd: toUsd(sumUnder('covered-of')),
    netFlowUsd: toUsd(countOf(sums, 'turned-halves')) / 2,
    deficitUsd: toUsd(sumUnder('deficit-created')),
    coveredUsd: toUsd(sumUnder('deficit-covered')),
    debtUsd: sample.debtUsd,
    state: {
      collateralUsd: sample.collateralUsd,
      leverage: sample.leverage,
      top10Share: sample.top10Share,
      badDebt20Usd: sample.badDebt20Usd,
    },
    extras: bin.extras === undefined ? null : extrasBody(bin.extras.extras, reserves),
    assets: assetsOf(sums, reserves),
    cohorts: cohortsOf(sums, sample),
    liquidators: liquidators.slice(0, MOST_LIQUIDATORS).map(([address, base]) => [address, toUsd(base)]),
    liquidatorCount: liquidators.length,
    late: Object.fromEntries([...under(sums, 'late')].map(([blocks, calls]) => [blocks, Number(calls)])),
    ratios: ratiosOf(reserves),
  }
}

const blocksOf = (stretches: readonly (readonly [bigint, number])[]): number =>
  stretches.reduce((sum, [, blocks]) => sum + blocks, 0)

function assetsOf(sums: Counts, reserves: readonly ReserveView[]): Record<string, AssetHour> {
  const found: Record<string, AssetHour> = {}
  for (const reserve of reserves) {
    const usd = (kind: string): number => toUsd(countOf(sums, kind, reserve.asset))
    const amounts = {
      ...{ supply: usd('supply'), withdraw: usd('withdraw'), borrow: usd('borrow'), repay: usd('repay') },
      ...{ seized: usd('seized-of'), covered: usd('covered-of') },
      ...{ deficit: usd('deficit-created'), deficitCovered: usd('deficit-covered') },
    }
    if (Object.values(amounts).some((amount) => amount !== 0))
      found[reserve.asset] = { symbol: reserve.symbol, stable: isStable(reserve), ...amounts }
  }
  return found
}

function cohortsOf(sums: Counts, { cohortDebtUsd }: StateSample): Record<Cohort, CohortHour> {
  const of = (cohort: Cohort): CohortHour => {
    const count = (what: string): bigint => countOf(sums, 'cohort', cohort, what)
    return {
      debtUsd: cohortDebtUsd[cohort],
      ...{ borrowUsd: toUsd(count('borrow')), repayUsd: toUsd(count('repay')) },
      ...{ seizedUsd: toUsd(count('seized')), coveredUsd: toUsd(count('covered')) },
      ...{ protections: Number(count('protections')), protectedUsd: toUsd(count('protected')) },
      caught: [...under(sums, 'caught', cohort).keys()],
      protectors: [...under(sums, 'protector', cohort).keys()],
    }
  }
  return Object.fromEntries(COHORTS.map((cohort) => [cohort, of(cohort)])) as Record<Cohort, CohortHour>
}

function ratiosOf(reserves: readonly ReserveView[]): Record<string, number> {
  const led = leaders(reserves)
  return Object.fromEntries(
    reserves.flatMap(({ asset, root, source, priceUsd8 }) => {
      const leader = led.get(root)
      const stands = leader !== undefined && leader.asset !== asset && source !== root && leader.source === root
      return stands && leader.priceUsd8 > 0n ? [[asset, Number(priceUsd8) / Number(leader.priceUsd8)]] : []
    }),
  )
}
