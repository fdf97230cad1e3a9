import type { Address } from 'viem'
import type { AlertRule, LadderRule, RuleScope } from '../core/people/alert-rule.ts'
import type { AlertsConfig } from './config.ts'
import type { Checked } from './schema.ts'

type Given = Checked['alerts']
type GivenRule = Given['rules'][number]

/** Name of the ladder that `alerts.thresholds` and `alerts.distances` are. */
const POSITIONS = 'positions'

export function resolveAlerts(alerts: Given): AlertsConfig {
  const ladder: LadderRule = {
    ...scopeOf({ name: POSITIONS, when: 'ladder' }, alerts),
    when: 'ladder',
    thresholdsWad: descending(alerts.thresholds),
    distancesBps: descending(alerts.distances),
    hysteresisWad: alerts.hysteresis,
    hysteresisBps: alerts.distanceHysteresis,
  }
  return {
    rules: [ladder, ...alerts.rules.map((rule) => resolveRule(rule, alerts))],
    ladder,
    rescueTargetWad: alerts.rescueTarget,
    labels: new Map(
      Object.entries(alerts.labels).flatMap(([label, accounts]) =>
        accounts.map((account) => [account, label] as const),
      ),
    ),
    timezone: alerts.timezone,
    summaryAtMinute: alerts.summaryAt,
    telegram: alerts.telegram && {
      ...alerts.telegram,
      chats: alerts.telegram.chats.map((chat) => ({ ...chat, quiet: chat.quiet })),
    },
    webhooks: alerts.webhooks.map((webhook) => ({ ...webhook, secret: webhook.secret })),
    heartbeat: alerts.heartbeat,
  }
}

function resolveRule(rule: GivenRule, alerts: Given): AlertRule {
  const scope = scopeOf(rule, alerts)
  const { hysteresis = alerts.hysteresis } = rule
  switch (rule.when) {
    case 'ladder':
      return {
        ...scope,
        when: 'ladder',
        thresholdsWad: descending(rule.thresholds ?? []),
        distancesBps: descending(rule.distances ?? []),
        hysteresisWad: hysteresis,
        hysteresisBps: alerts.distanceHysteresis,
      }
    case 'fall':
      return {
        ...scope,
        when: 'fall',
        lostWad: needed(rule, rule.lost),
        withinS: needed(rule, rule.withinS),
        healthBelowWad: rule.healthBelow ?? 2n * 10n ** 18n,
      }
    case 'time':
      return { ...scope, when: 'time', withinS: needed(rule, rule.withinS) }
    case 'large':
      return { ...scope, when: 'large', healthBelowWad: needed(rule, rule.healthBelow), hysteresisWad: hysteresis }
    case 'wave':
      return {
        ...scope,
        when: 'wave',
        fallBps: needed(rule, rule.fallPct),
        aboveUsd8: needed(rule, rule.aboveUsd),
      }
  }
}

const scopeOf = (rule: Pick<GivenRule, 'name' | 'when'> & Partial<GivenRule>, alerts: Given): RuleScope => ({
  name: rule.name,
  market: rule.market,
  chain: rule.chain,
  accounts: accountsOf(rule, alerts),
  minDebtUsd8: rule.minDebtUsd ?? alerts.minDebtUsd,
  cooldownS: rule.cooldownS ?? alerts.cooldownS,
})

/** Those of the label and those that are named; undefined: everybody. */
function accountsOf({ label, accounts }: Partial<GivenRule>, { labels }: Given): ReadonlySet<Address> | undefined {
  if (label === undefined && accounts === undefined) return undefined
  return new Set([...(label === undefined ? [] : (labels[label] ?? [])), ...(accounts ?? [])])
}

function needed<T>({ name, when }: GivenRule, value: T | undefined): T {
  if (value === undefined) throw new TypeError(`rule ${name} (${when}) was not checked`)
  return value
}

function descending<T extends number | bigint>(values: readonly T[]): readonly T[] {
  return [...new Set(values)].sort((a, b) => (a === b ? 0 : a > b ? -1 : 1))
}
