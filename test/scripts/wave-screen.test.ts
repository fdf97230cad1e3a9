import { expect } from 'chai'
import { waveScreen } from '../../scripts/demo/wave-screen.ts'
import { LACKING } from '../app/risk/example-bare.ts'
import { EXAMPLES } from '../app/risk/examples.ts'

const rehearsed = { ...EXAMPLES, wave: { ...EXAMPLES.wave, binS: 60 }, phase: { ...EXAMPLES.phase, binS: 60 } }

describe('the last screen of the demo', () => {
  const lines = waveScreen(rehearsed)

  it('tells phase by phase what was liquidatable, what was absorbed, and what the pools could take', () => {
    const [head, ...rows] = lines.slice(1, 2 + EXAMPLES.wave.phases.length)
    for (const word of ['phase', 'liquidatable −10 %', 'absorbed', 'sellable −5 %', 'deficit'])
      expect(head).to.include(word)
    expect(rows.map((row) => row.split(' ')[0])).to.deep.equal(EXAMPLES.wave.phases.map(({ phase }) => phase))
    expect(rows[1]).to.match(/cascade .* 2 bins +−18\.7 % +\$204M +\$182\.4M +2904 +\$19\.8M +\$214\.3k$/)
  })

  it('has its columns one below the other', () => {
    const [head = '', ...rows] = lines.slice(1, 2 + EXAMPLES.wave.phases.length)
    const end = head.indexOf('absorbed') + 'absorbed'.length
    for (const row of rows) expect([...row].slice(0, end).join('').trimEnd()).to.match(/\$[\d.]+[kMB]?$/)
  })

  it('says that a bin is not an hour here', () =>
    expect(lines[0]).to.match(/One bin .* is 60 s .* an hour outside of rehearsals/))

  it('tells multiplier, who was caught, what insurance would have paid, absorption, cascade and phase', () => {
    const text = lines.join('\n')
    for (const words of [
      'multiplier 1.31×',
      'caught: 1408 with debt < 10k (seized $2.48M, lost $131.2k)',
      'insurance: of a deficit of $214.3k it would have paid $180k; left over $34.3k',
      'absorption now: −5 %: $16.69M of $19.8M sellable, ratio 0.84×',
      'cascade now, κ 1: critical is a fall of 16.4 %',
      'phase: cascade since',
      'would be exhaustion once:',
    ])
      expect(text).to.include(words)
  })

  it('says what it lacks instead of guessing', () => {
    const bare = waveScreen(LACKING).join('\n')
    expect(bare).to.include('no wave is on record')
    expect(bare).to.include('caught: nobody')
    expect(bare).to.match(/absorption now: .* \(lacks pools to sell in\)/)
    expect(bare).to.include('phase: none can be named yet')
    expect(bare).to.include('lacks enough recorded hours')
  })
})
