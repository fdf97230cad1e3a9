import { loadavg } from 'node:os'
import type { Bid } from '../../src/core/exchange.ts'
import { WAD } from '../../src/core/math.ts'
import { bestPrice, fallen, largestSize, sellAcross, sellTo } from '../../src/core/risk/depth.ts'
import { bidOf } from '../../src/protocols/uniswap-v3/bid.ts'
import { Curve } from '../../src/protocols/uniswap-v3/curve.ts'
import { published, publishedKey, publishedSpot, publishedTicks } from '../../test/protocols/uniswap-v3/published.ts'
import { walk } from '../../test/protocols/uniswap-v3/walk.ts'
import { figure } from '../bench/clock.ts'
import { LOGS, POOLS, poolPages } from '../bench/pool-pages.ts'
import { createRandom, type Random } from '../devnet/random.ts'
import type { Context } from './main.ts'

const CALLS = 20_000
const SALES = 300

/** Speed of depth on the published pool: processor time of this thread, as the machine may be shared. */
export function run({ seed, say }: Context): Promise<Record<string, unknown>> {
  const random = createRandom(seed)
  const load = loadavg()[0] ?? 0
  const curve = new Curve(false, publishedKey, publishedTicks)
  const pool = { ...publishedKey, ...publishedSpot, ticks: publishedTicks }
  const tiers = [500, 3000, 10_000].map((feePips) =>
    bidOf(published.pool, new Curve(false, { ...publishedKey, feePips }, publishedTicks), publishedSpot),
  )
  const price = bestPrice(tiers)
  if (price === undefined) throw new Error('no pool')
  const pages = poolPages()
  const rows = [
    row('a curve of 1,419 ticks, after a mint or burn', 100, () => new Curve(false, publishedKey, publishedTicks)),
    row('a quote of one pool, exact', CALLS, () => curve.swap(publishedSpot, anySize(random))),
    row('the same, stop by stop', 200, () => walk(pool, false, anySize(random))),
    row('a size over three pools', CALLS, () => sellAcross(tiers, anySize(random))),
    row('Q(δ) over three pools', CALLS, () => sellTo(tiers, fallen(price, BigInt(random.int(0, 1000)) * 10n ** 14n))),
    row('the largest size that pays, three pools', 100, () =>
      largestSize((size) => sellAcross(tiers, size), { price, bonusWad: WAD / 20n, gas: 10n ** 8n }),
    ),
    row(`${SALES} sales one after the other, three pools`, 20, () => {
      let bids: readonly Bid[] = tiers
      for (let i = 0; i < SALES; i++) bids = sellAcross(bids, anySize(random) / 100n + 1n).after
    }),
    row(`a page of ${LOGS} logs of ${POOLS} mirrored pools`, 2000, pages.apply),
    row('which logs of a block are theirs', 2000, pages.filter),
  ]
  for (const { what, 'µs of processor time': µs } of rows) say(`${what}: ${µs} µs`)
  return Promise.resolve({ 'load of the machine before': figure(load), rows })
}

/** Up to 2,000 ether. */
const anySize = (random: Random): bigint => BigInt(random.int(1, 2_000_000)) * 10n ** 15n

function row(what: string, calls: number, work: (n: number) => unknown) {
  for (let i = 0; i < Math.min(calls, 1000); i++) work(i)
  const before = process.cpuUsage().user
  for (let i = 0; i < calls; i++) work(i)
  return { what, 'µs of processor time': figure((process.cpuUsage().user - before) / calls), calls }
}
