import { expect } from 'chai'
import { createRandom } from '../../../scripts/devnet/random.ts'
import { isTwap, twapCall, twapOf } from '../../../src/protocols/uniswap-v3/twap.ts'
import { Exchange, swapsIn } from './exchange.ts'

const WINDOW_S = 1800

describe('uniswap v3 mean price', function () {
  this.timeout(120_000)
  let exchange: Exchange
  const random = createRandom(20_261_127)

  before(async () => {
    exchange = await Exchange.open([{ tokens: [0, 3], fee: 500, tick: 37 }])
  })
  after(() => exchange?.close())

  const pool = () => exchange.pools[0] ?? expect.fail()
  const ask = async () => {
    const { hash } = await exchange.chain.client.getBlock()
    const [answer] = await exchange.batch.read([twapCall(pool().address)], { blockHash: hash })
    return answer ?? expect.fail()
  }

  it('is not known where the pool does not remember so far back', async () => {
    await exchange.mint(pool(), { lower: -60_000, upper: 60_000 }, [10n ** 24n, 10n ** 24n])
    await exchange.mine()
    const answer = await ask()
    expect(isTwap(answer)).to.equal(true)
    expect(twapOf(answer)).to.equal(null)
    expect(twapOf({ result: '0x' })).to.equal(null)
  })

  it('is that of the ticks between swaps, each as long as it stood', async () => {
    const book = await exchange.read()
    await exchange.remember(pool(), 200)
    const ticks: { readonly atS: number; readonly tick: number }[] = [{ atS: 0, tick: 37 }]
    for (let i = 0; i < 60; i++) {
      await exchange.swap({
        ...{ pool: pool(), zeroForOne: random.chance(0.5), sqrtPriceLimitX96: 0n },
        amountIn: BigInt(Math.floor(random.between(1, 4e5))) * 10n ** 17n,
      })
      await exchange.mine(exchange.chain.head.timestamp + BigInt(random.int(20, 120)))
      const page = await exchange.page(book)
      const last = swapsIn(page, pool()).at(-1) ?? expect.fail()
      ticks.push({ atS: Number(page.block.timestamp), tick: last.tick })
    }
    const found = twapOf(await ask()) ?? expect.fail('no answer')
    const nowS = Number((await exchange.chain.client.getBlock()).timestamp)
    let cumulative = 0
    for (const [i, { atS, tick }] of ticks.entries()) {
      const [from, to] = [Math.max(atS, nowS - WINDOW_S), ticks[i + 1]?.atS ?? nowS]
      cumulative += tick * Math.max(0, to - from)
    }
    expect(nowS - WINDOW_S).to.be.above(ticks[1]?.atS ?? 0)
    expect(found).to.be.closeTo(1.0001 ** (cumulative / WINDOW_S), 1e-12)
    expect(new Set(ticks.map(({ tick }) => tick)).size).to.be.above(20)
  })
})
