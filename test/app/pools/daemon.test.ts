import { expect } from 'chai'
import { poolSpecs } from '../../../scripts/devnet/liquidity.ts'
import { withMirrors } from '../../../src/app/cli/session.ts'
import { expectQuotes, madePools, PoolStage } from './stage.ts'

const BLOCKS = 30

describe('pools in the daemon', function () {
  this.timeout(240_000)
  let stage: PoolStage

  before(async () => {
    stage = await PoolStage.open()
  })
  after(() => stage?.close())

  it('are found, read beside the loop, followed through a story and a reorganisation, and quote what the chain does', async () => {
    const { devnet } = stage
    await stage.life(stage.configure('auto'), async (life) => {
      await life.caughtUp()
      const book = await life.untilPools()
      expect(book.pools().map(({ pool }) => pool)).to.have.members(await madePools(devnet))
      expect(await expectQuotes(devnet, book)).to.equal(6 * poolSpecs.length)
      const story = devnet.story(BLOCKS)
      for (let n = 0; n < BLOCKS; n++) {
        await story.next()
        await life.caughtUp()
      }
      await expectQuotes(devnet, life.pools)
      await devnet.history.reorg(5, false)
      await life.caughtUp()
      await expectQuotes(devnet, life.pools)
      // The head, the logs, and the market's one batched read: what pools were read by is beside the pages.
      expect(life.state.requestsPerBlock.max).to.be.at.most(3)
      expect(life.pools, 'never lost').to.equal(book)
    })
    expect(stage.problems).to.deep.equal([])
  })

  it('come back after a restart without being read, and follow what happened meanwhile', async () => {
    const { devnet } = stage
    await devnet.control.mine(2)
    await stage.life(stage.configure('auto'), async (life) => {
      await life.caughtUp()
      expect(life.pools?.pools()).to.have.length(poolSpecs.length)
      await expectQuotes(devnet, life.pools)
      await devnet.control.mine(1)
      await life.caughtUp()
      await expectQuotes(devnet, life.pools)
    })
  })

  it('are in a command beside, without a daemon', async () => {
    const { signal } = new AbortController()
    await withMirrors(stage.configure('auto'), undefined, signal, async ([mirror]) => {
      await expectQuotes(stage.devnet, mirror?.exchange)
    })
  })
})
