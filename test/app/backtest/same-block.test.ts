import { expect } from 'chai'
import { concatHex, type Hex } from 'viem'
import { MISS_REASONS, type MissReason } from '../../../src/app/backtest/run.ts'
import type { Protocol } from '../../../src/core/protocol.ts'
import type { Call, Facts, Read } from '../../../src/core/types.ts'
import { address, fakeProtocol } from '../../core/fake-protocol.ts'
import { block, type Deed, has, liquidated, POOL, price, verdicts } from './play.ts'

const OPENED: readonly Deed[] = [price(1, 2n), has(2, 1, 100n, 150n), has(3, 2, 100n, 150n)]
const AFTER = has(9, 1, 60n, 20n)
const CALLED = [AFTER, liquidated(9, 1)] as const

interface Case {
  readonly title: string
  readonly deeds: readonly Deed[]
  readonly missed: MissReason | null
  readonly bent?: Partial<Protocol>
  readonly reads?: readonly Read[]
}

const ANSWER: Hex = '0x01'
/** What a page that says something of accounts must ask of them, as protocols do that know balances only by reading. */
const questionOf = (account: number): Call => ({ to: POOL, data: concatHex(['0xaaaaaaaa', address(account)]) })
const answer = (call: Call): Read => ({ ...call, result: ANSWER })
const asking: Partial<Protocol> = {
  reads: ({ logs }) =>
    logs.filter(({ address: by }) => by !== address(0) && by !== POOL).map(({ address: by }) => questionOf(Number(by))),
}
const second: Call = { to: POOL, data: '0xbbbbbbbb' }
const first: Call = { to: POOL, data: '0xcccccccc' }
/** The second question is known once the first is answered. */
const inRounds: Partial<Protocol> = {
  reads: ({ reads }: Facts) => (reads.length === 0 ? [first] : [first, second]),
}

const cases: readonly Case[] = [
  { title: 'a price report before the call', deeds: [price(1, 1n), ...CALLED], missed: null },
  { title: 'a price report after the call', deeds: [...CALLED, price(1, 1n)], missed: 'healthy-before' },
  { title: 'no reason at all', deeds: CALLED, missed: 'healthy-before' },
  { title: 'collateral withdrawn before the call', deeds: [has(5, 1, 70n, 150n), ...CALLED], missed: null },
  {
    title: 'a price report in the transaction of the call itself',
    deeds: [price(9, 1n), ...CALLED],
    missed: null,
  },
  {
    title: 'two accounts in one transaction, the second under since the first was sold',
    deeds: [liquidated(9, 2), price(9, 1n), ...CALLED],
    missed: null,
  },
  {
    title: 'an account that opened in the block',
    deeds: [has(5, 3, 10n, 30n), has(9, 3, 0n, 0n), liquidated(9, 3)],
    missed: 'unknown-account',
  },
  {
    title: 'an account whose number is all that is known',
    deeds: [price(1, 1n), ...CALLED],
    missed: 'unknown-account',
    bent: { knows: () => false },
  },
  {
    title: 'an account without a price',
    deeds: [price(1, 0n), ...CALLED],
    missed: 'no-price',
    bent: {
      account: (ledger, account, at) => (ledger.get(0) === 0n ? undefined : fakeProtocol.account(ledger, account, at)),
    },
  },
  {
    title: 'nothing said of the borrower before the call: no answer is needed',
    deeds: [price(1, 1n), ...CALLED],
    missed: null,
    bent: asking,
    reads: [answer(questionOf(1))],
  },
  {
    title: 'an answer that is not recorded',
    deeds: [has(5, 2, 5n, 5n), price(1, 1n), ...CALLED],
    missed: 'within-block',
    bent: asking,
  },
  {
    title: 'an answer of somebody else, from the end of the block',
    deeds: [has(5, 2, 5n, 5n), price(1, 1n), ...CALLED],
    missed: null,
    bent: asking,
    reads: [answer(questionOf(2))],
  },
  {
    title: 'an answer of the borrower from the end of the block: what the call had left of it',
    deeds: [has(5, 1, 100n, 149n), price(1, 1n), ...CALLED],
    missed: 'within-block',
    bent: asking,
    reads: [answer(questionOf(1))],
  },
  {
    title: 'an answer of the borrower that follows from the logs',
    deeds: [has(5, 1, 100n, 149n), price(1, 1n), ...CALLED],
    missed: null,
    bent: { ...asking, derive: (_, __, calls) => calls.map(answer) },
    reads: [answer(questionOf(1))],
  },
  {
    title: 'a second round of questions, answered',
    deeds: [price(1, 1n), ...CALLED],
    missed: null,
    bent: inRounds,
    reads: [answer(first), answer(second)],
  },
  {
    title: 'a second round of questions, not recorded',
    deeds: [price(1, 1n), ...CALLED],
    missed: 'within-block',
    bent: inRounds,
    reads: [answer(first)],
  },
]

describe('a liquidation in the block that made it possible', () => {
  for (const { title, deeds, missed, bent, reads } of cases)
    it(`${title}: ${missed ?? 'flagged, lead 0'}`, () => {
      const found = verdicts([block(1, OPENED), block(2, deeds, reads)], bent)
      expect(found.at(-1)).to.deep.include({ leadBlocks: missed === null ? 0 : null, missed })
      expect(found.at(-1)?.detail === '').to.equal(missed === null)
    })

  it('leaves the book as it was', () => {
    const pages = [block(1, OPENED), block(2, [price(1, 1n), ...CALLED]), block(3, [price(1, 2n)])]
    // Flagged by the first, and healthy since: the next one without a reason is missed for that.
    expect(verdicts([...pages, block(4, [liquidated(1, 1)])]).map(({ missed }) => missed)).to.deep.equal([
      null,
      'healthy-before',
    ])
  })

  it('comes to every reason there is', () => {
    expect(new Set(cases.flatMap(({ missed }) => missed ?? []))).to.deep.equal(new Set(Object.keys(MISS_REASONS)))
  })
})
