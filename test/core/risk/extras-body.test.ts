import { expect } from 'chai'
import type { ReserveView } from '../../../src/core/protocol.ts'
import type { ReserveExtras } from '../../../src/core/risk/extras.ts'
import { extrasBody } from '../../../src/core/risk/extras-body.ts'
import { assetOf, bookOf, reserve } from '../../protocols/aave-v3/world.ts'

/** The chain's own dollar and the bridged one have one name on several Layer 2s. */
const book = bookOf({
  reserves: ['USDC', 'USDC', 'USDT'].map((symbol) => reserve({ decimals: 6, symbol })),
  accounts: [],
})
const views: readonly ReserveView[] = book.protocol.market(book.ledger).reserves
const told = (totalSupply: bigint | null, id: number): ReserveExtras => ({
  ...{ asset: assetOf(id), totalSupply, umbrella: null },
  ...{ supplied: null, borrowed: null, kinkRay: null, deficit: null },
})
const stablesOf = (...dollars: readonly (bigint | null)[]) =>
  extrasBody(
    {
      reserves: dollars.map((usd, id) => told(usd === null ? null : usd * 10n ** 6n, id)),
      ...{ feeds: [], funding: null, twaps: [] },
    },
    views,
  ).stables

describe('supply of stable coins', () => {
  it('adds up coins of one name', () => expect(stablesOf(70n, 5n, 20n)).to.deep.equal({ USDC: 75, USDT: 20 }))

  it('is not told of a name of which one coin did not answer', () =>
    expect(stablesOf(70n, null, 20n)).to.deep.equal({ USDT: 20 }))
})
