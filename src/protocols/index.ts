import type { Address } from 'viem'
import type { Protocol } from '../core/protocol.ts'
import { aaveV3 } from './aave-v3/index.ts'
import { strangeRules } from './aave-v3/rules.ts'

export interface ProtocolOptions {
  readonly addressesProvider: Address
  readonly rules: string
  readonly priceReadsS: bigint
  readonly umbrella?: Address | undefined
}

/** The only list of protocols: name in the configuration → plug. */
export const PROTOCOLS: Readonly<Record<string, (options: ProtocolOptions) => Protocol>> = { 'aave-v3': aaveV3 }

/** What is wrong with a `rules` of a protocol, in words; undefined when nothing is. */
export const RULES_PROBLEMS: Readonly<Record<string, (rules: string) => string | undefined>> = {
  'aave-v3': strangeRules,
}
