import { expect } from 'chai'
import fc from 'fast-check'
import { type AlertRules, decimalOfWad, type Latches, type Observation, stepAlerts } from '../../src/core/alert.ts'

const wad = (text: string): bigint => BigInt(Math.round(Number(text) * 1e6)) * 10n ** 12n
const rules = (over: Partial<AlertRules> = {}): AlertRules => ({
  thresholds: [wad('1.1'), wad('1.05'), wad('1')],
  hysteresis: wad('0.01'),
  cooldownS: 900,
  minDebtBase: 100n,
  ...over,
})
const seen = (health: string | bigint | null, over: Partial<Observation> = {}): Observation => ({
  market: 'm',
  address: '0xa',
  healthFactor: typeof health === 'string' ? wad(health) : health,
  debtBase: 1_000n,
  ...over,
})

interface Tick {
  readonly at: number
  readonly health: string | bigint | null
  readonly debt?: bigint
}
/** `type threshold @time` of everything said along the way. `restore` serialises the latches between any two steps. */
function told(ticks: readonly Tick[], using = rules(), restore = (l: Latches): Latches => l): string[] {
  const words: string[] = []
  let latches: Latches = {}
  for (const { at, health, debt } of ticks) {
    const step = stepAlerts(restore(latches), [seen(health, debt === undefined ? {} : { debtBase: debt })], using, at)
    words.push(...step.alerts.map((alert) => `${alert.type} ${alert.threshold} @${at}`))
    latches = step.latches
  }
  return words
}

describe('core/alert', () => {
  it('prints wads as decimals', () => {
    expect([wad('1.05'), wad('1'), wad('0.5'), 1n].map(decimalOfWad)).to.deep.equal([
      '1.05',
      '1.0',
      '0.5',
      '0.000000000000000001',
    ])
  })

  const stories: readonly [string, readonly Tick[], readonly string[], Partial<AlertRules>?][] = [
    ['says nothing of a healthy account', [{ at: 1, health: '1.2' }], []],
    ['exactly at a threshold is not below it', [{ at: 1, health: '1.1' }], []],
    ['one wei below is', [{ at: 1, health: wad('1.1') - 1n }], ['threshold 1.1 @1']],
    ['no debt is healthy', [{ at: 1, health: null }], []],
    ['speaks once', [1, 2, 3].map((at) => ({ at, health: '1.09' })), ['threshold 1.1 @1']],
    ['crossing several levels at once is one alert, the deepest', [{ at: 1, health: '0.9' }], ['threshold 1.0 @1']],
    [
      'a deeper level always speaks, cooldown or not',
      [
        { at: 1, health: '1.09' },
        { at: 2, health: '1.04' },
        { at: 3, health: '0.99' },
      ],
      ['threshold 1.1 @1', 'threshold 1.05 @2', 'threshold 1.0 @3'],
    ],
    [
      'a rise within the hysteresis re-arms nothing',
      [
        { at: 1, health: '1.09' },
        { at: 2_000, health: '1.109' },
        { at: 4_000, health: '1.09' },
      ],
      ['threshold 1.1 @1'],
    ],
    [
      'a rise to threshold + hysteresis recovers and re-arms',
      [
        { at: 1, health: '1.09' },
        { at: 2, health: '1.11' },
        { at: 1_000, health: '1.09' },
      ],
      ['threshold 1.1 @1', 'recovered 1.1 @2', 'threshold 1.1 @1000'],
    ],
    [
      'a rise past a lower threshold re-arms that one only',
      [
        { at: 1, health: '0.99' },
        { at: 2, health: '1.08' },
        { at: 1_000, health: '1.04' },
        { at: 2_000, health: '0.99' },
      ],
      ['threshold 1.0 @1', 'threshold 1.05 @1000', 'threshold 1.0 @2000'],
    ],
    [
      'within the cooldown it waits, and speaks at its end if the account is still down',
      [
        { at: 100, health: '1.09' },
        { at: 200, health: '1.2' },
        { at: 300, health: '1.09' },
        { at: 999, health: '1.09' },
        { at: 1_000, health: '1.09' },
        { at: 1_001, health: '1.09' },
      ],
      ['threshold 1.1 @100', 'recovered 1.1 @200', 'threshold 1.1 @1000'],
    ],
    [
      'a short second fall within the cooldown is not told, nor its recovery',
      [
        { at: 100, health: '1.09' },
        { at: 200, health: '1.2' },
        { at: 300, health: '1.09' },
        { at: 400, health: '1.2' },
      ],
      ['threshold 1.1 @100', 'recovered 1.1 @200'],
    ],
    ['dust is not told', [{ at: 1, health: '0.9', debt: 99n }], []],
    [
      'a position that grows out of dust is told',
      [
        { at: 1, health: '0.9', debt: 99n },
        { at: 2, health: '0.9', debt: 100n },
      ],
      ['threshold 1.0 @2'],
    ],
    [
      'paying everything back is a recovery',
      [
        { at: 1, health: '0.9' },
        { at: 2, health: null, debt: 0n },
      ],
      ['threshold 1.0 @1', 'recovered 1.1 @2'],
    ],
    ['without thresholds nothing is said', [{ at: 1, health: '0.1' }], [], { thresholds: [] }],
  ]
  for (const [name, ticks, words, over] of stories) {
    it(name, () => expect(told(ticks, rules(over))).to.deep.equal(words))
  }

  it('keeps accounts and markets apart, and carries the observation', () => {
    const other = { ...seen('1.04', { address: '0xb' }), extra: 'kept' }
    const step = stepAlerts(
      {},
      [{ ...seen('1.09'), extra: 'a' }, { ...seen('1.2', { market: 'n' }), extra: 'n' }, other],
      rules(),
      1,
    )
    expect(step.alerts.map((alert) => [alert.threshold, alert.observation.extra])).to.deep.equal([
      ['1.1', 'a'],
      ['1.05', 'kept'],
    ])
    expect(Object.keys(step.latches)).to.deep.equal(['m/0xa', 'm/0xb'])
  })

  it('returns the same object when nothing changed, never changes the one it was given, and forgets the healthy', () => {
    const first = stepAlerts({}, [seen('1.09')], rules(), 1)
    const frozen = JSON.stringify(first.latches)
    expect(stepAlerts(first.latches, [seen('1.08')], rules(), 2).latches).to.equal(first.latches)
    const healed = stepAlerts(first.latches, [seen('1.3')], rules(), 3)
    expect(JSON.stringify(first.latches)).to.equal(frozen)
    expect(stepAlerts(healed.latches, [seen('1.3')], rules(), 1_000).latches).to.deep.equal({})
  })

  it('lives with thresholds that changed between two runs', () => {
    const { latches } = stepAlerts({}, [seen('1.04')], rules(), 1)
    const without = rules({ thresholds: [wad('1.1'), wad('1')] })
    expect(stepAlerts(latches, [seen('1.04')], without, 2).alerts).to.deep.equal([])
    expect(stepAlerts(latches, [seen('0.99')], without, 2).alerts.map((a) => a.threshold)).to.deep.equal(['1.0'])
    expect(stepAlerts(latches, [seen('1.2')], without, 2).alerts.map((a) => a.type)).to.deep.equal(['recovered'])
  })

  describe('properties', () => {
    const health = fc.oneof(
      fc.bigInt({ min: wad('0.9'), max: wad('1.2') }),
      fc.constantFrom(
        ...['1.1', '1.11', '1.05', '1.06', '1', '1.01'].flatMap((t) => [wad(t) - 1n, wad(t), wad(t) + 1n]),
      ),
    )
    const ticks = fc
      .array(fc.record({ gap: fc.integer({ min: 1, max: 600 }), health, debt: fc.constantFrom(99n, 100n, 5_000n) }), {
        maxLength: 60,
      })
      .map((steps) => {
        let at = 0
        return steps.map((step) => {
          at += step.gap
          return { at, health: step.health, debt: step.debt }
        })
      })

    it('a restart between any two steps changes nothing', () => {
      const restart = (latches: Latches): Latches => JSON.parse(JSON.stringify(latches))
      fc.assert(
        fc.property(ticks, (story) => {
          expect(told(story, rules(), restart)).to.deep.equal(told(story))
        }),
      )
    })

    it('a price that flickers inside the band speaks at most once', () => {
      const inside = fc.array(fc.bigInt({ min: wad('1.05'), max: wad('1.11') - 1n }), { maxLength: 50 })
      fc.assert(
        fc.property(inside, (path) => {
          const story = path.map((value, i) => ({ at: (i + 1) * 1_000, health: value }))
          expect(told(story).length).to.be.at.most(1)
        }),
      )
    })

    it('says at most one word for each crossing of the hysteresis band', () => {
      fc.assert(
        fc.property(ticks, (story) => {
          const one = rules({ thresholds: [wad('1.1')], cooldownS: 0, minDebtBase: 0n })
          let down = false
          let crossings = 0
          for (const { health: at } of story) {
            const crossed = down ? at >= wad('1.11') : at < wad('1.1')
            if (crossed) crossings++
            if (crossed) down = !down
          }
          expect(told(story, one)).to.have.length(crossings)
        }),
      )
    })

    it('misses nothing: an account below a threshold was told of it, or of a deeper one, or is dust, or in its cooldown', () => {
      fc.assert(
        fc.property(ticks, (story) => {
          let latches: Latches = {}
          const using = rules()
          for (const { at, health: now, debt } of story) {
            latches = stepAlerts(latches, [seen(now, { debtBase: debt })], using, at).latches
            const latch = latches['m/0xa']
            const deepest = using.thresholds.filter((t) => now < t).sort((a, b) => (a < b ? -1 : 1))[0]
            if (deepest === undefined || debt < using.minDebtBase) continue
            const latched = latch?.level != null && BigInt(latch.level) <= deepest
            const cooling = at - (latch?.spoken[deepest.toString()] ?? -Infinity) < using.cooldownS
            expect(latched || cooling).to.equal(true)
          }
        }),
      )
    })

    it('the same threshold is never told twice within the cooldown, and a recovery always follows a warning', () => {
      fc.assert(
        fc.property(ticks, (story) => {
          const last = new Map<string, number>()
          let warned = false
          for (const word of told(story)) {
            const [type, threshold, at] = word.split(' ')
            const time = Number(at!.slice(1))
            if (type === 'recovered') expect(warned).to.equal(true)
            else expect(time - (last.get(threshold!) ?? -Infinity)).to.be.at.least(900)
            if (type === 'threshold') last.set(threshold!, time)
            warned = type === 'threshold'
          }
        }),
      )
    })
  })
})
