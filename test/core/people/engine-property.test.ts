import { expect } from 'chai'
import fc from 'fast-check'
import type { Alert } from '../../../src/core/people/alert.ts'
import type { AlertRule } from '../../../src/core/people/alert-rule.ts'
import type { Rulebook } from '../../../src/core/people/plan.ts'
import { type AccountSpec, address, type MarketSpec, reserve } from '../../protocols/aave-v3/world.ts'
import { LadderOracle } from './ladder-oracle.ts'
import { type Deed, Desk, Play } from './play.ts'
import { fallOf, ladderOf, largeOf, timeOf, wad, watchOf, waveOf } from './rules.ts'

const USD8 = 10n ** 8n
const ETH = 0xd00an
/** Two that move together, one alone, two dollars, and one with two decimals whose smallest unit is a cent. */
const RESERVES = [
  reserve({ priceUsd8: 3_000n * USD8, root: ETH, ltBps: 8300, borrowRate: 20n * 10n ** 24n }),
  reserve({ priceUsd8: 3_600n * USD8, root: ETH, ltBps: 8100, borrowRate: 20n * 10n ** 24n }),
  reserve({ priceUsd8: 90_000n * USD8, decimals: 8, ltBps: 7800, borrowRate: 10n * 10n ** 24n }),
  reserve({ symbol: 'USDC', priceUsd8: USD8, decimals: 6, ltBps: 7800, borrowRate: 50n * 10n ** 24n }),
  reserve({ symbol: 'DAI', priceUsd8: USD8, ltBps: 7700, borrowRate: 60n * 10n ** 24n }),
  reserve({ symbol: 'GUSD', priceUsd8: USD8, decimals: 2, ltBps: 8500, borrowRate: 60n * 10n ** 24n }),
]
const IDS = RESERVES.map((_, id) => id)
const EMODES = [{ id: 1, ltvBps: 9000, ltBps: 9500, bonusBps: 10_100, collaterals: [0, 1] }]
const ACCOUNTS = 14

const unitsOf = (id: number, usd: number): bigint => {
  const { priceUsd8, decimals } = RESERVES[id] as (typeof RESERVES)[number]
  return (BigInt(Math.round(usd * 1e8)) * 10n ** BigInt(decimals)) / priceUsd8
}

/** Collateral and debt so that health is about what is asked, or dust. */
const accountSpec = fc
  .record({
    collaterals: fc.uniqueArray(fc.constantFrom(...IDS), { minLength: 1, maxLength: 5 }),
    debts: fc.uniqueArray(fc.constantFrom(...IDS), { minLength: 0, maxLength: 3 }),
    usd: fc.oneof(fc.double({ min: 50, max: 5_000_000, noNaN: true }), fc.constantFrom(0.01, 0.5, 100, 110)),
    health: fc.oneof(
      fc.double({ min: 0.9, max: 1.4, noNaN: true }),
      fc.constantFrom(1, 1.05, 1.1, 1.11, 1.2, 1.0001, 2.5),
    ),
    eMode: fc.constantFrom(0, 0, 1),
  })
  .map(({ collaterals, debts, usd, health, eMode }): AccountSpec => {
    const each = usd / collaterals.length
    const weighted = collaterals.reduce((sum, id) => sum + (each * (RESERVES[id]?.ltBps ?? 0)) / 1e4, 0)
    return {
      eMode,
      collaterals: collaterals.map((id) => [id, unitsOf(id, each)]),
      debts: debts.map((id) => [id, unitsOf(id, weighted / health / debts.length) + 1n]),
    }
  })

const deed: fc.Arbitrary<Deed> = fc.record(
  {
    afterS: fc.constantFrom(1, 12, 12, 300, 900, 40_000),
    prices: fc.array(
      fc.tuple(
        fc.constantFrom(...IDS),
        fc.oneof(
          { weight: 8, arbitrary: fc.double({ min: 0.97, max: 1.03, noNaN: true }) },
          { weight: 2, arbitrary: fc.double({ min: 0.8, max: 1.2, noNaN: true }) },
          { weight: 1, arbitrary: fc.constantFrom(0, 1) },
        ),
      ),
      { maxLength: 3 },
    ),
    accounts: fc.array(fc.tuple(fc.nat(ACCOUNTS + 3), accountSpec), { maxLength: 2 }),
    rates: fc.array(fc.tuple(fc.constantFrom(...IDS), fc.constantFrom(0.01, 0.05, 0.3, 2)), { maxLength: 1 }),
    liquidated: fc.array(fc.nat(ACCOUNTS), { maxLength: 1 }),
  },
  { requiredKeys: ['afterS'] },
)

type Happening =
  | { readonly kind: 'page'; readonly deed: Deed }
  | { readonly kind: 'past'; readonly deed: Deed }
  | { readonly kind: 'rollback'; readonly depth: number }
  | { readonly kind: 'govern'; readonly id: number; readonly bps: number }
  | { readonly kind: 'rules'; readonly which: number }
  | { readonly kind: 'restart' }

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 16, arbitrary: deed.map((one): Happening => ({ kind: 'page', deed: one })) },
  { weight: 1, arbitrary: deed.map((one): Happening => ({ kind: 'past', deed: one })) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }).map((depth): Happening => ({ kind: 'rollback', depth })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...IDS), fc.constantFrom(7000, 7800, 8300))
      .map(([id, bps]): Happening => ({ kind: 'govern', id, bps })),
  },
  { weight: 1, arbitrary: fc.nat(2).map((which): Happening => ({ kind: 'rules', which })) },
  { weight: 1, arbitrary: fc.constant<Happening>({ kind: 'restart' }) },
)

const general = ladderOf({
  thresholdsWad: [wad('1.1'), wad('1.05'), wad('1')],
  minDebtUsd8: 100n * USD8,
  cooldownS: 900,
})
const rules: readonly AlertRule[] = [
  general,
  ladderOf({
    name: 'near',
    thresholdsWad: [],
    distancesBps: [1000, 500, 100],
    minDebtUsd8: 100n * USD8,
    cooldownS: 60,
  }),
  ladderOf({
    name: 'treasury',
    thresholdsWad: [wad('1.3')],
    distancesBps: [1500],
    accounts: new Set([address(1), address(2), address(ACCOUNTS + 2)]),
    cooldownS: 30,
  }),
  largeOf({ minDebtUsd8: 1_000_000n * USD8, cooldownS: 600 }),
  timeOf({ withinS: 7 * 86_400, minDebtUsd8: 100n * USD8, cooldownS: 600 }),
  fallOf({ minDebtUsd8: 100n * USD8, healthBelowWad: wad('1.2'), cooldownS: 900 }),
  fallOf({ name: 'slip', lostWad: wad('0.02'), withinS: 600, accounts: new Set([address(3), address(4)]) }),
  waveOf({ aboveUsd8: 1_000_000n * USD8, minDebtUsd8: 100n * USD8, cooldownS: 600 }),
]
const ladder = { ...general, distancesBps: [800] }
const books: readonly Rulebook[] = [
  { rules, ladder, watches: [] },
  {
    rules,
    ladder,
    watches: Array.from({ length: ACCOUNTS + 3 }, (_, n) => watchOf({ id: n, address: address(n + 1) })),
  },
  {
    rules: rules.slice(0, 3),
    ladder,
    watches: [watchOf({ id: 1, address: address(2), thresholdsWad: [wad('1.25')], distancesBps: [] })],
  },
]

const story = fc.record({
  accounts: fc.array(accountSpec, { minLength: 4, maxLength: ACCOUNTS }),
  revision: fc.constantFrom(10n, 10n, 10n, 7n),
  happenings: fc.array(happening, { minLength: 5, maxLength: 40 }),
})

interface Told {
  readonly words: readonly string[][]
  readonly rows: Record<string, unknown>
}

/** Plays a story; `restarts`: every `restart` is a new process, or none is. */
function play(
  { accounts, revision, happenings }: { accounts: AccountSpec[]; revision: bigint; happenings: Happening[] },
  { everybody, restarts }: { everybody: boolean; restarts: boolean },
): Told {
  const market: MarketSpec = { reserves: RESERVES, eModes: EMODES, accounts, revision }
  const world = new Play(market)
  let now = books[1] as Rulebook
  const desk = new Desk(world, now)
  const words: string[][] = []
  for (const one of happenings)
    switch (one.kind) {
      case 'page':
        words.push(desk.turn(world.page(one.deed, [desk.engine]), everybody))
        break
      case 'past':
        world.page(one.deed, [desk.engine])
        break
      case 'rollback':
        for (const changes of world.rollback(one.depth, [desk.engine])) desk.write(changes)
        break
      case 'govern':
        words.push(desk.turn(world.page({ afterS: 12, thresholds: [[one.id, one.bps]] }, [desk.engine]), everybody))
        break
      case 'rules':
        now = books[one.which] as Rulebook
        desk.engine.setRules(now)
        break
      case 'restart':
        if (restarts) desk.restart(now)
    }
  return { words, rows: Object.fromEntries([...desk.rows].map(([key, body]) => [key, JSON.parse(body)])) }
}

describe('core/people/engine: bands', () => {
  it('say what looking at everybody says, and remember the same, whatever happens to the market', () => {
    fc.assert(
      fc.property(story, (one) => {
        const banded = play(one, { everybody: false, restarts: false })
        const naive = play(one, { everybody: true, restarts: false })
        expect(banded.words).to.deep.equal(naive.words)
        expect(banded.rows).to.deep.equal(naive.rows)
      }),
      { numRuns: 150 },
    )
  }).timeout(120_000)

  it('a restart at any point says the same and remembers the same', () => {
    fc.assert(
      fc.property(story, (one) => {
        // A page that is only caught up with is applied before the engine of a new process is there.
        const lived = { ...one, happenings: one.happenings.filter(({ kind }) => kind !== 'past') }
        expect(play(lived, { everybody: false, restarts: true })).to.deep.equal(
          play(lived, { everybody: false, restarts: false }),
        )
      }),
      { numRuns: 150 },
    )
  }).timeout(120_000)

  it('judged from outside by exact views: no flapping, nothing missed', () => {
    let judged = 0
    fc.assert(
      fc.property(story, ({ accounts, revision, happenings }) => {
        const world = new Play({ reserves: RESERVES, eModes: EMODES, accounts, revision })
        const desk = new Desk(world, books[1] as Rulebook)
        const oracle = new LadderOracle(general)
        for (const one of happenings) {
          if (one.kind !== 'page') continue
          const head = world.page(one.deed, [desk.engine])
          const heard: Alert[] = []
          desk.turn(head, false, (alerts) => void heard.push(...alerts))
          oracle.page(world.book, head, heard)
        }
        judged += oracle.judged
      }),
      { numRuns: 100 },
    )
    expect(judged).to.be.above(100)
  }).timeout(120_000)

  it('these stories bring everything about that there is to say', () => {
    const types = new Set(
      fc
        .sample(story, { seed: 7, numRuns: 80 })
        .flatMap((one) => play(one, { everybody: false, restarts: false }).words.flat())
        .map((word) => word.split(' ')[0]),
    )
    expect([...types].sort()).to.deep.equal([
      'checked',
      'fall',
      'large',
      'liquidatable',
      'liquidated',
      'recovered',
      'rescued',
      'threshold',
      'time',
      'topped-up',
      'unchecked',
      'wave',
    ])
  }).timeout(60_000)
})
