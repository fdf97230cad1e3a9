/** Numbers for Prometheus: gauges are asked for when scraped, counters count what passes through the journal. */
import { Counter, Gauge, Registry } from '@prometheus-io/client'
import type { Queries, Status } from '../core/answers.ts'
import type { JournalEntry } from '../core/journal.ts'
import { REFUSAL_REASONS } from '../core/plan.ts'
import type { Sink } from '../core/ports.ts'

export interface Metrics {
  readonly contentType: string
  /** For gauges of others. */
  readonly registry: Registry
  text(): Promise<string>
  /** To be subscribed to the journal. */
  readonly sink: Sink
}

type Asked = Pick<Queries, 'status' | 'ready' | 'markets'>

/** Labels come from the configuration or from closed lists, never from data: the number of series is bounded. */
export function createMetrics(queries: Asked, version: string, risk?: { readonly restarts: number }): Metrics {
  const registry = new Registry()
  const refresh = statusGauges(registry, queries)
  const restarts = counter(
    registry,
    'plimsoll_risk_restarts_total',
    'Times the risk thread ended and was started again.',
    [],
  )
  const { sink, prime } = journalCounters(registry, queries)
  const info = gauge(registry, 'plimsoll_build_info', 'Always 1; the version is in the label.', ['version'])
  info.set({ version }, 1)
  const text = async (): Promise<string> => {
    refresh()
    prime()
    restarts.reset()
    restarts.inc(risk?.restarts ?? 0)
    return registry.metrics()
  }
  return { contentType: registry.contentType, registry, text, sink }
}

function statusGauges(registry: Registry, queries: Asked): () => void {
  const lag = gauge(registry, 'plimsoll_head_lag_blocks', 'Blocks between the chain and the last page applied.', [
    'chain',
  ])
  const requests = counter(registry, 'plimsoll_rpc_requests_total', 'Requests sent to the nodes of a chain.', ['chain'])
  const accounts = gauge(registry, 'plimsoll_accounts', 'Accounts with debt in the mirror.', ['market'])
  const liquidatable = gauge(registry, 'plimsoll_liquidatable', 'Accounts whose health is below 1.', ['market'])
  const quarantined = gauge(registry, 'plimsoll_quarantined', '1 while the mirror of a market is not trusted.', [
    'market',
  ])
  const proven = gauge(registry, 'plimsoll_proven', '1 once a market was compared with the chain and equal.', [
    'market',
  ])
  const resyncs = counter(registry, 'plimsoll_resyncs_total', 'Times a market was read anew after it had differed.', [
    'market',
  ])
  const ready = gauge(registry, 'plimsoll_ready', '1 when every check of /readyz passes.', [])
  const fill = ({ chains, markets }: Status): void => {
    for (const chain of chains) lag.set({ chain: chain.name }, chain.lagBlocks)
    for (const chain of chains) requests.inc({ chain: chain.name }, chain.rpc.total)
    for (const market of markets) accounts.set({ market: market.market }, market.accounts)
    for (const market of markets) liquidatable.set({ market: market.market }, market.liquidatable)
    for (const market of markets) quarantined.set({ market: market.market }, market.quarantined ? 1 : 0)
    for (const market of markets) proven.set({ market: market.market }, market.proven ? 1 : 0)
    for (const market of markets) resyncs.inc({ market: market.market }, market.resyncs)
  }
  return () => {
    // Markets come and go with a reload: what is gone must not stay at its last value. The total is the node client's own.
    for (const metric of [lag, requests, accounts, liquidatable, quarantined, proven, resyncs]) metric.reset()
    fill(queries.status())
    ready.set(queries.ready().every((check) => check.ok) ? 1 : 0)
  }
}

function journalCounters(registry: Registry, queries: Asked): { sink: Sink; prime: () => void } {
  const journal = counter(registry, 'plimsoll_journal_total', 'Journal entries since the start.', ['kind'])
  const refusals = counter(registry, 'plimsoll_refusals_total', 'Liquidations refused, by reason.', ['reason'])
  const profit = counter(registry, 'plimsoll_profit_usd_total', 'Profit of confirmed liquidations, US dollars.', [
    'market',
  ])
  const mismatches = counter(
    registry,
    'plimsoll_audit_mismatches_total',
    'Values in which an audit found the mirror and the chain to differ.',
    ['market'],
  )
  const compared = counter(registry, 'plimsoll_audit_accounts_total', 'Accounts that audits compared with the chain.', [
    'market',
  ])
  const known = (market: string): string => (queries.markets().includes(market) ? market : 'other')
  const sink = ({ kind, market, data }: JournalEntry): void => {
    journal.inc({ kind })
    if (kind === 'refusal') refusals.inc({ reason: reasonLabel(data['reason']) })
    if (kind === 'audit') compared.inc({ market: known(market) }, amount(data['checked']))
    if (kind === 'audit') mismatches.inc({ market: known(market) }, amount(data['mismatched']))
    if (kind === 'confirmed') profit.inc({ market: known(market) }, amount(data['profitUsd8']) / 1e8)
  }
  // A series that begins at its first event hides that event from increase(): begin every known one at 0.
  const prime = (): void => {
    for (const reason of Object.keys(REFUSAL_REASONS)) refusals.inc({ reason }, 0)
    for (const market of queries.markets()) mismatches.inc({ market }, 0)
    for (const market of queries.markets()) compared.inc({ market }, 0)
    for (const market of queries.markets()) profit.inc({ market }, 0)
  }
  return { sink, prime }
}

const reasonLabel = (reason: unknown): string =>
  typeof reason === 'string' && Object.hasOwn(REFUSAL_REASONS, reason) ? reason : 'other'

/** A counter takes neither a negative nor a broken number, and a sink must not throw. */
function amount(value: unknown): number {
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : 0
  return Number.isFinite(number) && number > 0 ? number : 0
}

const gauge = <T extends string>(registry: Registry, name: string, help: string, labelNames: T[]): Gauge<T> =>
  new Gauge({ name, help, labelNames, registers: [registry] })
const counter = <T extends string>(registry: Registry, name: string, help: string, labelNames: T[]): Counter<T> =>
  new Counter({ name, help, labelNames, registers: [registry] })
