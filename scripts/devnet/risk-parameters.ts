import { readFileSync } from 'node:fs'
import type { ChainName } from './chain-spec.ts'

export interface InterestRates {
  readonly optimalUsageBps: number
  readonly baseBps: number
  readonly slope1Bps: number
  readonly slope2Bps: number
}

/** Amounts of caps are whole tokens, as in the contract. */
export interface ReserveParameters {
  readonly decimals: number
  readonly priceUsd8: number
  readonly ltvBps: number
  readonly ltBps: number
  readonly bonusBps: number
  readonly protocolFeeBps: number
  readonly reserveFactorBps: number
  readonly supplyCap: number
  readonly borrowCap: number
  readonly rates: InterestRates
}

export interface EModeParameters {
  readonly id: number
  readonly label: string
  readonly ltvBps: number
  readonly ltBps: number
  readonly bonusBps: number
  readonly assets: readonly ReserveSymbol[]
}

export const reserveSymbols = ['WETH', 'wstETH', 'WBTC', 'USDC', 'USDT', 'DAI', 'LINK'] as const
export type ReserveSymbol = (typeof reserveSymbols)[number]

export interface RiskParameters {
  readonly reserves: Readonly<Record<ReserveSymbol, ReserveParameters>>
  readonly eModes: readonly EModeParameters[]
}

interface Fixture {
  readonly chains: Readonly<Record<ChainName, RiskParameters>>
}

const url = new URL('fixtures/aave-v3-risk-parameters.json', import.meta.url)

export function riskParameters(chain: ChainName): RiskParameters {
  const fixture: Fixture = JSON.parse(readFileSync(url, 'utf8'))
  return fixture.chains[chain]
}
