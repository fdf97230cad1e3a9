import { expect } from 'chai'
import fc from 'fast-check'
import { decimalOfWad } from '../../../src/core/math.ts'
import type { Rung } from '../../../src/core/people/alert.ts'
import { type Levels, quietRung, stepRung } from '../../../src/core/people/rung.ts'
import { wad } from './rules.ts'

const levels = (over: Partial<Levels> = {}): Levels => ({
  levels: [wad('1'), wad('1.05'), wad('1.1')],
  hysteresis: wad('0.01'),
  cooldownS: 900,
  ...over,
})

interface Tick {
  readonly at: number
  readonly health: string | bigint | null
  /** Not worth a word. */
  readonly dust?: boolean
}
const healthAt = ({ health }: Tick): bigint | null => (typeof health === 'string' ? wad(health) : health)

/** `threshold @time` of everything said along the way. `restore` serialises the rung between any two steps. */
function told(ticks: readonly Tick[], using = levels(), restore = (rung: Rung | null): Rung | null => rung): string[] {
  const words: string[] = []
  let rung: Rung | null = null
  for (const tick of ticks) {
    const step = stepRung(restore(rung), healthAt(tick), tick.dust !== true, using, tick.at)
    if (step.told !== undefined) words.push(`${decimalOfWad(step.told)} @${tick.at}`)
    rung = step.rung
  }
  return words
}

const restart = (rung: Rung | null): Rung | null => JSON.parse(JSON.stringify(rung))

describe('core/people/rung', () => {
  const stories: readonly [string, readonly Tick[], readonly string[], Partial<Levels>?][] = [
    ['says nothing of a healthy account', [{ at: 1, health: '1.2' }], []],
    ['exactly at a level is not below it', [{ at: 1, health: '1.1' }], []],
    ['one wei below is', [{ at: 1, health: wad('1.1') - 1n }], ['1.1 @1']],
    ['no debt is healthy', [{ at: 1, health: null }], []],
    ['speaks once', [1, 2, 3].map((at) => ({ at, health: '1.09' })), ['1.1 @1']],
    ['several levels crossed at once are one word, the deepest', [{ at: 1, health: '0.9' }], ['1.0 @1']],
    [
      'a deeper level always speaks, cool-down or not',
      [
        { at: 1, health: '1.09' },
        { at: 2, health: '1.04' },
        { at: 3, health: '0.99' },
      ],
      ['1.1 @1', '1.05 @2', '1.0 @3'],
    ],
    [
      'a rise within the hysteresis re-arms nothing',
      [
        { at: 1, health: '1.09' },
        { at: 2_000, health: '1.109' },
        { at: 4_000, health: '1.09' },
      ],
      ['1.1 @1'],
    ],
    [
      'a rise to level + hysteresis re-arms',
      [
        { at: 1, health: '1.09' },
        { at: 2, health: '1.11' },
        { at: 1_000, health: '1.09' },
      ],
      ['1.1 @1', '1.1 @1000'],
    ],
    [
      'a rise past a lower level re-arms that one only',
      [
        { at: 1, health: '0.99' },
        { at: 2, health: '1.08' },
        { at: 1_000, health: '1.04' },
        { at: 2_000, health: '0.99' },
      ],
      ['1.0 @1', '1.05 @1000', '1.0 @2000'],
    ],
    [
      'within the cool-down it waits, and speaks at its end if the account is still down',
      [
        { at: 100, health: '1.09' },
        { at: 200, health: '1.2' },
        { at: 300, health: '1.09' },
        { at: 999, health: '1.09' },
        { at: 1_000, health: '1.09' },
        { at: 1_001, health: '1.09' },
      ],
      ['1.1 @100', '1.1 @1000'],
    ],
    [
      'a short second fall within the cool-down is not told',
      [
        { at: 100, health: '1.09' },
        { at: 200, health: '1.2' },
        { at: 300, health: '1.09' },
        { at: 400, health: '1.2' },
      ],
      ['1.1 @100'],
    ],
    ['dust is not told', [{ at: 1, health: '0.9', dust: true }], []],
    [
      'a position that grows out of dust is',
      [
        { at: 1, health: '0.9', dust: true },
        { at: 2, health: '0.9' },
      ],
      ['1.0 @2'],
    ],
    ['without levels nothing is said', [{ at: 1, health: '0.1' }], [], { levels: [] }],
  ]
  for (const [name, ticks, words, over] of stories) {
    it(name, () => expect(told(ticks, levels(over))).to.deep.equal(words))
  }

  it('never changes what it was given, and forgets the healthy', () => {
    const { rung } = stepRung(null, wad('1.09'), true, levels(), 1)
    const frozen = JSON.stringify(rung)
    const healed = stepRung(rung, wad('1.3'), true, levels(), 3)
    expect(JSON.stringify(rung)).to.equal(frozen)
    expect(stepRung(healed.rung, wad('1.3'), true, levels(), 1_000).rung).to.equal(null)
  })

  it('lives with levels that changed between two runs', () => {
    const { rung } = stepRung(null, wad('1.04'), true, levels(), 1)
    const without = levels({ levels: [wad('1'), wad('1.1')] })
    expect(stepRung(rung, wad('1.04'), true, without, 2).told).to.equal(undefined)
    expect(stepRung(rung, wad('0.99'), true, without, 2).told).to.equal(wad('1'))
    expect(stepRung(rung, wad('1.2'), true, without, 2).rung?.level).to.equal(null)
  })

  describe('properties', () => {
    const health = fc.oneof(
      fc.bigInt({ min: wad('0.9'), max: wad('1.2') }),
      fc.constantFrom(
        ...['1.1', '1.11', '1.05', '1.06', '1', '1.01'].flatMap((t) => [wad(t) - 1n, wad(t), wad(t) + 1n]),
      ),
    )
    const walk: fc.Arbitrary<Tick[]> = fc
      .array(fc.record({ gap: fc.integer({ min: 1, max: 600 }), health, dust: fc.boolean() }), { maxLength: 60 })
      .map((steps) => {
        let at = 0
        return steps.map((step) => {
          at += step.gap
          return { at, health: step.health, dust: step.dust }
        })
      })

    it('a restart between any two steps changes nothing', () => {
      fc.assert(
        fc.property(walk, (ticks) => {
          expect(told(ticks, levels(), restart)).to.deep.equal(told(ticks))
        }),
      )
    })

    it('no flapping: between two words of one level the value climbed a hysteresis above it, and the cool-down passed', () => {
      fc.assert(
        fc.property(walk, (ticks) => {
          const last = new Map<string, number>()
          for (const word of told(ticks)) {
            const [level = '', at = ''] = word.split(' @')
            const [before, now] = [last.get(level), Number(at)]
            last.set(level, now)
            if (before === undefined) continue
            expect(now - before).to.be.at.least(900)
            const between = ticks.filter((tick) => tick.at > before && tick.at < now)
            expect(between.some((tick) => (healthAt(tick) as bigint) >= wad(level) + wad('0.01'))).to.equal(true)
          }
        }),
      )
    })

    it('nothing missed: whoever stays below a level for longer than the cool-down was told of it, or of a deeper one', () => {
      fc.assert(
        fc.property(walk, fc.constantFrom('1.1', '1.05', '1'), (ticks, level) => {
          const words = told(ticks).map((word) => word.split(' @'))
          let since: number | undefined
          for (const tick of ticks) {
            const isBelow = (healthAt(tick) as bigint) < wad(level) && !tick.dust
            since = isBelow ? (since ?? tick.at) : undefined
            if (since === undefined || tick.at - since < 900) continue
            // Told while it lay there, or before, without having climbed out of the hysteresis since.
            const last = words.filter(([one = '', at]) => wad(one) <= wad(level) && Number(at) <= tick.at).at(-1)
            expect(last, `never told of ${level}`).to.not.equal(undefined)
            const climbed = ticks.some(
              (one) =>
                one.at > Number(last?.[1]) &&
                one.at <= tick.at &&
                (healthAt(one) as bigint) >= wad(level) + wad('0.01'),
            )
            expect(climbed, `open again and not told of ${level}`).to.equal(false)
          }
        }),
      )
    })

    it('nothing happens as long as the value stays where `quietRung` says', () => {
      fc.assert(
        fc.property(walk, health, fc.boolean(), fc.integer({ min: 1, max: 2_000 }), (ticks, next, dust, gap) => {
          let rung: Rung | null = null
          for (const tick of ticks) rung = stepRung(rung, healthAt(tick), !tick.dust, levels(), tick.at).rung
          const last = ticks.at(-1)
          if (last === undefined) return
          const { near, far, byDebt, due } = quietRung(rung, healthAt(last), !last.dust, levels())
          const at = last.at + gap
          if ((near !== undefined && next < near) || (far !== undefined && next >= far)) return
          if (at >= due || (byDebt && !dust)) return
          const step = stepRung(rung, next, !dust, levels(), at)
          expect(step.told).to.equal(undefined)
          expect(step.rung).to.deep.equal(rung)
        }),
        { numRuns: 1_000 },
      )
    })
  })
})
