import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { root } from '../../scripts/generated.ts'
import { FEBRUARY, OCTOBER, readCandles } from '../../scripts/phases/candles.ts'
import {
  cascades,
  delays,
  type Reading,
  read,
  shares,
  story,
  summary,
  thresholds,
  tooEarly,
  utc,
} from '../../scripts/phases/figures.ts'
import { before as hoursBefore } from '../../src/core/risk/hour.ts'
import { type PhaseState, stepPhase } from '../../src/core/risk/phase.ts'
import { PHASE_THRESHOLDS as T } from '../../src/core/risk/phase-thresholds.ts'

/** Shows what was measured in the test's own line. */
const note = (test: Mocha.Runnable | undefined, text: string): void => {
  if (test) test.title += `: ${text}`
}

describe('phases of dated waves, from candles and a stand-in book', () => {
  let readings: readonly Reading[]
  before(function () {
    this.timeout(120_000)
    readings = [OCTOBER, FEBRUARY].flatMap((event) => (['ETH', 'BTC'] as const).map((coin) => read(event, coin)))
  })

  for (const [i, name] of ['october ETH', 'october BTC', 'february ETH', 'february BTC'].entries()) {
    const reading = (): Reading => {
      const found = readings[i]
      if (found === undefined) throw new Error(name)
      return found
    }
    it(`${name}: cascade, exhaustion, recovery, calm, in this order`, function () {
      const { cascade, exhaustion, recovery, calm } = delays(reading())
      note(
        this.test,
        `${cascade}, ${exhaustion}, ${recovery}, ${calm} hours after the start ${utc(reading().startHour)}`,
      )
      const order = [cascade, exhaustion, recovery, calm].map((hours) => hours ?? Number.NaN)
      expect(order).to.deep.equal(order.toSorted((a, b) => a - b))
    })

    it(`${name}: no phase of a single hour unless a cascade begins`, function () {
      const { episodes, startHour } = reading()
      const near = episodes.filter(({ fromHour }) => Math.abs(fromHour - startHour) < 96)
      note(this.test, near.map(({ phase, fromHour }) => `${utc(fromHour).slice(5, 13)}h ${phase}`).join(', '))
      for (const [at, { hours, fromHour }] of episodes.slice(0, -1).entries())
        if (hours < T.dwellHours.value) expect(episodes[at + 1]?.phase, utc(fromHour)).to.equal('cascade')
    })

    it(`${name}: the hour of the lowest price is one of a cascade`, () => {
      const { episodes, lowHour } = reading()
      const phase = episodes.findLast(({ fromHour }) => fromHour <= lowHour)?.phase
      expect(phase).to.equal('cascade')
    })
  }

  it('are called within six hours of the start, October within one', () => {
    expect(readings.map((one) => delays(one)['cascade'])).to.deep.equal([0, 0, 6, 2])
  })

  it('are what docs/phases.md shows', () => {
    const { figures } = JSON.parse(readFileSync(join(root, 'docs/evidence/phases.json'), 'utf8')) as {
      figures: Record<string, unknown>
    }
    expect(figures['thresholds']).to.deep.equal(thresholds())
    expect(figures['summary']).to.deep.equal(readings.flatMap(summary))
    expect(figures['story']).to.deep.equal(readings.flatMap(story))
    expect(figures['tooEarly']).to.deep.equal(readings.flatMap(tooEarly))
    expect(figures['shares']).to.deep.equal(readings.flatMap(shares))
    expect(figures['cascades']).to.deep.equal(readings.flatMap(cascades))
  })

  it('need no more than 90 days of history and the state, as JSON', () => {
    const { hours, decisions } = readings[0] ?? { hours: [], decisions: [] }
    let state: PhaseState | undefined
    for (const [i, now] of hours.entries()) {
      const cut = [...hoursBefore(hours, now.hour, T.quantileHours.value), now]
      const step = stepPhase(state, cut)
      if (i > hours.length - 200) expect(stepPhase(state, hours.slice(0, i + 1))).to.deep.equal(step)
      expect(step.decision).to.deep.equal(decisions[i])
      state = JSON.parse(JSON.stringify(step.state)) as PhaseState
    }
  }).timeout(120_000)

  it('are made of every hour of the fixtures', () => {
    for (const event of [OCTOBER, FEBRUARY])
      for (const coin of ['ETH', 'BTC'] as const) {
        const candles = readCandles(event, coin)
        expect(candles).to.have.length(152 * 24)
        expect(candles.every(({ hour }, i) => hour === (candles[0]?.hour ?? 0) + i)).to.equal(true)
      }
  })
})
