import { expect } from 'chai'
import { privateKeyToAccount } from 'viem/accounts'
import { Chain, namedAccount } from '../../scripts/devnet/chain.ts'
import { chainSpec } from '../../scripts/devnet/chain-spec.ts'
import { openNetwork } from '../../scripts/devnet/network.ts'
import { History } from '../../scripts/devnet/reorg.ts'

describe('a reorganisation of the devnet', () => {
  it('sends again what whoever sent, and loses it when told to', async () => {
    const spec = chainSpec('ethereum')
    const connection = await openNetwork(spec)
    try {
      const chain = new Chain(spec, connection.provider)
      await chain.sync()
      // Nobody's lower-case name, and an address with its checksum.
      const from = [namedAccount('somebody'), privateKeyToAccount(`0x${'17'.repeat(32)}`).address]
      const to = namedAccount('receiver')
      for (const sender of from) await chain.unlock(sender)
      const history = await History.start(chain)
      for (const sender of from) await chain.send({ from: sender, to, valueWei: 7n })
      await chain.settle()
      const balance = () => chain.client.getBalance({ address: to })
      await history.reorg(1)
      expect(await balance()).to.equal(14n)
      await history.reorg(2, false)
      expect(await balance()).to.equal(0n)
    } finally {
      await connection.close()
    }
  })
})
