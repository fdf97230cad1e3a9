import { expect } from 'chai'
import { fall } from '../../../src/app/people/fall.ts'
import { toAccountRow } from '../../../src/app/present.ts'
import { whatIfAnswer } from '../../../src/app/what-if.ts'
import { WAD } from '../../../src/core/math.ts'
import { drivingRoot } from '../../../src/core/position.ts'
import { type Mirror, startMirror } from '../../protocols/aave-v3/mirror.ts'

describe('what a fall would make of one position', function () {
  this.timeout(120_000)
  let mirror: Mirror

  before(async () => {
    mirror = await startMirror({ chain: 'arbitrum', accounts: 60, seed: 43 })
  })
  after(() => mirror?.close())

  it('is what the what-if of its feed says of it, for every account, and changes nothing', () => {
    const { book } = mirror
    const timestamp = book.head?.timestamp ?? 0n
    const { reserves } = book.protocol.market(book.ledger)
    let under = 0
    let healthy = 0
    for (let account = 0; account < book.ledger.size; account++) {
      const view = book.account(account, timestamp)
      const found = fall(book, 42161, account, 12.5)
      const root = view && view.totalDebtBase > 0n ? drivingRoot(view) : undefined
      if (view === undefined || root === undefined) {
        expect(found).to.equal(undefined)
        continue
      }
      const asset = reserves.find((reserve) => reserve.root === root)?.symbol ?? ''
      const shocks = [{ asset, root, factorWad: (WAD * 875n) / 1000n }]
      const whole = whatIfAnswer(book, { shocks, prices: undefined, top: 1000 })
      const row = whole?.top.find(({ address }) => address === found?.now.address)
      expect(found?.now).to.deep.equal(toAccountRow(book.name, 42161, view))
      expect(found?.moved).to.deep.equal(whole?.shocks[0]?.moved)
      expect(found?.shocked.liquidatable).to.equal(row !== undefined)
      if (row === undefined) {
        healthy++
        expect(BigInt(found?.shocked.healthFactor ?? '0') >= WAD).to.equal(true)
        continue
      }
      under++
      const { healthFactor, collateralBase, debtBase, seizableBase, badDebtBase } = row
      expect(found?.shocked).to.include({ healthFactor, collateralBase, debtBase, seizableBase, badDebtBase })
      expect(book.account(account, timestamp)).to.deep.equal(view)
    }
    expect([under > 3, healthy > 3]).to.deep.equal([true, true])
  })
})
