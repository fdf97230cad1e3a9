import { expect } from 'chai'
import { type Devnet, startDevnet } from '../../scripts/devnet/index.ts'
import { accountData } from '../../scripts/devnet/seeding.ts'
import type { StoryStep } from '../../scripts/devnet/story.ts'

const options = { chain: 'ethereum', accounts: 40, seed: 5 } as const

async function unhealthy({ market, accounts }: Devnet): Promise<number> {
  const data = await Promise.all(accounts.map(({ address }) => accountData(market, address)))
  return data.filter(({ healthFactor }) => healthFactor < 10n ** 18n).length
}

describe('devnet story', function () {
  this.timeout(60_000)
  let devnet: Devnet

  before(async () => {
    devnet = await startDevnet(options)
  })

  after(() => devnet?.close())

  it('starts with the same block each time', async () => {
    const other = await startDevnet(options)
    const [one, two] = await Promise.all([devnet.chain.client.getBlock(), other.chain.client.getBlock()])
    await other.close()
    expect(two.hash).to.equal(one.hash)
  })

  it('sinks several accounts and recovers', async () => {
    const story = devnet.story()
    const steps: StoryStep[] = []
    let most = 0
    for (let step = await story.next(); step !== undefined; step = await story.next()) {
      steps.push(step)
      if (step.step % 10 === 0) most = Math.max(most, await unhealthy(devnet))
    }
    expect(steps).to.have.length(90)
    expect(most).to.be.above(4)
    expect(await unhealthy(devnet)).to.be.below(most / 2)
    const prices = steps.map(({ prices: { WETH } }) => Number(WETH))
    expect(Math.min(...prices) / (prices[0] ?? 0)).to.be.within(0.6, 0.75)
    expect((prices.at(-1) ?? 0) / (prices[0] ?? 0)).to.be.within(0.93, 1.03)
  })
})
