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
  /** Of the first cohort: everybody who owes something, those known to be contracts or not, and the contracts. */
  cohorts: (worlds, { market }) => {
    const { book, codes } = worlds.of(market)
    const owing = [...Array(book.sheet.size).keys()].filter((account) => (book.sheet.debit[account] as number) > 0)
    const kinds = owing.map((account) => codes.isContract(book.ledger.address(account)))
    const [first, ...rest] = EXAMPLES.cohorts.cohorts
    const told = {
      ...(first as (typeof rest)[number]),
      ...{ accounts: kinds.length, contracts: kinds.filter((kind) => kind === true).length },
      debtUsd: kinds.filter((kind) => kind !== undefined).length,
    }
    return { ...EXAMPLES.cohorts, market, cohorts: [told, ...rest] }
  },
  phase: () => EXAMPLES.phase,
  chains: () => EXAMPLES.chains,
  /** `healthFactor`: digest of everything; `block`: where the books are; `contributions`: the hours that are kept. */
  plan: (worlds, { market, address }) => {
    const { book, exchange, marketHours, distrusted } = worlds.of(market)
    const block = { ...EXAMPLES.plan.block, number: String(book.head?.number) }
    const contributions = marketHours().map((hour) => ({
      root: '0x',
      symbol: JSON.stringify(hour),
      share: 0,
      holdings: [],
    }))
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
  overview: (worlds, { market }) => {
    const { book } = worlds.of(market)
    book.screen(book.head?.timestamp ?? 0n)
    return { ...EXAMPLES.overview, market, accounts: book.ledger.size }
  },
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
