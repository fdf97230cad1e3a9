import { expect } from 'chai'
import fc from 'fast-check'
import {
  absorption,
  BLIND,
  CASCADE,
  kept,
  oracle,
  overview,
  ROOT,
  reserve,
  stormy,
} from '../../../scripts/alerts/market-fixtures.ts'
import type { PhaseBrief, RiskOverview } from '../../../src/core/risk/answers.ts'
import { known, lacking } from '../../../src/core/risk/measure.ts'
import { WARNING_THRESHOLDS, WARNING_TYPES, warningSettings } from '../../../src/core/risk/warning-thresholds.ts'
import { lookForWarnings, type RiskData, type WarningLatch } from '../../../src/core/risk/warnings.ts'

const settings = warningSettings()
const { block } = overview()

/** Looks at one overview after another; what is said, as `type group state`. */
function watch(start: ReadonlyMap<string, WarningLatch> = new Map()) {
  let latches = start
  return {
    see(over: Partial<RiskOverview>, atS = 0): readonly string[] {
      return this.data(over, atS).map(({ type, group, state }) => `${type} ${group} ${state}`)
    },
    data(over: Partial<RiskOverview>, atS = 0): readonly RiskData[] {
      const look = lookForWarnings(
        overview({ block: { ...block, timestamp: block.timestamp + atS }, ...over }),
        latches,
        settings,
      )
      // As it comes back from the store.
      latches = new Map(JSON.parse(JSON.stringify([...kept(look, latches)])) as [string, WarningLatch][])
      return look.said
    },
    get latches() {
      return latches
    },
  }
}

const ALICE = '0x00000000000000000000000000000000000A11cE'
const cliff = (over: Partial<RiskOverview['cliffs'][number]> = {}): Partial<RiskOverview> => ({
  cliffs: [{ fromPct: 3, toPct: 4, address: ALICE, share: 0.3, collateralUsd: 5_000_000, ...over }],
})
const sold = (liquidatableUsd: number, depthUsd: number, fallPct = 10): Partial<RiskOverview> => ({
  absorption: [absorption(fallPct, liquidatableUsd, depthUsd)],
})
const lent = (utilisation: number | null, borrowedUsd: number | null = 5_000_000): Partial<RiskOverview> => ({
  reserves: [reserve({ asset: ALICE, symbol: 'USDC', utilisation, borrowedUsd })],
})
const capped = (headroom: number): Partial<RiskOverview> => ({ oracles: [oracle('wstETH', known(headroom))] })
const covered = (ratio: number): Partial<RiskOverview> => ({
  coverage: { ...overview().coverage, ratio: known(ratio) },
})
const inPhase = (phase: PhaseBrief['phase']): Partial<RiskOverview> => ({ phase: { ...CASCADE, phase } })

describe('core/risk/warnings: thresholds', () => {
  /** Seen first, then what turns nothing off, then what does. Both sides of each threshold. */
  const table: readonly {
    readonly name: string
    readonly quiet: readonly Partial<RiskOverview>[]
    readonly on: Partial<RiskOverview>
    readonly stays: readonly Partial<RiskOverview>[]
    readonly off: Partial<RiskOverview>
    readonly said: string
  }[] = [
    {
      name: 'more to sell than pools take',
      quiet: [sold(5e6, 5e6), sold(999_999, 1), sold(5e6, 1, 11)],
      on: sold(5_000_001, 5e6),
      stays: [sold(5e6, 5e6), sold(5e6, 6.25e6), sold(800_000, 1)],
      off: sold(5e6, 6.26e6),
      said: 'absorption WETH',
    },
    {
      name: 'the same by size',
      quiet: [],
      on: sold(1_000_000, 999_000),
      stays: [sold(800_000, 1)],
      off: sold(799_999, 1),
      said: 'absorption WETH',
    },
    {
      name: 'a feed at its cap',
      quiet: [capped(0.001), capped(0.5)],
      on: capped(0.000999),
      stays: [capped(-0.0285), capped(0.001), capped(0.00199)],
      off: capped(0.002),
      said: 'capped-feed wstETH',
    },
    {
      name: 'lent out',
      quiet: [lent(0.9899), lent(1, 99_999)],
      on: lent(0.99, 100_000),
      stays: [lent(1.2), lent(0.97), lent(1, 80_000)],
      off: lent(0.9699),
      said: 'utilisation USDC',
    },
    {
      name: 'too little insurance',
      quiet: [covered(1), covered(7)],
      on: covered(0.9999),
      stays: [covered(0), covered(1), covered(1.0999)],
      off: covered(1.1),
      said: 'coverage WETH',
    },
  ]
  for (const { name, quiet, on, stays, off, said } of table)
    it(name, () => {
      const seen = watch()
      for (const one of quiet) expect(seen.see(one)).to.deep.equal([])
      expect(seen.see(on)).to.deep.equal([`${said} on`])
      for (const one of [on, ...stays]) expect(seen.see(one)).to.deep.equal([])
      expect(seen.see(off)).to.deep.equal([`${said} off`])
      expect(seen.see(off)).to.deep.equal([])
    })

  for (const [name, over] of [
    ['a smaller share', { share: 0.2499 }],
    ['further away', { fromPct: 10, toPct: 11 }],
    ['smaller', { collateralUsd: 999_999 }],
  ] as const)
    it(`no cliff: ${name}`, () => expect(watch().see(cliff(over))).to.deep.equal([]))

  it('a cliff turns on at a quarter, within ten per cent, from a million on, and names the account', () => {
    const [said] = watch().data(cliff({ share: 0.25, fromPct: 9, toPct: 10, collateralUsd: 1_000_000 }))
    expect(said).to.include({ type: 'cliff', state: 'on', group: 'WETH', value: 0.25, threshold: 0.25, address: ALICE })
  })

  it('a cliff is over when it has been away for an hour, not when it wanders', () => {
    const seen = watch()
    seen.see(cliff())
    for (const over of [{ share: 0.2 }, { fromPct: 11.9, toPct: 12.9 }, { collateralUsd: 800_000 }])
      expect(seen.see(cliff(over), 4_000)).to.deep.equal([])
    expect(seen.see({}, 5_000)).to.deep.equal([])
    expect(seen.see(cliff(), 5_100), 'back again').to.deep.equal([])
    expect(seen.see({}, 5_200)).to.deep.equal([])
    expect(seen.see({}, 8_799)).to.deep.equal([])
    expect(seen.see({}, 8_800)).to.deep.equal(['cliff WETH off'])
    expect(seen.see({}, 9_999)).to.deep.equal([])
  })

  for (const [name, over] of [
    ['its share', { share: 0.1999 }],
    ['its distance', { fromPct: 12, toPct: 13 }],
    ['its size', { collateralUsd: 799_999 }],
  ] as const)
    it(`a cliff is over by ${name}`, () => {
      const seen = watch()
      seen.see(cliff())
      expect(seen.see(cliff(over), 1)).to.deep.equal([])
      expect(seen.see(cliff(over), 3_601)).to.deep.equal(['cliff WETH off'])
    })

  it('two accounts are two cliffs, one in two rungs is one', () => {
    const both = [ALICE, ALICE.toLowerCase(), ROOT].map((address, i) => ({
      ...cliff().cliffs![0]!,
      address,
      fromPct: i,
    }))
    const said = watch().data({ cliffs: both })
    expect(said.map(({ address, fromPct }) => [address?.toLowerCase(), fromPct])).to.have.deep.members([
      [ALICE.toLowerCase(), 0],
      [ROOT.toLowerCase(), 2],
    ])
  })

  it('absorption tells of the worst fall that is near enough', () => {
    const points = [absorption(2, 3e6, 2e6), absorption(5, 9e6, 4e6), absorption(10, 9e6, 5e6), absorption(20, 9e9, 1)]
    const [said] = watch().data({ absorption: points })
    expect(said).to.include({ fallPct: 5, value: 2.25, liquidatableUsd: 9e6, depthUsd: 4e6 })
  })

  it('what no JSON can say is not known', () => {
    const told = [
      ...watch().data(cliff({ collateralUsd: Number.POSITIVE_INFINITY })),
      ...watch().data(sold(Number.POSITIVE_INFINITY, 1)),
      ...watch().data(lent(Number.POSITIVE_INFINITY)),
      ...watch().data(covered(-0)),
    ]
    expect(told.map(({ type }) => type)).to.deep.equal(['cliff', 'absorption', 'utilisation', 'coverage'])
    for (const data of told) expect(JSON.parse(JSON.stringify(data))).to.deep.equal(data)
    for (const type of ['cliff', 'lent', 'coverage'] as const) {
      const over = { cliff: cliff({ share: Number.NaN }), lent: lent(Number.NaN), coverage: covered(Number.NaN) }[type]
      expect(watch().see(over)).to.deep.equal([])
    }
  })

  it('without any pool to sell into the ratio has no bound: that is worse, and survives JSON', () => {
    const [said] = watch().data({ absorption: [absorption(10, 9e6, 0)] })
    expect(said).to.include({ type: 'absorption', state: 'on', value: null, depthUsd: 0 })
    expect(JSON.parse(JSON.stringify(said))).to.deep.equal(said)
  })
})

describe('core/risk/warnings: phases', () => {
  it('every change is told with what it was before; calm from the first is no news', () => {
    const seen = watch()
    const phases = [
      'calm',
      'calm',
      'build-up',
      'build-up',
      'cascade',
      'exhaustion',
      'cascade',
      'recovery',
      'calm',
    ] as const
    const told = phases.flatMap((phase) => seen.data(inPhase(phase)))
    expect(told.map(({ phase, previous, state }) => [previous, phase, state])).to.deep.equal([
      ['calm', 'build-up', 'on'],
      ['build-up', 'cascade', 'on'],
      ['cascade', 'exhaustion', 'on'],
      ['exhaustion', 'cascade', 'on'],
      ['cascade', 'recovery', 'on'],
      ['recovery', 'calm', 'off'],
    ])
    expect(told[0]?.why).to.deep.equal(CASCADE.why)
  })
  it('a wave that is there at the first look is told', () => {
    const [said] = watch().data(inPhase('cascade'))
    expect(said).to.include({ phase: 'cascade', previous: null, state: 'on' })
  })
  it('that a calm market cannot be judged is told to nobody', () => {
    const seen = watch()
    seen.see(inPhase('calm'))
    expect([seen.see(inPhase(null), 10), seen.see(inPhase(null), 1e6)]).to.deep.equal([[], []])
  })
})

describe('core/risk/warnings: what is not known', () => {
  const on = stormy()
  const all = WARNING_TYPES.filter((type) => type !== 'cliff')

  it('turns nothing on', () => expect(watch().see(BLIND)).to.deep.equal([]))

  it('turns nothing off: after an hour it is told once that it cannot be seen', () => {
    const seen = watch()
    expect(seen.data(on)).to.have.length(WARNING_TYPES.length)
    const blind = { ...BLIND, cliffs: on.cliffs }
    expect(seen.see(blind, 10)).to.deep.equal([])
    expect(seen.see(blind, 3_609)).to.deep.equal([])
    expect(seen.data(blind, 3_610).map(({ type, state }) => [type, state])).to.deep.equal(
      all.map((type) => [type, 'unknown']),
    )
    expect(seen.see(blind, 7_300)).to.deep.equal([])
    expect(seen.see(blind, 1e6)).to.deep.equal([])
  })

  it('a moment without a source is no news, however often', () => {
    const seen = watch()
    seen.see(on)
    for (let at = 0; at < 36_000; at += 1_200) {
      expect(seen.see(BLIND, at), `${at}`).to.deep.equal([])
      expect(seen.see(on, at + 600), `${at}`).to.deep.equal([])
    }
  })

  it('when it can be seen again it is told what it is: still so, or over', () => {
    for (const [again, state] of [
      [on, 'on'],
      [overview(), 'off'],
    ] as const) {
      const seen = watch()
      seen.see(on)
      seen.see({ ...BLIND, cliffs: on.cliffs }, 10)
      seen.see({ ...BLIND, cliffs: on.cliffs }, 4_000)
      const { block: _, ...rest } = { ...again, cliffs: on.cliffs }
      expect(seen.data(rest, 4_100).map((data) => [data.type, data.state])).to.deep.equal(
        all.map((type) => [type, state]),
      )
    }
  })

  it('says which source is missing', () => {
    const seen = watch()
    seen.see(on)
    seen.see(BLIND, 10)
    const said = new Map(seen.data(BLIND, 9_000).map((data) => [data.type, data.lacks]))
    expect(said.get('absorption')).to.deep.equal(['depth'])
    expect(said.get('coverage')).to.deep.equal(['coverage'])
    expect(said.get('phase')).to.deep.equal(['hours', 'funding'])
  })

  it('one unknown fall does not end what another shows, and does not call it over', () => {
    const seen = watch()
    const points = [absorption(5, 5e6, 1e6), absorption(10, 9e6, ['depth'])]
    expect(seen.see({ absorption: points })).to.deep.equal(['absorption WETH on'])
    expect(seen.see({ absorption: [absorption(5, 5e6, 50e6), points[1]!] }, 10)).to.deep.equal([])
    expect(seen.see({ absorption: [absorption(5, 5e6, 50e6), absorption(10, 9e6, 50e6)] }, 20)).to.deep.equal([
      'absorption WETH off',
    ])
  })

  it('of a mirror that differs from the chain nothing is believed', () => {
    expect(watch().see({ ...on, quarantined: true })).to.deep.equal([])
    const seen = watch()
    seen.see(on)
    const { block: _, ...calm } = overview({ quarantined: true })
    expect(seen.see(calm, 10)).to.deep.equal([])
    expect(seen.data(calm, 4_000).map(({ state }) => state)).to.deep.equal(WARNING_TYPES.map(() => 'unknown'))
  })

  it('another group weighs most now: its own warnings, and those of the former cannot be seen', () => {
    const seen = watch()
    seen.see(on)
    const other = { ...on.group, root: ALICE, symbol: 'WBTC' }
    const { block: _, ...rest } = stormy({ group: other, cliffs: [] })
    expect(seen.see(rest, 10)).to.deep.equal(['phase WBTC on', 'absorption WBTC on'])
    expect(seen.see(rest, 4_000)).to.deep.equal(['phase WETH unknown', 'cliff WETH unknown', 'absorption WETH unknown'])
  })
})

describe('core/risk/warnings: for all stories', () => {
  const value = (points: readonly number[]) =>
    fc.oneof(...points.map((one) => fc.constant(one)), fc.double({ noNaN: false }))
  const measured = (points: readonly number[]) =>
    fc.oneof(
      { weight: 4, arbitrary: value(points).map(known) },
      { weight: 1, arbitrary: fc.constant(lacking('depth')) },
    )
  const seen = fc.record({
    cliffs: fc.array(
      fc.record({
        fromPct: fc.integer({ min: 0, max: 14 }),
        toPct: fc.constant(15),
        address: fc.constantFrom(ALICE, ROOT),
        share: value([0.19, 0.22, 0.26]),
        collateralUsd: value([5e5, 9e5, 2e6]),
      }),
      { maxLength: 3 },
    ),
    absorption: fc.array(
      fc.record({
        fallPct: fc.constantFrom(5, 10, 20),
        liquidatableUsd: value([5e5, 9e5, 2e6]),
        depthUsd: measured([0, 1e6]),
        ratio: measured([0.5, 0.9, 1, 1.1, Number.POSITIVE_INFINITY]),
        largestUsd: measured([1]),
      }),
      { maxLength: 3 },
    ),
    oracles: fc.array(
      measured([-0.1, 0.0015, 0.5]).map((headroom) => oracle('wstETH', headroom)),
      { maxLength: 1 },
    ),
    reserves: fc.array(
      fc
        .record({ utilisation: fc.option(value([0.5, 0.98, 1])), borrowedUsd: fc.option(value([1, 9e4, 1e6])) })
        .map(reserve),
      { maxLength: 1 },
    ),
    coverage: measured([0, 1.05, 2]).map((ratio) => ({ ...overview().coverage, ratio })),
    phase: fc.constantFrom(CASCADE, BLIND.phase!, overview().phase),
    quarantined: fc.constantFrom(undefined, undefined, undefined, true),
  })
  const story = fc.array(fc.tuple(seen, fc.integer({ min: 0, max: 5_000 })), { maxLength: 12 })

  it('looking twice is looking once, latches survive JSON, and every word alternates', () => {
    fc.assert(
      fc.property(story, (looks) => {
        const run = watch()
        const last = new Map<string, RiskData['state']>()
        let at = 0
        for (const [over, waitS] of looks) {
          at += waitS
          const said = run.data(over, at)
          const after = run.latches
          expect(run.data(over, at)).to.deep.equal([])
          expect(run.latches).to.deep.equal(after)
          for (const data of said) {
            expect(JSON.parse(JSON.stringify(data))).to.deep.equal(data)
            if (data.type === 'phase') continue
            const key = `${data.type} ${data.group} ${data.address}`
            // On first, and never the same twice.
            expect(data.state).to.not.equal(last.get(key) ?? 'off')
            last.set(key, data.state)
          }
        }
      }),
    )
  })

  it('nothing flaps between the thresholds: whatever happens there turns nothing', () => {
    const between = fc.record({
      ratio: fc.double({ min: 0.8, max: 1, noNaN: true }),
      headroom: fc.double({ min: 0.001, max: 0.00199, noNaN: true }),
      utilisation: fc.double({ min: 0.97, max: 0.9899, noNaN: true }),
      cover: fc.double({ min: 1, max: 1.09, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.boolean(), fc.array(between, { maxLength: 20 }), (isOn, values) => {
        const run = watch()
        if (isOn) run.see({ ...stormy(), cliffs: [] })
        else run.see(inPhase('cascade'))
        for (const { ratio, headroom, utilisation, cover } of values)
          expect(
            run.see({
              absorption: [absorption(10, ratio * 1e7, 1e7)],
              oracles: [oracle('wstETH', known(headroom))],
              reserves: [reserve({ utilisation }), reserve({ asset: stormy().reserves[1]!.asset, utilisation })],
              ...covered(cover),
              ...inPhase('cascade'),
            }),
          ).to.deep.equal([])
      }),
    )
  })
})

describe('core/risk/warnings: settings', () => {
  it('are those of the table, where nobody says otherwise', () => {
    for (const [name, { enter, leave }] of Object.entries(WARNING_THRESHOLDS))
      expect(settings[name as keyof typeof settings]).to.deep.equal({ enter, leave })
  })
  it('what turns it off moves along: sizes and ratios by factor, shares by difference', () => {
    const moved = warningSettings({
      cliffUsd: 5_000_000,
      absorptionRatio: 2,
      utilisation: 0.95,
      headroom: 0,
      cliffWithinPct: 5,
    })
    expect(moved.cliffUsd).to.deep.equal({ enter: 5_000_000, leave: 4_000_000 })
    expect(moved.absorptionRatio).to.deep.equal({ enter: 2, leave: 1.6 })
    expect(moved.utilisation.leave).to.be.closeTo(0.93, 1e-12)
    expect(moved.headroom).to.deep.equal({ enter: 0, leave: 0.001 })
    expect(moved.cliffWithinPct).to.deep.equal({ enter: 5, leave: 7 })
  })
})
