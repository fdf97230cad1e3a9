import { expect } from 'chai'
import { pad, toEventSelector, toFunctionSelector, toHex } from 'viem'
import type { Facts } from '../../../src/core/types.ts'
import { bookOf, HEAD, NOW, reserve } from './world.ts'

const CHANGED = toEventSelector('EModeCategoryIsolationChanged(uint8,bool)')
const ASKED = toFunctionSelector('getIsEModeCategoryIsolated(uint8)')
const market = {
  reserves: [reserve()],
  eModes: [{ id: 1, ltvBps: 9000, ltBps: 9500, bonusBps: 10_200, collaterals: [] }],
  accounts: [{ eMode: 1, collaterals: [[0, 10n ** 18n]] as const, debts: [] }],
}
/** The configurator says that category 1 was set apart. */
const page: Facts = {
  block: { ...HEAD, number: HEAD.number + 1n, parentHash: HEAD.hash, hash: pad('0x2', { size: 32 }) },
  logs: [
    {
      address: pad('0x0', { size: 20 }),
      topics: [CHANGED, pad('0x1', { size: 32 })],
      data: pad('0x1', { size: 32 }),
      transactionHash: pad('0x3', { size: 32 }),
      logIndex: 0,
    },
  ],
  reads: [],
}

describe('Aave V3 isolated eMode', () => {
  it('is asked for where the revision has it, and takes the LTV of what is outside of the category', () => {
    const book = bookOf(market, 'aave-v3.7')
    expect(book.account(0, NOW)?.ltv).to.equal(8000n)
    const call = book.reads(page).find(({ data }) => data.startsWith(ASKED))
    if (call === undefined) throw new Error('not asked')
    expect(BigInt(`0x${call.data.slice(10)}`)).to.equal(1n)
    book.apply({ ...page, reads: [{ ...call, result: toHex(1n, { size: 32 }) }] })
    expect(book.account(0, NOW)).to.include({ ltv: 0n, currentLiquidationThreshold: 8300n, availableBorrowsBase: 0n })
  })

  it('is not asked for before 3.7', () => {
    const asked = bookOf(market, 'aave-v3.6').reads(page)
    expect(asked).to.not.have.length(0)
    expect(asked.filter(({ data }) => data.startsWith(ASKED))).to.deep.equal([])
  })
})
