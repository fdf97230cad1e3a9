import { expect } from 'chai'
import type { Mood } from '../../../scripts/devnet/calm.ts'
import { chainsAnswer } from '../../../src/app/risk/chains.ts'
import { cohortHistory } from '../../../src/app/risk/cohort-history.ts'
import { historianMaker } from '../../../src/app/risk/history-maker.ts'
import { overviewHistory } from '../../../src/app/risk/overview-history.ts'
import { overviewState } from '../../../src/app/risk/overview-state.ts'
import { phaseAnswer } from '../../../src/app/risk/phase.ts'
import { waveAnswer } from '../../../src/app/risk/wave.ts'
import { historyFrom, type RiskWorld } from '../../../src/app/risk/world.ts'
import type { Book } from '../../../src/core/book.ts'
import { Codes } from '../../../src/core/risk/codes.ts'
import type { HourRow } from '../../../src/core/risk/hour-row.ts'
import { lastOf, type Told, tell, told } from '../../protocols/aave-v3/told.ts'

/** Calm blocks stand a bin apart, those of the crash ten in a bin: what an hour is to the detector is two minutes here. */
const BIN_S = 120
const CALM_BEFORE = 740
const STORY_BLOCKS = 120
/** The crash was so much of a move that volatility takes four days of calm to be usual again. */
const CALM_AFTER = 140
const BIDS = 8
const CALM_AT_LAST = 90

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  calm: ['build-up', 'cascade'],
  'build-up': ['calm', 'cascade'],
  cascade: ['exhaustion'],
  exhaustion: ['cascade', 'recovery', 'calm'],
  recovery: ['cascade', 'calm'],
}

describe('the crash of the local chain, told from its history', function () {
  this.timeout(240_000)
  let story: Told
  let world: RiskWorld
  let rows: readonly HourRow[]

  before(async () => {
    story = await told({
      ...{ accounts: 250, seed: 7, rival: true },
      play: async (devnet, keepUp) => {
        const calm = devnet.calm()
        const rest = async (bins: number, mood: Mood = 'quiet'): Promise<void> => {
          for (let i = 0; i < bins; i++) {
            await calm.next(BIN_S, mood)
            // Further behind than 64 blocks a stretch becomes one page, and its bins are not judged.
            if (i % 40 === 39) await keepUp()
          }
          await keepUp()
        }
        await rest(CALM_BEFORE)
        const crash = devnet.story(STORY_BLOCKS)
        for (let step = await crash.next(); step !== undefined; step = await crash.next())
          if (step.step % 20 === 19) await keepUp()
        await calm.settle()
        await rest(CALM_AFTER)
        // Without bids there is no recovery, however quiet it is.
        await rest(BIDS, 'bid')
        await rest(CALM_AT_LAST)
      },
    })
    const book = story.again()
    rows = rowsWith(book)
    world = {
      ...{ chainId: 1, book, exchange: undefined, codes: new Codes(), binS: BIN_S, distrusted: false },
      ...historyFrom((root) => rows.filter((row) => row.root === root)),
    }
  })

  after(() => story?.close())

  function rowsWith(book: Book): readonly HourRow[] {
    const historian = historianMaker({ chains: [] })({ chainId: 1, market: 'story', binS: BIN_S }, undefined)
    const found: HourRow[] = []
    for (const event of story.events) {
      tell(book, historian, event)
      found.push(...historian.takeFinished())
    }
    return lastOf(found)
  }

  const weth = (): string => story.devnet.market.reserves.WETH.source.toLowerCase()

  it('goes through the phases in their order, without flapping, and says how late it saw them', () => {
    const { changes, phase, hours, lacks, reset } = phaseAnswer(world, { market: 'story', group: 'WETH' })
    expect(hours).to.be.above(900)
    const liquidated = world.hours(weth()).filter(({ liquidations }) => liquidations > 0)
    const [first, last] = [liquidated[0]?.hour ?? 0, liquidated.at(-1)?.hour ?? 0]
    const seen = changes.map((change) => change.phase)
    for (const [i, to] of seen.entries()) expect(ALLOWED[seen[i - 1] ?? 'calm']).to.include(to)
    expect(seen.filter((one) => one !== 'build-up' && one !== 'calm')).to.deep.equal([
      'cascade',
      'exhaustion',
      'recovery',
    ])
    expect(phase).to.equal('calm')
    for (const [i, { hour }] of changes.entries())
      if (seen[i] !== 'cascade' && i > 0) expect(hour - (changes[i - 1]?.hour ?? 0)).to.be.at.least(2)
    const at = (name: string): number => changes.find((change) => change.phase === name)?.hour ?? Number.NaN
    const late = {
      cascade: at('cascade') - first,
      exhaustion: at('exhaustion') - last,
      recovery: at('recovery') - last,
    }
    // The rule of exhaustion asks for three quiet hours; that of recovery for usual volatility, which its half-life decides.
    expect(late.cascade).to.be.within(0, 2)
    expect(late.exhaustion).to.be.within(3, 6)
    expect(late.recovery).to.be.within(6, CALM_AFTER + BIDS + 10)
    process.stdout.write(`      late, in bins of ${BIN_S} s: ${JSON.stringify(late)}\n`)
    expect(lacks).to.include('funding')
    expect(reset?.verdict).to.be.oneOf(['healthy reset', 'deeper risk', 'unclear'])
  })

  it('is told as a wave: what was liquidatable, what was liquidated, whom it caught', () => {
    const wave = waveAnswer(world, { market: 'story', group: 'WETH' })
    const phases = wave.phases.map(({ phase }) => phase)
    expect(phases.slice(-3)).to.deep.equal(['cascade', 'exhaustion', 'recovery'])
    const cascade = wave.phases.find(({ phase }) => phase === 'cascade') ?? expect.fail()
    expect(cascade.fallPct).to.be.within(20, 40)
    expect(cascade.liquidatableUsd).to.be.above(0)
    const all = world.hours(weth())
    const own = all.filter(({ hour }) => hour >= cascade.fromHour && hour < cascade.fromHour + cascade.hours)
    expect(cascade.calls).to.equal(own.reduce((sum, { liquidations }) => sum + liquidations, 0))
    const caught = wave.caught.reduce((sum, { accounts }) => sum + accounts, 0)
    expect(caught).to.be.above(20)
    for (const { seizedUsd, lossUsd } of wave.caught) expect(lossUsd).to.be.within(0, 0.15 * seizedUsd)
    expect(wave.insurance.paidUsd).to.deep.equal({ value: null, lacks: ['coverage'] })
  })

  it('gives an overview its history, and says what it lacks', () => {
    const state = overviewState(world)
    const { oracles, coverage, carry, flows, competition, phase, dryPowder } = overviewHistory(world, state, null)
    expect(oracles.map(({ symbol }) => symbol)).to.include.members(['WETH', 'WBTC', 'USDC'])
    expect(oracles.find(({ symbol }) => symbol === 'WETH')?.largestJump24h.value).to.satisfy(
      (jump: number) => Math.abs(jump) > 0.005,
    )
    expect(oracles[0]?.headroom.lacks).to.deep.equal(['oracle'])
    expect(coverage.createdUsd.value).to.be.a('number')
    expect(coverage.ratio.lacks).to.deep.equal(['coverage'])
    expect(carry.funding.lacks).to.deep.equal(['funding'])
    expect(carry.carry.value).to.be.within(-1, 1)
    expect(flows.hours).to.be.above(500)
    expect(competition.liquidators.value).to.equal(1)
    expect(competition.hhi.value).to.equal(1)
    // Three of four reports are followed a block later, one within its own block.
    expect(competition.medianLatencyBlocks.value).to.be.within(0, 2)
    expect(competition.failed.lacks).to.deep.equal(['failedCalls'])
    expect(phase.phase).to.equal('calm')
    expect(dryPowder.worstPeg.lacks).to.deep.equal(['twap'])
    expect(dryPowder.overLadder10.lacks).to.deep.equal(['depth'])
  })

  it('tells who took risk off before the fall, and who was caught', () => {
    const { liquidated, deRisking } = cohortHistory(world) ?? expect.fail()
    expect(deRisking?.fallHour).to.be.a('number')
    const scores = deRisking?.cohorts.flatMap(({ protection }) => protection.value ?? []) ?? []
    expect(scores.length).to.be.above(1)
    for (const score of scores) expect(score).to.be.within(0, 1)
    const seized = Object.values(liquidated ?? {}).reduce((sum, { seizedUsd }) => sum + (seizedUsd ?? 0), 0)
    const all = world.marketHours().reduce((sum, { liquidatedUsd }) => sum + liquidatedUsd, 0)
    expect(seized).to.be.closeTo(all, 1e-6 * all)
  })

  it('stands beside itself: two markets of two chains', () => {
    const { markets, rotationShare, assets } = chainsAnswer([world, { ...world, chainId: 10 }])
    expect(markets.map(({ chainId, phase }) => [chainId, phase])).to.deep.equal([
      [1, 'calm'],
      [10, 'calm'],
    ])
    // Both gain or lose the same: no rotation at all.
    expect(rotationShare.value).to.equal(1)
    expect(assets.length).to.be.above(1)
    for (const { symbol, rotationShare: share, chains, netSupplyUsd } of assets) {
      expect(
        chains.map(({ chainId }) => chainId),
        symbol,
      ).to.deep.equal([1, 10])
      expect(share, symbol).to.equal(netSupplyUsd === 0 ? null : 1)
    }
    const supplied = assets.reduce((sum, one) => sum + one.netSupplyUsd, 0)
    const told = markets.reduce((sum, one) => sum + (one.netSupplyUsd.value ?? 0), 0)
    expect(supplied).to.be.closeTo(told, 1e-6 * Math.abs(told) + 1e-6)
    expect(chainsAnswer([world]).rotationShare.lacks).to.deep.equal(['events'])
  })
})
