import { expect } from 'chai'
import { type Devnet, startDevnet } from '../../scripts/devnet/index.ts'
import { accountData } from '../../scripts/devnet/seeding.ts'
import { Place } from './support.ts'

interface Verified {
  readonly markets: readonly { market: string; checked: number; mismatched: number; revision: number }[]
}

interface Ranked {
  readonly markets: readonly { readonly accounts: readonly { address: `0x${string}`; healthFactor: string }[] }[]
}

for (const chain of ['ethereum', 'optimism', 'arbitrum'] as const)
  describe(`plimsoll on a replica of ${chain}, told a node and the shipped market's name`, function () {
    this.timeout(60_000)
    const place = new Place()
    let devnet: Devnet

    before(async () => {
      devnet = await startDevnet({ chain, accounts: 30, seed: 6, replica: true })
      place.configure({ chains: { [chain]: { rpc: [devnet.http] } }, markets: [`aave-v3-${chain}`] })
    })
    after(async () => {
      place.remove()
      await devnet?.close()
    })

    it('verifies every borrower to the wei', async () => {
      const { markets } = await place.json<Verified>('verify')
      expect(markets).to.have.length(1)
      expect(markets[0]).to.include({ market: `aave-v3-${chain}`, mismatched: 0, revision: 10 })
      const borrowers = devnet.accounts.filter(({ borrows }) => borrows.length > 0)
      expect(markets[0]?.checked).to.be.at.least(borrowers.length)
    })

    it('ranks them as the pool would', async () => {
      const answer = await place.json<Ranked>('positions')
      const first = answer.markets[0]?.accounts.slice(0, 5) ?? []
      expect(first).to.have.length(5)
      for (const { address, healthFactor } of first)
        expect(healthFactor).to.equal(String((await accountData(devnet.market, address)).healthFactor))
    })
  })
