import { existsSync } from 'node:fs'
import type { RiskAnswers } from '../../../../src/app/risk/answer.ts'
import { UsageError } from '../../../../src/core/errors.ts'
import { EXAMPLES } from '../examples.ts'
import { digestOf } from './counting.ts'

/** Answers that say what the thread's books hold, or misbehave. `group`, `address` and the like carry what the test wants to say. */
export const TEST_ANSWERS: RiskAnswers = {
  ladder: () => EXAMPLES.ladder,
  absorption: () => EXAMPLES.absorption,
  joint: () => EXAMPLES.joint,
  cohorts: () => EXAMPLES.cohorts,
  phase: () => EXAMPLES.phase,
  chains: () => EXAMPLES.chains,
  /** `healthFactor`: digest of everything; `block`: where the books are; `contributions`: the hours that are kept. */
  plan: (worlds, { market, address }) => {
    const { book, exchange, hours, distrusted } = worlds.of(market)
    const block = { ...EXAMPLES.plan.block, number: String(book.head?.number) }
    const contributions = hours('').map((hour) => ({ symbol: JSON.stringify(hour), share: 0 }))
    return {
      ...EXAMPLES.plan,
      market,
      address,
      distrusted,
      block,
      healthFactor: digestOf(book, exchange),
      contributions,
    }
  },
  overview: (worlds, { market }) => ({ ...EXAMPLES.overview, market, accounts: worlds.of(market).book.ledger.size }),
  /** Never ends before the file named as the group is there. */
  grid: (worlds, { market, group = '' }) => {
    worlds.of(market)
    while (!existsSync(group)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    return EXAMPLES.grid
  },
  /** A bug. */
  cascade: () => {
    throw new TypeError('planted: a bug in one question')
  },
  /** What makes no sense. */
  compare: (_, { market }) => {
    throw new UsageError({ code: 'UNKNOWN_GROUP', what: `group of ${market}`, why: 'planted', fix: 'Choose another.' })
  },
  /** Takes the whole thread down. */
  wave: () => {
    queueMicrotask(() => {
      throw new RangeError('planted: the thread dies')
    })
    return EXAMPLES.wave
  },
}
