import { expect } from 'chai'
import { poolSpecs } from '../../../scripts/devnet/liquidity.ts'
import { openRecording } from '../../../src/adapters/recording/reader.ts'
import { openStore } from '../../../src/adapters/store/sqlite.ts'
import { withMirrors } from '../../../src/app/cli/session.ts'
import { storedAs } from '../../cli/support.ts'
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
      expect(life.state.requestsTotal(), 'a reading alone takes more').to.be.below(30)
    })
  })

  it('come back from a checkpoint, and leave a recording that leads to what the chain says', async () => {
    const { devnet } = stage
    const settings = stage.configure('auto', 4, { recording: { folder: './recordings' } })
    await stage.life(settings, async (life) => {
      const story = devnet.story(80)
      for (let n = 0; n < 80; n++) {
        await story.next()
        await life.caughtUp()
      }
    })
    const store = openStore(stage.place.store, { readonly: true })
    expect(store.pages(1).length, 'a checkpoint was written').to.be.below(60)
    store.close()
    await stage.life(settings, async (life) => {
      await life.caughtUp()
      await expectQuotes(devnet, life.pools)
    })
    const file = stage.place.path('recordings/ethereum.plimsoll')
    const recording = openRecording(file)
    const pools = new Set(await madePools(devnet))
    const entries = [...recording.entries()]
    recording.close()
    const logs = entries.flatMap((entry) => (entry.kind === 'page' ? entry.facts.logs : []))
    expect(logs.filter((log) => pools.has(log.address)).length).to.be.above(20)
    const checked = await stage.place.plimsoll(['record', file, '--check'])
    expect(checked.code, checked.stderr).to.equal(0)
    const backtest = await stage.place.plimsoll(['backtest', file, '--json'])
    expect(backtest.code, backtest.stderr).to.equal(0)
  })

  it('are read anew, and the markets are not, once the configuration wants them again', async () => {
    const { devnet } = stage
    await stage.life(stage.configure('off'), async (life) => {
      await devnet.history.reorg(1)
      const story = devnet.story(10)
      for (let n = 0; n < 10; n++) await story.next()
      await life.caughtUp()
      expect(life.state.exchanges).to.deep.equal([])
      expect(life.state.requestsPerBlock.max).to.be.at.most(3)
    })
    const before = checkpointOf(stage)
    await stage.life(stage.configure('auto'), async (life) => {
      await life.caughtUp()
      await life.untilPools()
      await life.caughtUp()
      await expectQuotes(devnet, life.pools)
    })
    expect(checkpointOf(stage)).to.deep.equal(before)
  })

  it('may be named, and what is no pool among them is told and left out', async () => {
    const { devnet } = stage
    const [first = '0x', second = '0x'] = await madePools(devnet)
    const told = stage.journal.length
    const stranger = devnet.market.reserves.WETH.asset
    await stage.life(stage.configure([first, stranger, second]), async (life) => {
      await life.caughtUp()
      const book = await life.untilPools()
      expect(book.pools().map(({ pool }) => pool)).to.deep.equal([first, second])
      await expectQuotes(devnet, book)
    })
    const breakers = stage.journal.slice(told).filter(({ kind }) => kind === 'breaker')
    expect(breakers.map(({ data }) => data['reason'])).to.deep.equal(['pool-unreadable'])
    expect(String(breakers[0]?.data['detail'])).to.include(stranger.toLowerCase())
  })

  it('are read by a command that needs them and does not find them in the store, and by no other', async () => {
    const { signal } = new AbortController()
    const settings = stage.configure('auto')
    await withMirrors(settings, undefined, signal, async ([mirror]) => {
      expect(mirror?.exchange).to.equal(undefined)
    })
    const quoted = async (pools: boolean): Promise<void> =>
      withMirrors(
        settings,
        undefined,
        signal,
        async ([mirror]) => void (await expectQuotes(stage.devnet, mirror?.exchange)),
        { pools },
      )
    await quoted(true)
    await stage.devnet.control.mine(1)
    await quoted(false)
  })
})

function checkpointOf({ place, devnet }: PoolStage) {
  const store = openStore(place.store, { readonly: true })
  const block = store.checkpoint(1, storedAs(devnet))?.block
  store.close()
  return block
}
