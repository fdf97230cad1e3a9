import type { EmodeDataHumanized } from '@aave/contract-helpers'
import type { Address } from 'viem'
import { ChainError, UnreachableError } from '../core/errors.ts'
import { UINT256_MAX, WAD } from '../core/math.ts'
import type { AccountView } from '../core/protocol.ts'

/**
 * How far the witness may lie from the chain, relative to health: 1e-6. @aave/math-utils compounds interest with
 * (n − 1)(n − 2) where the pool uses n², which is 4.5e-9 after 143 days at 5 % and grows with the rate and the time since
 * a reserve was last touched; and it rounds half up where the pool floors collateral and ceils debt.
 */
export const WITNESS_TOLERANCE = 1e-6
/** Below this a debt is a matter of single units, which the two round differently: base currency, 8 decimals ($1). */
const WITNESS_LEAST_DEBT_BASE = 10n ** 8n

export interface WitnessOptions {
  readonly url: string
  readonly chainId: number
  readonly uiPoolDataProvider: Address
  readonly addressesProvider: Address
  readonly accounts: readonly Address[]
  /** Unix seconds of the block that the answers are compared with. */
  readonly timestamp: bigint
}

export interface Testimony {
  readonly address: Address
  /** A decimal; `-1` without debt. */
  readonly healthFactor: string
}

export interface Witnessed {
  /** The node's head before and after: unless both are the block of the comparison, nothing can be compared. */
  readonly firstBlock: bigint
  readonly lastBlock: bigint
  readonly testimonies: readonly Testimony[]
  /** In an eMode whose terms could not be read: the library knows the layout of 3.7 only. */
  readonly notWitnessed: readonly Address[]
}

/**
 * The second opinion: health as Aave's own libraries have it, from data that they read themselves (always at `latest`).
 * Slow, and only for `plimsoll verify`; the libraries are loaded when they are needed.
 */
export async function witness(options: WitnessOptions): Promise<Witnessed> {
  try {
    return await hear(options)
  } catch (error) {
    throw asOurs(error, options)
  }
}

async function hear(options: WitnessOptions): Promise<Witnessed> {
  const { url, chainId, uiPoolDataProvider, addressesProvider, accounts } = options
  const [{ UiPoolDataProvider }, math, { providers }] = await Promise.all([
    import('@aave/contract-helpers'),
    import('@aave/math-utils'),
    import('ethers'),
  ])
  const node = new providers.StaticJsonRpcProvider({ url, timeout: REQUEST_TIMEOUT_MS }, chainId)
  const ui = new UiPoolDataProvider({ uiPoolDataProviderAddress: uiPoolDataProvider, provider: node, chainId })
  const market = { lendingPoolAddressProvider: addressesProvider }
  const firstBlock = await head(node)
  const { reservesData, baseCurrencyData } = await ui.getReservesHumanized(market)
  const eModes = await ui.getEModesHumanized(market).catch((error: unknown) => noneIfUndecodable(error))
  const common = {
    currentTimestamp: Number(options.timestamp),
    marketReferencePriceInUsd: baseCurrencyData.marketReferenceCurrencyPriceInUsd,
    marketReferenceCurrencyDecimals: baseCurrencyData.marketReferenceCurrencyDecimals,
  }
  const formattedReserves = math.formatReserves({ ...common, reserves: reservesData, eModes: eModes ?? [] })
  const testimonies: Testimony[] = []
  const notWitnessed: Address[] = []
  for (const address of accounts) {
    const user = await ui.getUserReservesHumanized({ ...market, user: address })
    if (user.userEmodeCategoryId !== 0 && eModes === undefined) notWitnessed.push(address)
    else {
      const { healthFactor } = math.formatUserSummary({ ...common, ...user, formattedReserves })
      testimonies.push({ address, healthFactor })
    }
  }
  return { firstBlock, lastBlock: await head(node), testimonies, notWitnessed }
}

const REQUEST_TIMEOUT_MS = 15_000

/** Asked directly: the library's own `getBlockNumber` may answer from memory. */
async function head(node: { send(method: string, params: unknown[]): Promise<unknown> }): Promise<bigint> {
  return BigInt(String(await node.send('eth_blockNumber', [])))
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown failure'

/** The answer of a 3.6 pool is whole, but not in the layout of 3.7; a revert, or anything else, is a failure. */
function noneIfUndecodable(error: unknown): EmodeDataHumanized[] | undefined {
  const data = error instanceof Error && 'data' in error && typeof error.data === 'string' ? error.data : '0x'
  if (codeOf(error) === 'CALL_EXCEPTION' && data.length > 2 && data.length % 64 === 2) return undefined
  throw error
}

const TRANSPORT_CODES: ReadonlySet<string> = new Set(['SERVER_ERROR', 'NETWORK_ERROR', 'TIMEOUT'])

/** Without its cause: messages of ethers carry the URL, which may hold a key. */
function asOurs(error: unknown, { uiPoolDataProvider }: WitnessOptions): Error {
  const why = codeOf(error)
  const what = `Aave's libraries could not read the market through UiPoolDataProviderV3 ${uiPoolDataProvider}`
  if (TRANSPORT_CODES.has(why))
    return new UnreachableError({ code: 'WITNESS_UNREACHABLE', what, why, fix: 'Check the node; try again later.' })
  const fix = 'Correct uiPoolDataProvider in the configuration, or leave it out: verify then asks the pool alone.'
  return new ChainError({ code: 'WITNESS_FAILED', what, why, fix })
}

export interface Disagreement {
  readonly address: Address
  readonly ours: string
  readonly theirs: string
}

/** Accounts in which the two differ by more than `tolerance`, and how many were compared at all. */
export function compareWitness(
  ours: readonly AccountView[],
  theirs: readonly Testimony[],
  tolerance: number = WITNESS_TOLERANCE,
): { readonly compared: number; readonly disagreements: readonly Disagreement[] } {
  const views = new Map(ours.map((view) => [view.address.toLowerCase(), view]))
  const disagreements: Disagreement[] = []
  let compared = 0
  for (const { address, healthFactor } of theirs) {
    const view = views.get(address.toLowerCase())
    if (view && view.totalDebtBase > 0n && view.totalDebtBase < WITNESS_LEAST_DEBT_BASE) continue
    compared++
    const own = view === undefined ? 'unknown' : decimalOf(view.healthFactor)
    if (!agree(own, healthFactor, tolerance)) disagreements.push({ address, ours: own, theirs: healthFactor })
  }
  return { compared, disagreements }
}

const decimalOf = (health: bigint): string =>
  health === UINT256_MAX ? NO_DEBT : `${health / WAD}.${(health % WAD).toString().padStart(18, '0')}`
const NO_DEBT = '-1'

function agree(ours: string, theirs: string, tolerance: number): boolean {
  const [a, b] = [Number(ours), Number(theirs)]
  return ours === theirs || Math.abs(a - b) <= tolerance * Math.abs(b)
}
