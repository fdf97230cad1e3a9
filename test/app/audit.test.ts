import { expect } from 'chai'
import { type Hex, toHex } from 'viem'
import { everyAccount, isExact, type Verification, verificationAnswer, verify } from '../../src/app/audit.ts'
import { Book } from '../../src/core/book.ts'
import type { At, Batch } from '../../src/core/ports.ts'
import type { Mismatch, Protocol } from '../../src/core/protocol.ts'
import type { Call, Read } from '../../src/core/types.ts'
import { address, type Change, fakeProtocol, header, page } from '../core/fake-protocol.ts'

const ask = (data: Hex): Call => ({ to: address(0xa), data })
const mismatch = (n: number, field: string): Mismatch => ({ address: address(n), field, ours: '1', chain: '2' })

/** Compares debts only; `0xfe` sets the price anew, `0xac…` asks for an account, `0x50` for the total. */
const audited = (totals: readonly [bigint, bigint] = [7n, 7n]): Protocol => ({
  ...fakeProtocol,
  apply: (facts, ledger) => {
    for (const { data, result } of facts.reads) if (data === '0xfe' && result) ledger.set(0, BigInt(result))
    return fakeProtocol.apply(facts, ledger)
  },
  audit: {
    fresh: () => [ask('0xfe')],
    account: (_, account) => ask(`0xac${account.toString(16).padStart(2, '0')}`),
    compare: (view, who, result) =>
      result === undefined || view === undefined
        ? [mismatch(Number(who), 'debt'), mismatch(Number(who), 'collateral')]
        : view.totalCollateralBase === BigInt(result)
          ? []
          : [{ ...mismatch(Number(who), 'collateral'), ours: `${view.totalCollateralBase}` }],
    totals: () => [ask('0x50')],
    sums: (_, results) =>
      results.map(() => ({ asset: address(0xabc), sumScaledDebt: totals[0], scaledTotalSupply: totals[1] })),
  },
})

/** Answers by calldata, and remembers how it was asked. */
function batchOf(answers: Readonly<Record<Hex, bigint>>) {
  const asked: { calls: number; at: At; size: number | undefined }[] = []
  const batch: Batch = {
    read: async (calls, at, options): Promise<Read[]> => {
      asked.push({ calls: calls.length, at, size: options?.size })
      return calls.map((call) => {
        const answer = answers[call.data]
        return { ...call, result: answer === undefined ? undefined : toHex(answer) }
      })
    },
  }
  return { batch, asked }
}

const people: readonly Change[] = [
  { account: 0, collateral: 2n, debt: 0n },
  { account: 1, collateral: 10n, debt: 1n },
  { account: 2, collateral: 20n, debt: 1n },
]

function bookWith(protocol: Protocol): Book {
  const book = new Book('m', protocol)
  book.apply(page(3, people))
  return book
}

const good: Verification = {
  market: 'm',
  revision: 10,
  block: 3n,
  checked: 2,
  mismatched: 0,
  mismatches: [],
  reserves: [{ asset: address(0xabc), sumScaledDebt: 7n, scaledTotalSupply: 7n }],
}

describe('verify', () => {
  it("compares each account with the chain's answer, and the totals, all at the book's block", async () => {
    const { batch, asked } = batchOf({ '0xfe': 2n, '0xac00': 20n, '0xac01': 40n, '0x50': 7n })
    const book = bookWith(audited())
    const result = await verify(book, batch, [0, 1])
    expect(result).to.deep.equal({ ...good, revision: 0 })
    expect(isExact(result)).to.equal(true)
    expect(asked.map(({ calls, at, size }) => [calls, at, size])).to.deep.equal([
      [1, { blockHash: header(3).hash }, undefined],
      [2, { blockHash: header(3).hash }, 50],
      [1, { blockHash: header(3).hash }, undefined],
    ])
  })

  it('compares with fresh prices, and forgets them again', async () => {
    const { batch } = batchOf({ '0xfe': 3n, '0xac00': 30n, '0xac01': 60n, '0x50': 7n })
    const book = bookWith(audited())
    expect((await verify(book, batch, [0, 1])).mismatched).to.equal(0)
    expect(book.account(0, 3n)?.totalCollateralBase).to.equal(20n)
  })

  it('counts accounts, not fields; an account without an answer differs', async () => {
    const { batch } = batchOf({ '0xfe': 2n, '0xac00': 21n, '0x50': 7n })
    const result = await verify(bookWith(audited()), batch, [0, 1])
    expect([result.checked, result.mismatched, result.mismatches.length]).to.deep.equal([2, 2, 3])
    expect(result.mismatches[0]).to.deep.equal({ ...mismatch(1, 'collateral'), ours: '20' })
    expect(isExact(result)).to.equal(false)
  })

  it('only the accounts that it is given', async () => {
    const { batch } = batchOf({ '0xfe': 2n, '0xac01': 40n, '0x50': 7n })
    const result = await verify(bookWith(audited()), batch, [1])
    expect([result.checked, result.mismatched]).to.deep.equal([1, 0])
  })

  it('is not exact when a total differs by one', async () => {
    const { batch } = batchOf({ '0xfe': 2n })
    expect(isExact(await verify(bookWith(audited([7n, 8n])), batch, []))).to.equal(false)
    expect(isExact(await verify(bookWith(audited([8n, 8n])), batch, []))).to.equal(true)
  })

  it('a book without a page has nothing to verify', async () => {
    const { batch, asked } = batchOf({})
    const error = await verify(new Book('m', audited()), batch, []).catch((thrown: unknown) => thrown)
    expect(error).to.be.instanceOf(RangeError).with.property('message').that.includes('market m')
    expect(asked).to.deep.equal([])
  })

  it('everybody is everybody whom the chain told of', () => {
    const book = bookWith({ ...audited(), knows: (_, account) => account !== 0 })
    expect(everyAccount(book)).to.deep.equal([1])
  })
})

describe('verificationAnswer', () => {
  it('is JSON with decimal strings and checksummed addresses, and shows the first mismatch', () => {
    const answer = verificationAnswer({ ...good, mismatched: 1, mismatches: [mismatch(0xabcdef, 'debt')] }, 1)
    expect(JSON.parse(JSON.stringify(answer))).to.deep.equal({
      market: 'm',
      chainId: 1,
      revision: 10,
      block: '3',
      checked: 2,
      mismatched: 1,
      worst: { address: '0x0000000000000000000000000000000000abcDeF', field: 'debt', ours: '1', chain: '2' },
      reserves: [{ asset: '0x0000000000000000000000000000000000000aBc', sumScaledDebt: '7', scaledTotalSupply: '7' }],
    })
  })

  it('names no worst one when there is none', () => {
    expect(verificationAnswer(good, 1)).to.include({ worst: null, mismatched: 0 })
  })
})
