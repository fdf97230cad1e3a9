import { History } from '../devnet/reorg.ts'
import { type ContractSet, openGround } from './ground.ts'
import { kindsOf } from './kinds/index.ts'
import type { Finding } from './kinds/kind.ts'
import { startMirror } from './mirror.ts'
import { closing, type Session, step } from './step.ts'
import { populate } from './world.ts'

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

export interface Run {
  readonly tally: Tally
  readonly failure: Failure | undefined
}

/** One seed: random actions on the real contracts, the mirror compared after every block. */
export async function run(options: RunOptions): Promise<Run> {
  const { set, seed, actions } = options
  const ground = await openGround(set, seed % 3 === 2 ? 'arbitrum' : 'ethereum')
  const tally = emptyTally()
  try {
    const cast = await populate(ground, seed)
    const mirror = await startMirror(ground, seed % 4 === 3 ? 300n : 0n)
    const history = await History.start(ground.chain)
    const session: Session = {
      options,
      world: { ...cast, mirror },
      history,
      tally,
      kinds: kindsOf(set),
      steps: 0,
      drawn: 0,
      lagging: false,
    }
    let failure: Failure | undefined
    while (failure === undefined && tally.actions < actions) failure = await step(session)
    failure ??= await closing(session)
    mirror.close()
    return { tally, failure }
  } finally {
    await ground.close()
  }
}

export const emptyTally = (): Tally => ({
  actions: 0,
  blocks: 0,
  reorgs: 0,
  comparisons: 0,
  silent: 0,
  fields: 0,
  liquidations: 0,
  predictions: 0,
  rebuilds: 0,
  kinds: {},
})
