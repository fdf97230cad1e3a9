/** Where capital goes (row 12). One definition for all chains. */
import { shareOf } from './measure.ts'

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
