import { resolve as resolvePath } from 'node:path'
import type { Address } from 'viem'
import { CHAINS, MULTICALL3, type UniswapV3 } from './chains.ts'
import type { ChainConfig, Config, ExecutorConfig, MarketConfig, MarketExecutor } from './config.ts'
import { MARKETS } from './markets.ts'
import { resolveAlerts } from './resolve-alerts.ts'
import { resolveRisk } from './resolve-risk.ts'
import { type Checked, marketLimits } from './schema.ts'

/** Block time assumed for a chain that is not known and does not say. */
const DEFAULT_BLOCK_TIME_S = 12

/** A checked file, completed with what is known about its chains and markets. Paths are relative to `folder`. */
export function resolve(file: Checked, folder: string): Config {
  const chains = Object.entries(file.chains).map(([name, chain]) => resolveChain(name, chain))
  const markets = file.markets.map((market) => resolveMarket(market, chains))
  return {
    chains,
    markets,
    executor: resolveExecutor(file.executor, markets, folder),
    alerts: resolveAlerts(file.alerts),
    risk: resolveRisk(file.risk),
    store: { path: file.store.path === ':memory:' ? file.store.path : resolvePath(folder, file.store.path) },
    recording: file.recording && { folder: resolvePath(folder, file.recording.folder) },
    http: { ...file.http, token: file.http.token || undefined },
    log: file.log,
  }
}

function resolveChain(name: string, chain: Checked['chains'][string]): ChainConfig {
  const known = CHAINS[name] ?? Object.values(CHAINS).find(({ id }) => id === chain.id)
  const {
    id = known?.id,
    blockTimeS = known?.blockTimeS ?? DEFAULT_BLOCK_TIME_S,
    l1Fee = known?.l1Fee ?? 'none',
  } = chain
  if (id === undefined || chain.integrity !== 'bloom') throw new TypeError(`chain ${name} was not checked`)
  return {
    name,
    id,
    rpc: chain.rpc,
    ws: chain.ws,
    finality: chain.finality,
    blockTimeS,
    requestsPerDay: chain.requestsPerDay,
    integrity: chain.integrity,
    logRange: chain.logRange,
    multicall: chain.multicall ?? lower(MULTICALL3),
    wrappedNative: chain.wrappedNative ?? (known && lower(known.wrappedNative)),
    nativeSymbol: known?.nativeSymbol ?? 'ETH',
    explorer: chain.explorer ?? known?.explorer,
    l1Fee,
    gmx: chain.gmx,
    uniswapV3: chain.uniswapV3 ?? (known && lowerAll(known.uniswapV3)),
    pools: typeof chain.pools === 'string' ? chain.pools : [...new Set(chain.pools)],
    ensResolver: chain.ensResolver ?? (known?.ensResolver && lower(known.ensResolver)),
  }
}

function resolveMarket(market: Checked['markets'][number], chains: readonly ChainConfig[]): MarketConfig {
  const given = typeof market === 'string' ? { name: market, rules: 'auto' } : market
  const known = MARKETS[given.name]
  const {
    protocol = known?.protocol,
    chain = chains.find(({ id }) => id === known?.chainId)?.name,
    addressesProvider = known && lower(known.addressesProvider),
    fromBlock = known?.fromBlock ?? 0,
    priceReads = known?.priceReads ?? 'every-block',
    uiPoolDataProvider,
    umbrella,
  } = { ...given } as Partial<Exclude<typeof market, string>>
  if (protocol === undefined || chain === undefined || addressesProvider === undefined)
    throw new TypeError(`market ${given.name} was not checked`)
  return {
    name: given.name,
    protocol,
    chain,
    addressesProvider,
    uiPoolDataProvider,
    umbrella,
    fromBlock: BigInt(fromBlock),
    rules: given.rules,
    priceReads,
  }
}

function resolveExecutor(
  executor: Checked['executor'],
  markets: readonly MarketConfig[],
  folder: string,
): ExecutorConfig {
  const { mode, signer, proveAccounts, lowBalance } = executor
  return {
    mode,
    signer: signer && { ...signer, keystore: resolvePath(folder, signer.keystore) },
    proveAccounts,
    lowBalanceWei: lowBalance,
    markets: new Map(
      markets.map(({ name }) => [name, resolveLimits(executor.markets[name] ?? marketLimits.parse({}))]),
    ),
  }
}

const resolveLimits = (market: Checked['executor']['markets'][string]): MarketExecutor => ({
  contract: market.contract,
  limits: {
    minProfitUsd8: market.minProfitUsd,
    maxDebtUsd8: market.maxDebtUsd,
    maxGasWei: market.maxGasGwei,
    denyBorrowers: new Set(market.denyBorrowers),
    denyAssets: new Set(market.denyAssets),
    deadlineS: BigInt(market.deadlineS),
  },
})

const lower = (address: Address): Address => `0x${address.slice(2).toLowerCase()}`
const lowerAll = ({ quoter, router, factory }: UniswapV3): UniswapV3 => ({
  quoter: lower(quoter),
  router: router && lower(router),
  factory: lower(factory),
})
