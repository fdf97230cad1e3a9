import type { Address } from 'viem'
import { RpcFault, UnreachableError } from '../../core/errors.ts'
import type { Store } from '../../core/ports.ts'
import type { ChainState } from '../chain-state.ts'
import type { Journal } from '../journal.ts'

export interface BalanceWatchOptions {
  readonly chains: readonly ChainState[]
  readonly address: Address
  readonly settings: () => {
    readonly lowBalanceWei: bigint
    readonly symbolOf: (chainId: number) => string
  }
  readonly store: Pick<Store, 'value' | 'setValue' | 'atomically'>
  readonly journal: Pick<Journal, 'add' | 'hold'>
}

const latchOf = ({ chainId }: ChainState): string => `balance.low.${chainId}`

/** Undefined when the node does not say: the next look will. */
export async function balanceOf({ node }: ChainState, address: Address): Promise<bigint | undefined> {
  try {
    const answer = await node?.request('eth_getBalance', [address, 'latest'])
    return typeof answer === 'string' ? BigInt(answer) : undefined
  } catch (error) {
    if (error instanceof RpcFault || error instanceof UnreachableError) return undefined
    throw error
  }
}

/** One look at the signer on every chain. Told once when it runs low, once when it has enough again, over restarts too. */
export async function lookAtBalances(options: BalanceWatchOptions): Promise<void> {
  for (const chain of options.chains) {
    const wei = await balanceOf(chain, options.address)
    if (wei !== undefined) tell(options, chain, wei)
  }
}

function tell({ settings, store, journal, address }: BalanceWatchOptions, chain: ChainState, wei: bigint): void {
  const { lowBalanceWei, symbolOf } = settings()
  const isLow = wei < lowBalanceWei
  if (isLow === (store.value(latchOf(chain)) === 'true')) return
  const detail = `${address} has ${coins(wei)} ${symbolOf(chain.chainId)} on ${chain.name}, ${isLow ? 'less than' : 'again at least'} ${coins(lowBalanceWei)}`
  const block = chain.head?.number.toString() ?? '0'
  const data = { reason: isLow ? 'low-balance' : 'balance-is-back', detail, address, wei }
  journal.hold(() =>
    store.atomically(() => {
      store.setValue(latchOf(chain), String(isLow))
      journal.add({ chainId: chain.chainId, market: '', block, kind: 'breaker', data })
    }),
  )
}

/** Whole coins with six decimals, cut off. */
export const coins = (wei: bigint): string => {
  const digits = (wei / 10n ** 12n).toString().padStart(7, '0')
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`.replace(/\.?0+$/, '')
}
