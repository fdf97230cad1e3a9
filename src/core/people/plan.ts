import type { Address } from 'viem'
import type { Voice } from './alert.ts'
import type { AlertRule, FallRule, LadderRule, TimeRule, WaveRule } from './alert-rule.ts'
import type { Watch } from './watch.ts'

/** Everything that decides what is said. Changed as a whole. */
export interface Rulebook {
  readonly rules: readonly AlertRule[]
  /** What a subscription takes where it has no lines of its own. */
  readonly ladder: LadderRule
  readonly watches: readonly Watch[]
}

/** What concerns one market, sorted by whom it concerns. */
export interface MarketPlan {
  /** Of everybody; waves are apart. */
  readonly general: readonly Voice[]
  /** Those that name the address; subscriptions among them. */
  readonly named: ReadonlyMap<Address, readonly Voice[]>
  readonly falls: readonly Voice<FallRule>[]
  readonly waves: readonly Voice<WaveRule>[]
  readonly times: readonly TimeRule[]
  readonly hasDistances: boolean
}

const PREFIX = 'watch:'

export function planOf({ rules, ladder, watches }: Rulebook, place: { market: string; chain: string }): MarketPlan {
  const here = rules.filter(
    ({ market, chain }) =>
      (market === undefined || market === place.market) && (chain === undefined || chain === place.chain),
  )
  const voices = here.map((rule): Voice => ({ key: rule.name, rule, watch: undefined }))
  const subscribed = watches.map((watch) => subscription(watch, ladder))
  const all = [...voices, ...subscribed]
  const named = new Map<Address, Voice[]>()
  for (const voice of all)
    for (const address of voice.rule.when === 'wave' ? [] : (voice.rule.accounts ?? [])) {
      const known = named.get(address)
      if (known) known.push(voice)
      else named.set(address, [voice])
    }
  return {
    general: voices.filter(({ rule }) => rule.accounts === undefined && rule.when !== 'wave'),
    named,
    falls: voices.flatMap(({ rule, ...voice }) => (rule.when === 'fall' ? [{ ...voice, rule }] : [])),
    waves: voices.flatMap(({ rule, ...voice }) => (rule.when === 'wave' ? [{ ...voice, rule }] : [])),
    times: here.filter((rule) => rule.when === 'time'),
    hasDistances: all.some(({ rule }) => rule.when === 'ladder' && rule.distancesBps.length > 0),
  }
}

/** A ladder of its own, for one address, whatever the debt. */
const subscription = (watch: Watch, ladder: LadderRule): Voice => ({
  key: `${PREFIX}${watch.id}`,
  watch,
  rule: {
    ...ladder,
    name: 'watch',
    market: undefined,
    chain: undefined,
    accounts: new Set([watch.address]),
    minDebtUsd8: 0n,
    thresholdsWad: watch.thresholdsWad ?? ladder.thresholdsWad,
    distancesBps: watch.distancesBps ?? ladder.distancesBps,
  },
})
