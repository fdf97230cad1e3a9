import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { type Address, decodeFunctionResult, encodeFunctionData, type Hex, numberToHex, parseAbi } from 'viem'
import { writeWaveReport } from '../../scripts/demo/report.ts'
import { askWave, BIN_S, playAftermath, playPrelude } from '../../scripts/demo/wave.ts'
import { type WaveTold, waveScreen } from '../../scripts/demo/wave-screen.ts'
import { watchPhases } from '../../scripts/demo/witness.ts'
import { next, type StageChain } from '../../scripts/stage/chain.ts'
import { reached } from '../../scripts/stage/judge.ts'
import { type ChainLiquidation, liquidationsOn } from '../../scripts/stage/recorded-story.ts'
import { type Daemon, openStage, type Stage } from '../../scripts/stage/stage.ts'
import { dollars } from '../../src/app/risk/report/words.ts'
import { COHORTS } from '../../src/core/risk/de-risking.ts'

const ORACLE = parseAbi(['function getAssetPrice(address) view returns (uint256)'])
const DECIMALS: Readonly<Record<string, number>> = { WBTC: 8, USDC: 6, USDT: 6 }

/** What the demo ends with, played as fast as it goes. */
describe('the wave at the end of the demo', function () {
  this.timeout(300_000)
  let stage: Stage
  let chain: StageChain
  let daemon: Daemon
  let told: WaveTold
  let lines: readonly string[]
  const said: string[] = []

  before(async () => {
    const say = (line: string): void => void said.push(line)
    stage = await openStage({
      chains: [{ chain: 'ethereum', accounts: 120, seed: 1, tickMs: 0, owners: true }],
      mode: 'live',
      risk: { binS: BIN_S, everyS: 1 },
      pools: true,
      say: () => {},
    })
    const [one] = stage.chains
    chain = one ?? expect.fail()
    daemon = await stage.start()
    const wave = { daemon, chain, say }
    const witness = watchPhases(daemon, chain, say)
    await playPrelude(wave)
    for (let block = await next(chain); block !== undefined; block = await next(chain))
      await reached(daemon.url, chain, block)
    told = await askWave(wave, await playAftermath(wave), witness)
    lines = waveScreen(told)
  })

  after(async () => {
    await daemon?.process.kill()
    await stage?.close()
  })

  const bin = ({ timestamp }: { readonly timestamp: number }): number => Math.floor(timestamp / BIN_S)

  async function timestampOf(block: bigint): Promise<number> {
    const { timestamp } = (await chain.rpc('eth_getBlockByNumber', numberToHex(block), false)) as { timestamp: Hex }
    return Number(timestamp)
  }

  /** What the oracle of the market says at the end of the block. */
  async function priceAt(asset: Address, block: bigint): Promise<number> {
    const question = { abi: ORACLE, functionName: 'getAssetPrice' } as const
    const call = { to: chain.addresses['oracle'], data: encodeFunctionData({ ...question, args: [asset] }) }
    const data = (await chain.rpc('eth_call', call, numberToHex(block))) as Hex
    return Number(decodeFunctionResult({ ...question, data })) / 1e8
  }

  interface Emitted extends ChainLiquidation {
    readonly timestamp: number
    readonly symbol: string
    readonly seizedUsd: number
  }

  /** Every `LiquidationCall` of the chain, priced by its own oracle. */
  async function emitted(): Promise<readonly Emitted[]> {
    const symbols = new Map(Object.entries(chain.reserves).map(([symbol, { asset }]) => [asset.toLowerCase(), symbol]))
    const head = Number(await chain.rpc('eth_blockNumber'))
    const found: Emitted[] = []
    for (const call of await liquidationsOn(chain, 0, head)) {
      const symbol = symbols.get(call.collateralAsset.toLowerCase()) ?? expect.fail()
      const units = Number(call.collateralSeized) / 10 ** (DECIMALS[symbol] ?? 18)
      const seizedUsd = units * (await priceAt(call.collateralAsset, call.block))
      found.push({ ...call, timestamp: await timestampOf(call.block), symbol, seizedUsd })
    }
    return found
  }

  /**
   * The daemon is live beside a chain in fast motion: on a busy machine pools are read too late for the last bins, and without
   * their depth nobody calls it a recovery. That it is one is held where time stands still: `test/app/risk/story.test.ts`.
   */
  it('goes through the phases in their order, and tells of them as they come', () => {
    const order = ['build-up', 'cascade', 'exhaustion', 'recovery']
    const phases = told.wave.phases.map(({ phase }) => phase)
    expect(phases).to.deep.equal(order.slice(0, Math.max(3, phases.length)))
    expect(told.phase.phase).to.equal(phases.at(-1))
    const announced = said.filter((line) => line.startsWith('PHASE')).map((line) => line.split(' → ')[1])
    expect(announced).to.include('cascade')
    expect(announced).to.deep.equal(phases.filter((phase) => announced.includes(phase)))
    expect(told.wave.phases.map(({ fromHour }) => fromHour)).to.include.members(
      told.sightings.map(({ sinceHour }) => sinceHour),
    )
  })

  it('tells what was liquidated as the chain emitted it, phase by phase', async () => {
    const events = await emitted()
    expect(events.length).to.be.above(20)
    for (const { phase, fromHour, hours, calls, liquidatedUsd } of told.wave.phases) {
      const own = events.filter((call) => bin(call) >= fromHour && bin(call) < fromHour + hours)
      const ether = own.filter(({ symbol }) => symbol === 'WETH' || symbol === 'wstETH')
      expect(calls, phase).to.equal(ether.length)
      const sum = ether.reduce((all, { seizedUsd }) => all + seizedUsd, 0)
      expect(liquidatedUsd, phase).to.be.closeTo(sum, 1e-6 * sum)
    }
    const from = told.wave.phases[0]?.fromHour ?? Number.NaN
    const all = events.filter((call) => bin(call) >= from)
    const { caught } = told.wave
    expect(caught.map(({ cohort }) => cohort)).to.deep.equal(COHORTS)
    const total = all.reduce((sum, { seizedUsd }) => sum + seizedUsd, 0)
    expect(caught.reduce((sum, { seizedUsd }) => sum + seizedUsd, 0)).to.be.closeTo(total, 1e-6 * total)
    expect(caught.reduce((sum, { accounts }) => sum + accounts, 0)).to.be.at.least(
      new Set(all.map(({ user }) => user)).size,
    )
  })

  it('had more to liquidate when it broke than when it built up, and the cascade answer of that moment says what follows', () => {
    const [buildUp, cascade] = told.wave.phases
    expect(cascade?.liquidatableUsd).to.be.above(buildUp?.liquidatableUsd ?? Number.NaN)
    const multipliers = told.sightings.map(
      ({ grid }) => grid.cells.find(({ kappa, fallPct }) => kappa === 1 && fallPct === 10)?.multiplier ?? Number.NaN,
    )
    for (const multiplier of multipliers) expect(multiplier).to.be.at.least(1)
    expect(Math.max(...multipliers)).to.be.above(1)
  })

  it('fits one screen, with a row a phase', () => {
    for (const line of lines) expect([...line].length, line).to.be.at.most(100)
    expect(lines.length).to.be.at.most(40)
    const rows = lines.filter((line) => /^ (build-up|cascade|exhaustion|recovery) +\d/.test(line))
    expect(rows.map((row) => row.trim().split(' ')[0])).to.deep.equal(told.wave.phases.map(({ phase }) => phase))
  })

  it('has a report that opens with the same wave', async () => {
    const file = join(stage.folder, 'wave.html')
    await writeWaveReport(stage, file)
    const page = await readFile(file, 'utf8')
    const headings = [...page.matchAll(/<h3[^>]*>([^<]*)/g)].map(([, words]) => words)
    expect(headings[0]).to.equal('The wave, told whole: WETH')
    const opening = page.slice(page.indexOf('The wave, told whole'), page.indexOf('Who was caught'))
    for (const { phase, liquidatedUsd, liquidatableUsd, calls } of told.wave.phases) {
      const row = opening.match(new RegExp(`<tr><td[^>]*>${phase}</td>.*?</tr>`, 's'))?.[0] ?? expect.fail(phase)
      const cells = [...row.matchAll(/<td[^>]*>([^<]*)/g)].map(([, words]) => words)
      expect(cells).to.include.members([dollars(liquidatedUsd), dollars(liquidatableUsd ?? Number.NaN), String(calls)])
    }
  })
})
