import { History } from '../devnet/reorg.ts'
import { openGround } from './ground.ts'
import { kindsOf } from './kinds/index.ts'
import { startMirror } from './mirror.ts'
import { closing, type Session, step } from './step.ts'
import { emptyTally, type Failure, type RunOptions, type Tally } from './tally.ts'
import { populate } from './world.ts'

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
