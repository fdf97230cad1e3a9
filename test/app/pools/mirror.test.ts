import { expect } from 'chai'
import { openStore } from '../../../src/adapters/store/sqlite.ts'
import { RpcFault } from '../../../src/core/errors.ts'
import { burn } from '../../protocols/uniswap-v3/contract.ts'
import { Driver, first, nobody, reserve, second, World } from './world.ts'

const fault = () => new RpcFault('eth_call', -32000, 'header not found', undefined)

/** Pools mirrored at the world's head. */
async function opened(world = new World(), pools = [first, second]): Promise<Driver> {
  const driver = new Driver(world, openStore(':memory:'), pools)
  await driver.page()
  await driver.settled()
  return driver
}

/** Until `open` is called no read is answered. */
function closed(world: World): () => void {
  let open = (): void => {}
  world.gate = new Promise((resolve) => {
    open = () => resolve()
  })
  return () => open()
}

describe('the mirror of pools', () => {
  it('reads them beside the loop and follows their logs', async () => {
    const driver = new Driver(new World())
    expect(driver.state.exchanges).to.deep.equal([])
    await driver.page()
    await driver.settled()
    expect(driver.differences()).to.equal(0)
    await driver.page(driver.world.mine([first, second]))
    await driver.page(driver.world.mine([second]))
    expect(driver.differences()).to.equal(0)
  })

  it('asks nothing in pages', async () => {
    const driver = await opened()
    const [follower] = driver.mirror.followers()
    expect(follower?.reads(driver.world.facts)).to.deep.equal([])
    expect(follower?.filters().map((filter) => filter.address)).to.deep.equal([first, second])
  })

  it('misses nothing that happens while a pool is read', async () => {
    const driver = new Driver(new World())
    const open = closed(driver.world)
    await driver.page()
    for (const pools of [[first], [first, second], [second], []]) {
      await driver.page(driver.world.mine(pools))
      await driver.settled()
    }
    expect(driver.state.exchanges).to.deep.equal([])
    open()
    await driver.settled()
    expect(driver.differences()).to.equal(0)
  })

  it('begins anew when the block it reads at is gone, and not when a later one is', async () => {
    const driver = new Driver(new World())
    let open = closed(driver.world)
    await driver.page()
    await driver.page(driver.world.mine([first]))
    driver.rollback(1)
    await driver.page(driver.world.mine([second], 1))
    driver.rollback(2)
    open()
    await driver.settled()
    expect(driver.state.exchanges, 'its block is gone').to.deep.equal([])
    open = closed(driver.world)
    await driver.page(driver.world.mine([first], 2))
    await driver.page(driver.world.mine([second], 2))
    driver.rollback(1)
    await driver.page(driver.world.mine([first], 3))
    open()
    await driver.settled()
    expect(driver.differences()).to.equal(0)
    expect([driver.told, driver.problems]).to.deep.equal([[], []])
  })

  it('follows a reorganisation, and reads anew below its first page', async () => {
    const driver = await opened()
    for (let n = 0; n < 4; n++) await driver.page(driver.world.mine([first]))
    driver.rollback(3)
    await driver.page(driver.world.mine([second], 1))
    expect(driver.differences()).to.equal(0)
    driver.rollback(3)
    expect(driver.state.exchanges).to.deep.equal([])
    await driver.page(driver.world.mine([second], 2))
    await driver.settled()
    expect(driver.differences()).to.equal(0)
  })

  it('leaves out what is no pool, and says so', async () => {
    const driver = await opened(new World(), [first, nobody, second])
    expect(driver.told).to.deep.equal(['pool-unreadable'])
    expect(driver.differences()).to.equal(0)
    expect(driver.mirror.book?.pools().map(({ pool }) => pool)).to.deep.equal([first, second])
  })

  it('waits with a node that fails, and tries again', async () => {
    const driver = new Driver(new World())
    driver.world.failure = fault()
    await driver.page()
    await driver.settled()
    expect(driver.problems).to.have.length(1)
    driver.world.failure = undefined
    const { reads } = driver.world
    for (let n = 0; n < 49; n++) await driver.page()
    await driver.settled()
    expect(driver.world.reads, 'not before fifty blocks').to.equal(reads)
    await driver.page()
    await driver.settled()
    expect(driver.differences()).to.equal(0)
  })

  it('ends the loop by what nobody expected', async () => {
    const driver = new Driver(new World())
    driver.world.failure = new TypeError('a bug')
    await driver.page()
    await driver.settled()
    expect(() => driver.take(driver.world.mine())).to.throw(TypeError, 'a bug')
  })

  it('settles nothing once it was told to stop', async () => {
    const driver = new Driver(new World())
    const open = closed(driver.world)
    await driver.page()
    driver.stop.abort()
    driver.store.close()
    open()
    await driver.settled()
    expect(driver.state.exchanges).to.deep.equal([])
  })

  describe('finds them through the factory', () => {
    const found = (driver: Driver) => driver.mirror.book?.pools().map(({ pool }) => pool)
    const pages = async (driver: Driver, count: number) => {
      for (let n = 0; n < count; n++) {
        await driver.page(driver.world.mine([first, second]))
        await driver.settled()
      }
    }
    const DAY_S = 86_400n

    it('once a day, and serves what it has until the others are read', async () => {
      const driver = new Driver(new World(), openStore(':memory:'), 'auto')
      await pages(driver, 2)
      expect(found(driver)).to.deep.equal([first])
      const { book } = driver.mirror
      driver.world.made = [first, second]
      driver.world.lateS = DAY_S - 100n
      await pages(driver, 3)
      expect(driver.mirror.book, 'not within the day').to.equal(book)
      driver.world.lateS = DAY_S
      await pages(driver, 3)
      expect(found(driver)).to.have.members([first, second])
      expect(driver.differences()).to.equal(0)
      expect(driver.told).to.deep.equal([])
    })

    it('and does not read them anew when they are the same', async () => {
      const driver = new Driver(new World(), openStore(':memory:'), 'auto')
      await pages(driver, 3)
      const { book } = driver.mirror
      driver.world.lateS = DAY_S
      const { reads } = driver.world
      await pages(driver, 5)
      expect(driver.mirror.book).to.equal(book)
      expect(driver.world.reads, 'the factory, and what the pool holds').to.equal(reads + 2)
    })

    it('and when a market lists another asset', async () => {
      const driver = new Driver(new World(), openStore(':memory:'), 'auto')
      await pages(driver, 2)
      driver.world.made = [first, second]
      driver.listed = [...driver.listed, reserve(nobody)]
      await pages(driver, 3)
      expect(found(driver)).to.have.members([first, second])
    })

    it('and follows the same after a restart, without asking', async () => {
      const driver = new Driver(new World(), openStore(':memory:'), 'auto')
      driver.checkpoint(driver.world.head)
      await pages(driver, 2)
      driver.world.made = [first, second]
      const { reads } = driver.world
      const again = new Driver(driver.world, driver.store, 'auto')
      await pages(again, 3)
      expect(found(again)).to.deep.equal([first])
      expect(driver.world.reads, 'one look').to.equal(reads + 1)
    })

    it('and says when there is none', async () => {
      const driver = new Driver(new World(), openStore(':memory:'), 'auto')
      driver.world.made = []
      await pages(driver, 60)
      expect([driver.problems.length, driver.state.exchanges]).to.deep.equal([1, []])
    })
  })

  describe('compares with the chain', () => {
    /** A log that the node left out. */
    const miss = async (driver: Driver) => {
      const { block } = driver.world.mine([second])
      await driver.page({ block, logs: [], reads: [] })
    }
    const pages = async (driver: Driver, count: number) => {
      for (let n = 0; n < count; n++) {
        await driver.page()
        await driver.settled()
      }
    }

    it('a part now and then, in one request, and is content', async () => {
      const driver = await opened()
      await pages(driver, 1)
      const { reads } = driver.world
      await pages(driver, 49)
      expect(driver.world.reads).to.equal(reads)
      await pages(driver, 1)
      expect(driver.world.reads).to.equal(reads + 1)
      expect(driver.told).to.deep.equal([])
    })

    it('and where they differ answers from them no more, reads them anew, and says both', async () => {
      const driver = await opened()
      await pages(driver, 1)
      await miss(driver)
      expect(driver.differences()).to.be.above(0)
      await pages(driver, 60)
      expect(driver.told).to.deep.equal(['pools-differ', 'pools-trusted'])
      expect(driver.differences()).to.equal(0)
    })

    it('and waits longer each time', async () => {
      const driver = await opened()
      const readAt: bigint[] = []
      for (let n = 0; n < 400; n++) {
        const before = driver.mirror.book
        await miss(driver)
        await driver.settled()
        if (driver.mirror.book && driver.mirror.book !== before) readAt.push(driver.world.head.number)
      }
      const waits = readAt.map((block, i) => Number(block - (readAt[i - 1] ?? 0n))).slice(1)
      expect(waits.length).to.be.above(1)
      expect(waits).to.deep.equal(waits.toSorted((a, b) => a - b))
      expect(waits[1]).to.be.above(waits[0] as number)
    })

    it('and trusts a node that answers rightly the second time', async () => {
      const driver = await opened()
      await pages(driver, 1)
      let lies = 1
      const { read } = driver.world.batch
      Object.assign(driver.world.batch, {
        read: async (...args: Parameters<typeof read>) => {
          const answers = await read(...args)
          return lies-- > 0 ? answers.map((one) => ({ ...one, result: '0x' })) : answers
        },
      })
      await pages(driver, 51)
      expect(lies).to.be.below(0)
      expect(driver.told).to.deep.equal([])
    })
  })

  describe('and the store', () => {
    const again = (driver: Driver, pools = [first, second]): Driver => new Driver(driver.world, driver.store, pools)

    async function kept(): Promise<Driver> {
      const driver = new Driver(new World())
      driver.checkpoint(driver.world.head)
      await driver.page()
      await driver.settled()
      await driver.page(driver.world.mine([first]))
      return driver
    }

    it('take it up after a restart, from before and after the first checkpoint', async () => {
      let driver = await kept()
      const { reads } = driver.world
      driver = again(driver)
      expect(driver.differences()).to.equal(0)
      await driver.page(driver.world.mine([second]))
      driver.checkpoint(driver.world.head)
      await driver.page(driver.world.mine([first, second]))
      driver = again(driver)
      expect(driver.differences()).to.equal(0)
      expect(driver.world.reads, 'one look, no reading').to.equal(reads + 1)
    })

    it('keep it through a checkpoint that is older than its first page', async () => {
      let driver = new Driver(new World())
      driver.checkpoint(driver.world.head)
      const older = driver.world.mine()
      driver.take(older)
      driver.take(driver.world.mine())
      await driver.page(driver.world.mine([first]))
      await driver.settled()
      driver.checkpoint(older.block)
      await driver.page(driver.world.mine([second]))
      driver = again(driver)
      expect(driver.differences()).to.equal(0)
    })

    it('do not take up what another list was, or the configuration has left out meanwhile', async () => {
      const driver = await kept()
      expect(again(driver, [second]).state.exchanges).to.deep.equal([])
      expect(again(driver).state.exchanges, 'that one ended it').to.deep.equal([])
      const other = await kept()
      other.off()
      other.store.savePage(31337, other.world.mine([first]))
      const back = again(other)
      expect(back.state.exchanges).to.deep.equal([])
      await back.page()
      await back.settled()
      expect(back.differences()).to.equal(0)
    })

    it('do not take up what stands on a block that is gone', async () => {
      const driver = await kept()
      const to = driver.world.drop(2)
      driver.store.dropPagesAbove(31337, to.number)
      expect(again(driver).state.exchanges).to.deep.equal([])
    })

    it('keep nothing that no pool can hold', async () => {
      const driver = await kept()
      const { block } = driver.world.mine()
      await driver.page({ block, logs: [burn(first, -60, 60, 10n ** 30n)], reads: [] })
      driver.checkpoint(driver.world.head)
      expect(driver.told).to.deep.equal(['pools-differ'])
      expect(driver.store.checkpoint(31337, 'm')?.block.number).to.equal(driver.world.head.number)
    })
  })
})
