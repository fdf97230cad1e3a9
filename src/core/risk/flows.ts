/** Where capital goes (row 12). One definition for all chains. */
import { shareOf } from './measure.ts'

/** What adds, and what takes away from the same account. */
const PAIRS = {
  supply: ['supply', 'withdraw'],
  borrow: ['borrow', 'repay'],
  issue: ['mint', 'burn'],
  bridge: ['bridge-in', 'bridge-out'],
} as const

type Flow = keyof typeof PAIRS

export interface FlowEvent {
  readonly chainId: number
  readonly asset: string
  readonly kind: (typeof PAIRS)[Flow][number]
  readonly usd8: bigint
}

/** In less out; `bridge` and `issue` are 0 also where nobody recorded them: `events` says how many there were. */
export interface NetFlow extends Readonly<Record<Flow, bigint>> {
  readonly chainId: number
  readonly asset: string
  readonly events: number
}

/** By chain and asset, in order of first appearance. */
export function netFlows(events: readonly FlowEvent[]): readonly NetFlow[] {
  const nets = new Map<string, NetFlow>()
  for (const { chainId, asset, kind, usd8 } of events) {
    const key = `${chainId} ${asset}`
    const so = nets.get(key) ?? { chainId, asset, events: 0, supply: 0n, borrow: 0n, issue: 0n, bridge: 0n }
    const [flow, sign] = directionOf(kind)
    nets.set(key, { ...so, events: so.events + 1, [flow]: so[flow] + sign * usd8 })
  }
  return [...nets.values()]
}

function directionOf(kind: FlowEvent['kind']): readonly [Flow, 1n | -1n] {
  if (kind === 'supply' || kind === 'withdraw') return ['supply', kind === 'supply' ? 1n : -1n]
  if (kind === 'borrow' || kind === 'repay') return ['borrow', kind === 'borrow' ? 1n : -1n]
  if (kind === 'mint' || kind === 'burn') return ['issue', kind === 'mint' ? 1n : -1n]
  return ['bridge', kind === 'bridge-in' ? 1n : -1n]
}

/**
 * |Σ net| / Σ |net| over chains: 1 when all gain or all lose, 0 when what one loses the others gain, which is pure rotation.
 * Null where nothing moved.
 */
export function rotationShare(nets: readonly bigint[]): number | null {
  const abs = (value: bigint): bigint => (value < 0n ? -value : value)
  const net = nets.reduce((sum, one) => sum + one, 0n)
  return shareOf(
    abs(net),
    nets.reduce((sum, one) => sum + abs(one), 0n),
  )
}
