import { readFileSync } from 'node:fs'
import { Curve } from './src/protocols/uniswap-v3/curve.ts'
import { offerOf } from './src/protocols/uniswap-v3/offer.ts'
import { getTickAtSqrtRatio, getSqrtRatioAtTick } from './src/protocols/uniswap-v3/tick-math.ts'
import { computeSwapStep, crossing } from './src/protocols/uniswap-v3/swap-math.ts'
import { sellAcross, largestSize, sellTo, fallen, bestPrice } from './src/core/risk/depth.ts'
const p = JSON.parse(readFileSync('test/fixtures/uniswap-v3-usdc-weth.json','utf8'))
const ticks = { index: p.ticks.map(([t]: [number]) => t), liquidityNet: p.ticks.map(([, n]: [number, string]) => BigInt(n)) }
const cpu = () => { const u = process.cpuUsage(); return u.user / 1000 }
const time = (name: string, n: number, f: (i: number) => unknown) => { for (let i=0;i<Math.min(n,2000);i++) f(i); const t = cpu(); for (let i=0;i<n;i++) f(i); console.log(name, ((cpu()-t)/n*1000).toFixed(2), 'us cpu') }
time('build', 100, () => new Curve(false, {feePips:500,tickSpacing:10}, ticks))
const spot = { sqrtPriceX96: BigInt(p.sqrtPriceX96), tick: p.tick }
const curve = new Curve(false, {feePips:500,tickSpacing:10}, ticks)
const E = 10n**18n
time('getTick', 50000, (i) => getTickAtSqrtRatio(spot.sqrtPriceX96 + (BigInt(i) << 60n)))
time('getSqrt', 50000, (i) => getSqrtRatioAtTick(190000 + i%7000))
const st = {currentX96: spot.sqrtPriceX96, targetX96: spot.sqrtPriceX96 * 10001n / 10000n, liquidity: 11263751935226816506n, feePips: 500n}
time('step', 50000, (i) => computeSwapStep(st, BigInt(i) * 10n**12n))
time('crossing', 50000, () => crossing(st))
time('swap random 1..2000 ETH', 50000, (i) => curve.swap(spot, BigInt(1 + (i * 7919) % 2000) * E + BigInt(i)))
const offers = [500, 3000, 10000].map((feePips, k) => offerOf('0xaa', new Curve(false, {feePips, tickSpacing: 10}, ticks), spot))
time('offer.sell', 50000, (i) => offers[0]!.sell(BigInt(1 + (i * 7919) % 2000) * E + BigInt(i)))
time('soldAt', 50000, (i) => offers[0]!.soldAt(2**16*(1+(i%1000)/10000)))
time('sellAcross 1', 20000, (i) => sellAcross(offers.slice(0,1), BigInt(1 + (i * 7919) % 2000) * E + BigInt(i)))
time('sellAcross 3', 20000, (i) => sellAcross(offers, BigInt(1 + (i * 7919) % 2000) * E + BigInt(i)))
time('sellTo 3', 20000, (i) => sellTo(offers, fallen(bestPrice(offers)!, E * BigInt(i%1000) / 10000n)))
const price = bestPrice(offers)!
time('largestSize 3', 200, (i) => largestSize((s) => sellAcross(offers, s), { price, bonusWad: E/20n, gas: 10n**8n }))
let t = cpu(); let o: readonly any[] = offers; for (let i=0;i<300;i++) o = sellAcross(o, 10n*E + BigInt(i)).after; console.log('300 sales in a row', (cpu()-t).toFixed(2), 'ms cpu')
