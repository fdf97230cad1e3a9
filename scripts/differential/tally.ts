import type { ContractSet } from './ground.ts'
import type { Finding } from './kinds/kind.ts'

export interface Count {
  tried: number
  succeeded: number
}

/** What a run amounts to. */
export interface Tally {
  actions: number
  blocks: number
  reorgs: number
  /** Times an account was compared; six fields each. */
  comparisons: number
  /** Of the comparisons: the mirror said nothing, for want of a price. */
  silent: number
  /** Single values that were equal or not. */
  fields: number
  liquidations: number
  /** Debts written off because nothing was left to seize. */
  deficits: number
  /** Liquidations told beforehand, to the wei or by their refusal. */
  predictions: number
  rebuilds: number
  readonly kinds: Record<string, Count>
}

export interface Failure {
  readonly set: ContractSet
  readonly seed: number
  /** Actions up to and including the block in which it showed. */
  readonly actions: number
  readonly step: number
  readonly block: string
  /** What the block held. */
  readonly held: readonly string[]
  readonly findings: readonly Finding[]
}

export interface RunOptions {
  readonly set: ContractSet
  readonly seed: number
  readonly actions: number
  /** Numbers of actions to leave out: what is left of a failing run must still fail. */
  readonly skip?: ReadonlySet<number>
  /** Told of each refusal by the chain. */
  readonly explain?: (kind: string, reason: string) => void
}

export const emptyTally = (): Tally => ({
  actions: 0,
  blocks: 0,
  reorgs: 0,
  comparisons: 0,
  silent: 0,
  fields: 0,
  liquidations: 0,
  deficits: 0,
  predictions: 0,
  rebuilds: 0,
  kinds: {},
})

export function sum({ kinds: a, ...left }: Tally, { kinds: b, ...right }: Tally): Tally {
  const kinds: Tally['kinds'] = {}
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const [one, other] = [a[name], b[name]]
    kinds[name] = {
      tried: (one?.tried ?? 0) + (other?.tried ?? 0),
      succeeded: (one?.succeeded ?? 0) + (other?.succeeded ?? 0),
    }
  }
  return {
    actions: left.actions + right.actions,
    blocks: left.blocks + right.blocks,
    reorgs: left.reorgs + right.reorgs,
    comparisons: left.comparisons + right.comparisons,
    silent: left.silent + right.silent,
    fields: left.fields + right.fields,
    liquidations: left.liquidations + right.liquidations,
    deficits: left.deficits + right.deficits,
    predictions: left.predictions + right.predictions,
    rebuilds: left.rebuilds + right.rebuilds,
    kinds,
  }
}
