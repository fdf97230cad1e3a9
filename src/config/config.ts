import type { Address } from 'viem'
import type { AlertRule, LadderRule } from '../core/people/alert-rule.ts'
import type { EventName, Loudness, Role, Topic } from '../core/people/events.ts'
import type { Limits } from '../core/plan.ts'
import type { WarningSettings } from '../core/risk/warning-thresholds.ts'
import type { L1Fee, UniswapV3 } from './chains.ts'
import type { PriceReads } from './markets.ts'

/** Everything the program is told, complete: no defaults are left to find. Addresses are lower case, as in core. */
export interface Config {
  readonly chains: readonly ChainConfig[]
  readonly markets: readonly MarketConfig[]
  readonly executor: ExecutorConfig
  readonly alerts: AlertsConfig
  readonly risk: RiskConfig
  readonly store: { readonly path: string }
  /** Undefined: nothing is recorded. */
  readonly recording: { readonly folder: string } | undefined
  readonly http: { readonly host: string; readonly port: number; readonly token: string | undefined }
  readonly log: { readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' }
}

export interface ChainConfig {
  readonly name: string
  readonly id: number
  /** At least one. */
  readonly rpc: readonly string[]
  readonly ws: readonly string[]
  /** The node's finalized tag, or a depth in blocks. */
  readonly finality: 'tag' | number
  /** May be a fraction (Arbitrum). */
  readonly blockTimeS: number
  readonly requestsPerDay: number | undefined
  readonly integrity: 'bloom'
  /** Blocks in the first logs request of a back-fill. */
  readonly logRange: number
  readonly multicall: Address
  readonly wrappedNative: Address | undefined
  readonly nativeSymbol: string
  readonly explorer: string | undefined
  readonly l1Fee: L1Fee
  readonly uniswapV3: UniswapV3 | undefined
  /** To mirror: none, those the factory has for the markets' assets, or these. `auto` only where there is `uniswapV3`. */
  readonly pools: 'off' | 'auto' | readonly Address[]
  /** A perpetual market of GMX v2: reader, data store, and the market's token. */
  readonly gmx?: { readonly reader: Address; readonly dataStore: Address; readonly market: Address } | undefined
  /** ENS UniversalResolver on this chain. */
  readonly ensResolver: Address | undefined
}

export interface MarketConfig {
  readonly name: string
  readonly protocol: string
  /** Name of a chain of this configuration. */
  readonly chain: string
  readonly addressesProvider: Address
  readonly uiPoolDataProvider: Address | undefined
  readonly umbrella?: Address | undefined
  readonly fromBlock: bigint
  /** `auto`, or a rule set's id. */
  readonly rules: string
  readonly priceReads: PriceReads
}

export interface ExecutorConfig {
  readonly mode: 'watch' | 'dry-run' | 'simulate' | 'live'
  readonly signer: { readonly keystore: string; readonly passwordEnv: string } | undefined
  /** Accounts that must equal the chain's own answers before anything is sent. */
  readonly proveAccounts: number
  /** Below this people are told that the signer runs dry. */
  readonly lowBalanceWei: bigint
  /** One entry for every market of this configuration. */
  readonly markets: ReadonlyMap<string, MarketExecutor>
}

export interface MarketExecutor {
  readonly contract: Address | undefined
  readonly limits: Limits
}

export interface AlertsConfig {
  /** `positions`, the ladder of `alerts.thresholds` and `alerts.distances`, first; then `alerts.rules`. */
  readonly rules: readonly AlertRule[]
  /** What a watch uses that has no thresholds of its own. */
  readonly ladder: LadderRule
  readonly rescueTargetWad: bigint
  /** Lower-case address to its label. */
  readonly labels: ReadonlyMap<Address, string>
  readonly timezone: string
  /** Minutes after midnight in `timezone`. */
  readonly summaryAtMinute: number | undefined
  readonly telegram: TelegramConfig | undefined
  readonly webhooks: readonly WebhookConfig[]
  readonly heartbeat: { readonly url: string; readonly everyS: number } | undefined
}

export interface RiskConfig {
  readonly enabled: boolean
  readonly everyS: number
  /** Seconds of the chain. */
  readonly binS: number
  readonly keepDays: number
  /** Minutes after midnight in the alerts' time zone. */
  readonly briefAtMinute: number | undefined
  readonly warnings: WarningSettings
}

export type Language = 'en' | 'zh'

/** How one chat or webhook wants to be told. */
export interface Taste {
  readonly role: Role
  readonly language: Language
  readonly events: Readonly<Partial<Record<EventName, Loudness>>>
}

export interface TelegramConfig {
  readonly token: string
  readonly apiRoot: string
  readonly watchesPerChat: number
  readonly chats: readonly TelegramChat[]
}

export interface TelegramChat extends Taste {
  readonly chatId: number
  readonly userIds: readonly number[]
  readonly topics: Readonly<Partial<Record<Topic, number>>>
  readonly quiet: QuietHours | undefined
}

/** Minutes after midnight in the alerts' time zone; may pass midnight. */
export interface QuietHours {
  readonly fromMinute: number
  readonly toMinute: number
}

export interface WebhookConfig extends Taste {
  readonly name: string
  readonly url: string
  readonly kind: 'json' | 'slack'
  readonly secret: string | undefined
}
