/** The wave for Prometheus: gauges of the last overview of each market. What is not known has no series: nothing is told as 0. */
import { Gauge, type LabelValues, type Registry } from '@prometheus-io/client'
import type { AbsorptionPoint, RiskOverview } from '../core/risk/answers.ts'
import type { Measure } from '../core/risk/measure.ts'
import { PHASES } from '../core/risk/phase-ways.ts'

export interface RiskMetrics {
  /** To be called after each overview. */
  take(overview: RiskOverview): void
}

type Value = number | null

/** Anybody pins a reserve with next to nothing in it. */
const SMALL_USD = 100_000

/** One number a market. */
const PLAIN: readonly (readonly [name: string, help: string, of: (overview: RiskOverview) => Value])[] = [
  ['debt_usd', 'All debt of a market.', ({ debtUsd }) => debtUsd],
  ['collateral_usd', 'Collateral of those with debt.', ({ collateralUsd }) => collateralUsd],
  ['leverage', 'C / (C - D) of a market.', ({ leverage }) => leverage.aggregate],
  [
    'correlated_share',
    'Share of debt against collateral of its own group.',
    ({ leverage }) => leverage.correlatedShare,
  ],
  [
    'top10_share',
    'Share of debt of the ten largest borrowers.',
    ({ concentration }) => concentration.debt?.top10 ?? null,
  ],
  [
    'at_risk_top10_share',
    'Share of the ten largest in what a fall of 10 % makes liquidatable.',
    ({ concentration }) => concentration.atRisk10?.top10 ?? null,
  ],
  [
    'cliffs',
    'Steps of one per cent of the ladder in which one account has a quarter or more.',
    ({ cliffs }) => cliffs.length,
  ],
  ['toxic_debt_usd', 'Debt of positions that a liquidation makes worse.', ({ toxicity }) => toxicity.debtUsd],
  [
    'unrealised_deficit_usd',
    'Debt above the collateral behind it, not realised yet.',
    ({ coverage }) => coverage.unrealisedUsd,
  ],
  ['coverage_ratio', 'Insurance over the deficit of a fall of 20 %.', ({ coverage }) => coverage.ratio.value],
  [
    'utilisation_max',
    'Highest utilisation of the reserves with at least 100,000 dollars supplied, 0 to 1.',
    ({ reserves }) =>
      most(reserves.filter(({ suppliedUsd }) => (suppliedUsd ?? 0) >= SMALL_USD).map((one) => one.utilisation)),
  ],
  [
    'idle_after_10_min_usd',
    'Least that a reserve has left when liquidations at -10 % took theirs; below 0 they revert.',
    ({ reserves }) => least(reserves.map((one) => one.idleAfter10Usd)),
  ],
  ['idle_stable_usd', 'Stablecoins idle in the market.', ({ dryPowder }) => dryPowder.idleStableUsd],
  ['peg_deviation', 'Worst deviation of a stablecoin from its peg.', ({ dryPowder }) => dryPowder.worstPeg.value],
  [
    'largest_jump',
    'Largest change of a feed between two rounds of the last day, its size.',
    ({ oracles }) => most(oracles.map(({ largestJump24h: { value } }) => (value === null ? null : Math.abs(value)))),
  ],
  [
    'feed_age_ratio',
    'Oldest answer of a feed over its heartbeat.',
    ({ oracles }) => most(values(oracles.map((one) => one.ageOfHeartbeat))),
  ],
  [
    'feed_headroom_min',
    'Least headroom of a capped feed; below 0 it answers too low.',
    ({ oracles }) => least(values(oracles.map((one) => one.headroom))),
  ],
  [
    'supply_jump',
    'Largest change of the supply of a collateral from hour to hour in the last day, its size.',
    ({ oracles }) =>
      most(
        values(oracles.map((one) => one.largestSupplyJump24h)).map((jump) => (jump === null ? null : Math.abs(jump))),
      ),
  ],
  ['funding_annual', 'What longs pay shorts, a year.', ({ carry }) => carry.funding.value],
  ['carry_annual', 'Yield of the collateral less the cost of the debt, a year.', ({ carry }) => carry.carry.value],
  ['net_supply_usd', 'Supplied less withdrawn, lately.', ({ flows }) => flows.netSupplyUsd.value],
  ['net_borrow_usd', 'Borrowed less repaid, lately.', ({ flows }) => flows.netBorrowUsd.value],
  ['liquidators', 'Distinct liquidators on record.', ({ competition }) => competition.liquidators.value],
  ['liquidator_hhi', 'Concentration of the liquidators.', ({ competition }) => competition.hhi.value],
  [
    'liquidation_latency_blocks',
    'Median blocks from health below 1 to the call.',
    ({ competition }) => competition.medianLatencyBlocks.value,
  ],
  ['block', 'Block of the last overview.', ({ block }) => Number(block.number)],
]

/** Falls that have a series, per cent. */
const FALLS = [5, 10, 20] as const
const AT_FALL: readonly (readonly [name: string, help: string, of: (point: AbsorptionPoint) => Value])[] = [
  [
    'seizable_usd',
    'Collateral that liquidations seize up to this fall (%) of the heaviest group.',
    (point) => point.liquidatableUsd,
  ],
  ['depth_usd', 'Sellable until the pools have fallen so far (%).', ({ depthUsd }) => depthUsd.value],
  [
    'absorption_ratio',
    'Seizable over depth at this fall (%); above 1 liquidators cannot leave.',
    ({ ratio }) => ratio.value,
  ],
]

/** Healths below which a share of the debt is told. */
const HEALTHS = [1.05, 1.1, 1.25] as const

/** `nowMs` is a monotonic clock: how old an overview is, is told when it is asked for. */
export function riskMetrics(registry: Registry, nowMs: () => number): RiskMetrics {
  const gauge = <T extends string>(name: string, help: string, labelNames: T[]): Gauge<T | 'market'> =>
    new Gauge({ name: `plimsoll_risk_${name}`, help, labelNames: ['market', ...labelNames], registers: [registry] })
  const plain = PLAIN.map(([name, help, of]) => ({ gauge: gauge(name, help, []), of }))
  const atFall = AT_FALL.map(([name, help, of]) => ({ gauge: gauge(name, help, ['fall']), of }))
  const thin = gauge('thin_share', 'Share of debt in positions with a health below this.', ['health'])
  const phase = gauge('phase', '1 for the phase that a market is in, 0 for the others.', ['phase'])
  const takenAtMs = new Map<string, number>()
  ageGauge(registry, takenAtMs, nowMs)
  return {
    take(overview) {
      const { market, leverage } = overview
      takenAtMs.set(market, nowMs())
      for (const one of plain) put(one.gauge, { market }, one.of(overview))
      for (const fall of FALLS) {
        const point = overview.absorption.find(({ fallPct }) => fallPct === fall)
        for (const one of atFall)
          put(one.gauge, { market, fall: `${fall}` }, point === undefined ? null : one.of(point))
      }
      for (const health of HEALTHS)
        put(thin, { market, health: `${health}` }, leverage.below.find((one) => one.health === health)?.share ?? null)
      const { phase: now } = overview.phase
      for (const one of PHASES) put(phase, { market, phase: one }, now === null ? null : now === one ? 1 : 0)
    },
  }
}

function ageGauge(registry: Registry, takenAtMs: ReadonlyMap<string, number>, nowMs: () => number): void {
  new Gauge({
    name: 'plimsoll_risk_age_seconds',
    help: 'Seconds since the last overview of a market: whether the risk thread still works.',
    labelNames: ['market'],
    registers: [registry],
    collect() {
      for (const [market, atMs] of takenAtMs) this.set({ market }, (nowMs() - atMs) / 1000)
    },
  })
}

/** What is no longer known loses its series. */
function put<T extends string>(gauge: Gauge<T>, labels: LabelValues<T>, value: Value): void {
  if (value === null || !Number.isFinite(value)) gauge.remove(labels)
  else gauge.set(labels, value)
}

const values = (measures: readonly Measure[]): readonly Value[] => measures.map(({ value }) => value)
const known = (list: readonly Value[]): readonly number[] => list.filter((value) => value !== null)
const most = (list: readonly Value[]): Value => (known(list).length === 0 ? null : Math.max(...known(list)))
const least = (list: readonly Value[]): Value => (known(list).length === 0 ? null : Math.min(...known(list)))
