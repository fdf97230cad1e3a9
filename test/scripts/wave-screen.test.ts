import { expect } from 'chai'
import { type WaveTold, waveScreen } from '../../scripts/demo/wave-screen.ts'
import { LACKING } from '../app/risk/example-bare.ts'
import { EXAMPLES } from '../app/risk/examples.ts'

const { phases } = EXAMPLES.wave
const [first, second] = phases

/** Asked as the second phase was called; of the first nobody asked in time. */
const rehearsed: WaveTold = {
  ...EXAMPLES,
  wave: { ...EXAMPLES.wave, binS: 60 },
  phase: { ...EXAMPLES.phase, binS: 60 },
  sightings: [{ phase: second?.phase ?? '', sinceHour: second?.fromHour ?? 0, grid: EXAMPLES.grid }],
}

describe('the last screen of the demo', () => {
  const lines = waveScreen(rehearsed)
  const head = lines.findIndex((line) => line.trim().startsWith('phase'))
  const row = (i: number): string => lines[head + 1 + i] ?? ''

  it('fits a terminal of 100 characters and 40 lines', () => {
    for (const line of lines) expect([...line].length, line).to.be.at.most(100)
    expect(lines.length).to.be.at.most(40)
  })

  it('tells phase by phase what was liquidatable, absorbed and sellable, in the order of the answer', () => {
    for (const word of ['liquidatable', 'absorbed', 'sellable', 'multiplier', 'critical', 'deficit'])
      expect(lines[head]).to.include(word)
    expect(phases.map((_, i) => row(i).trim().split(' ')[0])).to.deep.equal(phases.map(({ phase }) => phase))
    expect(row(1)).to.match(/cascade .* 2 +−18\.7 % +\$204M +\$182M +2904 +\$19\.8M/)
    expect(row(1)).to.match(/\$214k$/)
  })

  it('tells the multiplier of the phase it was asked in, and none of a phase nobody asked in', () => {
    const cell = EXAMPLES.grid.cells.find(({ kappa, fallPct }) => kappa === 1 && fallPct === 10)
    expect(row(1))
      .to.include(` ${cell?.multiplier?.toFixed(2)} `)
      .and.include('−16.4 %')
    expect(first?.fromHour).to.not.equal(second?.fromHour)
    expect(row(0)).to.match(/– +– +\$[\d.]+[kM]?$/)
  })

  it('says drained instead of a multiplier where nothing could be sold any more', () => {
    const grid = {
      ...EXAMPLES.grid,
      cells: EXAMPLES.grid.cells.map((one) => ({ ...one, stopped: 'pools-drained' as const })),
    }
    const drained = waveScreen({ ...rehearsed, sightings: rehearsed.sightings.map((one) => ({ ...one, grid })) })
    expect(drained[head + 2]).to.include(' drained ')
  })

  it('has its columns one below the other', () => {
    const ends = lines.slice(head, head + 1 + phases.length).map((line) => [...line].length)
    expect(new Set(ends).size).to.equal(1)
  })

  it('says that a bin is not an hour here', () => expect(lines[0]).to.match(/a bin is 60 s here, else an hour/))

  it('tells who was caught, what insurance would have paid, and how it stands', () => {
    const text = lines.join(' ').replaceAll(/\s+/g, ' ')
    for (const words of [
      '1408 owing < 10k (seized $2.48M, lost $131k)',
      'of a deficit of $214k it would have paid $180k, left over $34.3k',
      'phase now cascade since',
      'critical fall −16.4 %',
    ])
      expect(text).to.include(words)
    for (const label of ['caught', 'insurance', 'afterwards', 'phase now', 'cascade now'])
      expect(
        lines.some((line) => line.startsWith(` ${label} `)),
        label,
      ).to.equal(true)
  })

  it('says what it lacks instead of guessing', () => {
    const bare = waveScreen({ ...LACKING, sightings: [] }).join('\n')
    expect(bare).to.include('no wave is on record')
    expect(bare).to.match(/caught +nobody/)
    expect(bare).to.match(/insurance +would have paid nothing: no deficit was left; what it has is not known/)
    expect(bare).to.match(/phase now +none can be named yet/)
    expect(bare).to.match(/lacks .*enough recorded hours/)
  })
})
