import { type Address, type Hex, type PrivateKeyAccount, zeroAddress } from 'viem'
import { dryRun, watch } from '../adapters/executor/dry-run.ts'
import { settlingOf } from '../adapters/executor/settling.ts'
import { simulateExecutor } from '../adapters/executor/simulate.ts'
import { submit } from '../adapters/executor/submit.ts'
import { switchExecutor, type Ways } from '../adapters/executor/switch.ts'
import { addressInKeystore, openKeystore } from '../adapters/keystore.ts'
import { uniswapV3Router } from '../adapters/router/uniswap-v3.ts'
import type { ChainConfig, Config } from '../config/config.ts'
import type { Book } from '../core/book.ts'
import { ConfigError, UsageError } from '../core/errors.ts'
import { MODES } from '../core/people/control.ts'
import type { ControlPort } from '../core/people/ports.ts'
import type { Limits } from '../core/plan.ts'
import type { Executor, Intent, Router, Store } from '../core/ports.ts'
import type { Liquidated } from '../core/protocol.ts'
import type { Facts } from '../core/types.ts'
import { PRIORITY_FEE_WEI } from './fees.ts'
import { readLiquidator } from './liquidator-reads.ts'
import type { InForce } from './live.ts'
import type { OpenChain } from './open-chain.ts'

/** The mode, checked against the flag: nothing signs unless mode, flag and signer all say so. */
export async function openSigner(
  { executor }: Config,
  live: boolean,
  env: Readonly<Record<string, string | undefined>>,
  warn: (text: string) => void,
): Promise<PrivateKeyAccount | undefined> {
  if (live !== (executor.mode === 'live'))
    throw new UsageError({
      code: 'LIVE_NEEDS_BOTH',
      what: live ? `--live with executor.mode: ${executor.mode}` : 'executor.mode: live without --live',
      why: 'transactions are only sent when the flag and the configuration both say so',
      fix: live ? 'Set executor.mode: live, or leave --live out.' : 'Add --live, or choose another executor.mode.',
    })
  if (!live) return undefined
  return openKey(executor, env, warn)
}

/** The key of `executor.signer`, its password from the environment. */
export async function openKey(
  { signer }: Config['executor'],
  env: Readonly<Record<string, string | undefined>>,
  warn: (text: string) => void,
): Promise<PrivateKeyAccount> {
  if (signer === undefined)
    throw new ConfigError({
      code: 'NO_SIGNER',
      what: 'executor.signer is not set',
      why: 'there is no key to sign with',
      fix: 'Set executor.signer.keystore to a keystore v3 file.',
    })
  const { keystore, passwordEnv } = signer
  const password = env[passwordEnv]
  if (password === undefined || password === '')
    throw new ConfigError({
      code: 'NO_PASSWORD',
      what: `the keystore ${keystore} needs a password, and ${passwordEnv} is not set`,
      why: 'the key cannot be opened without it',
      fix: `Set ${passwordEnv} in the environment or in .env (mode 0600).`,
    })
  return openKeystore(keystore, password, warn)
}

export interface TradeOptions {
  readonly live: InForce
  readonly account: PrivateKeyAccount | undefined
  readonly store: Store
  readonly control: Pick<ControlPort, 'paused' | 'mode' | 'configuredMode'>
  readonly signal: AbortSignal
  readonly onProblem: (problem: string) => void
}

export interface ChainTrade {
  readonly executor: Executor
  readonly router: Router
}

/** Chosen once for each chain, for every mode up to the configured one; control says at each decision which it is. */
export async function tradeOn(open: OpenChain, options: TradeOptions): Promise<ChainTrade> {
  const { live, control, store, signal, onProblem } = options
  const marketplace = (market: string): Place | undefined => placeOf(open, live, market)
  const maySend = (): boolean => !control.paused && control.mode === 'live' && !signal.aborted
  const settling = settlingOf({ node: open.rpc, store, chainId: open.config.id, marketplace, maySend, onProblem })
  const sending = await sendingWays(open, { ...options, marketplace, maySign: maySend, broadcast: settling.broadcast })
  const ways = { watch: watch.execute, 'dry-run': dryRun.execute, ...sending }
  return { executor: switchExecutor(() => control.mode, ways, settling), router: routerOf(open, marketplace) }
}

interface SendingOptions extends TradeOptions {
  readonly marketplace: (market: string) => Place | undefined
  readonly maySign: () => boolean
  readonly broadcast: (intent: Intent) => Promise<void>
}

/** The ways that need a key, or at least its address. */
async function sendingWays(open: OpenChain, options: SendingOptions): Promise<Ways> {
  const { live, account, control, marketplace } = options
  const most = MODES.indexOf(control.configuredMode)
  if (most < MODES.indexOf('simulate')) return {}
  const keeper = account?.address ?? (await keeperOf(live.config))
  const simulate = simulateExecutor(open.rpc, keeper, marketplace).execute
  if (most < MODES.indexOf('live')) return { simulate }
  if (account === undefined) throw new RangeError('live without a signer: openSigner comes first')
  const chain = { node: open.rpc, chainId: open.config.id, priorityFeeWei: PRIORITY_FEE_WEI }
  const limits = (market: string): Limits => limitsOf(live.config, market)
  return { simulate, live: submit({ ...options, ...chain, account, limits }, options) }
}

/** Limits of a market; the configuration's check lets none pass without. */
export function limitsOf({ executor }: Config, market: string): Limits {
  const found = executor.markets.get(market)
  if (found === undefined) throw new RangeError(`no limits for market ${market}`)
  return found.limits
}

/** Who would send: the contract lets only its keepers ask. The key itself stays closed. */
async function keeperOf({ executor }: Config): Promise<Address> {
  if (executor.signer) return addressInKeystore(executor.signer.keystore)
  throw new ConfigError({
    code: 'NO_SIGNER',
    what: 'executor.mode: simulate without executor.signer',
    why: 'the contract only answers its keepers, so the node must be told whose call to run (no password is needed)',
    fix: 'Set executor.signer.keystore to the keystore of the keeper.',
  })
}

interface Place {
  readonly contract: Address | undefined
  readonly encode: Book['protocol']['encode']
  liquidations(facts: Facts): readonly Liquidated[]
  nativePriceUsd8(): bigint
}

/** Looked up each time: a market may join while the loop runs. */
function placeOf({ books, config: chain }: OpenChain, live: InForce, market: string): Place | undefined {
  const book = books.find(({ name }) => name === market)
  return (
    book && {
      contract: live.config.executor.markets.get(market)?.contract,
      encode: book.protocol.encode,
      liquidations: (facts) => book.protocol.liquidations(facts, book.ledger),
      nativePriceUsd8: () => nativePriceUsd8(book, chain),
    }
  )
}

/** By the configured wrapped coin, else by the reserve that is called so. 0: the market does not price it. */
export function nativePriceUsd8(book: Book, chain: Pick<ChainConfig, 'nativeSymbol' | 'wrappedNative'>): bigint {
  const { reserves } = book.protocol.market(book.ledger)
  const symbol = `W${chain.nativeSymbol}`
  const native =
    reserves.find(({ asset }) => asset === chain.wrappedNative?.toLowerCase()) ??
    reserves.find((reserve) => reserve.symbol === symbol)
  return native?.priceUsd8 ?? 0n
}

/** Undefined marketplaces quote nothing. */
export function routerOf(
  { config: chain, batch }: Pick<OpenChain, 'config' | 'batch'>,
  placeIn: (market: string) => Pick<Place, 'contract' | 'encode' | 'nativePriceUsd8'> | undefined,
): Router {
  const { uniswapV3, wrappedNative = zeroAddress, id, l1Fee } = chain
  if (uniswapV3 === undefined) return { quote: async () => [] }
  return uniswapV3Router({
    batch,
    chainId: id,
    factory: uniswapV3.factory,
    quoter: uniswapV3.quoter,
    wrappedNative,
    l1Fee,
    priorityFeeWei: PRIORITY_FEE_WEI,
    marketplace: (market) => {
      const place = placeIn(market)
      return place && { ...place, contract: place.contract ?? zeroAddress }
    },
  })
}

/** Before the first send: each contract is ours in shape, works for this market's pool, and lets the signer call it. */
export async function checkContracts(open: OpenChain, config: Config, account: PrivateKeyAccount): Promise<void> {
  for (const book of open.books) {
    const contract = config.executor.markets.get(book.name)?.contract
    if (contract === undefined) continue
    const { pool } = book.protocol.market(book.ledger)
    const said = await readLiquidator(open.batch, contract, account.address)
    if (said.pool !== pool)
      throw wrongContract(
        book.name,
        contract,
        `it is not a Liquidator for the pool ${pool}`,
        'Deploy one: plimsoll deploy.',
      )
    if (!said.isKeeper)
      throw wrongContract(
        book.name,
        contract,
        `it does not know ${account.address} as a keeper`,
        'Let its owner call setKeeper.',
      )
  }
}

const wrongContract = (market: string, contract: Hex, why: string, fix: string): ConfigError =>
  new ConfigError({ code: 'WRONG_CONTRACT', what: `executor.markets.${market}.contract ${contract}`, why, fix })
