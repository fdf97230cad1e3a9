import { expect } from 'chai'
import type { AlertRule } from '../../../src/core/people/alert-rule.ts'
import type { Watch } from '../../../src/core/people/watch.ts'
import { shockOf } from '../../../src/core/people/wave.ts'
import { type AccountSpec, address, reserve } from '../../protocols/aave-v3/world.ts'
import { type Deed, Desk, Play } from './play.ts'
import { fallOf, ladderOf, largeOf, timeOf, wad, watchOf, waveOf } from './rules.ts'

const USD8 = 10n ** 8n
const ETH = 0
const DOLLAR = 1
const BTC = 2
const RESERVES = [
  reserve({ priceUsd8: 1_000n * USD8, ltBps: 8000 }),
  reserve({ symbol: 'USDC', decimals: 6, ltBps: 8000 }),
  reserve({ priceUsd8: 50_000n * USD8, ltBps: 8000 }),
]

/** Ten ether, 8,000 dollars of credit, so that the debt says what health is at first. */
const owing = (dollars: number, more: Partial<AccountSpec> = {}): AccountSpec => ({
  collaterals: [[ETH, 10n ** 19n]],
  debts: [[DOLLAR, BigInt(Math.round(dollars * 1e6))]],
  ...more,
})
const HEALTHY = owing(4_000)

interface World {
  readonly rules?: readonly AlertRule[]
  readonly watches?: readonly Watch[]
  readonly accounts: readonly AccountSpec[]
}

/** What is said, page by page. */
function told({ rules = [], watches = [], accounts }: World, deeds: readonly Partial<Deed>[]): string[][] {
  const world = new Play({ reserves: RESERVES, accounts })
  const desk = new Desk(world, { rules, ladder: ladderOf(), watches })
  return deeds.map((deed) => desk.turn(world.page({ afterS: 12, ...deed }, [desk.engine]), false))
}

const ether = (factor: number): Partial<Deed> => ({ prices: [[ETH, factor]] })
const nothing: Partial<Deed> = {}

describe('core/people/engine', () => {
  describe('a ladder of distances', () => {
    const near = ladderOf({ thresholdsWad: [], distancesBps: [2000, 500] })

    it('speaks by the fall of the driving collateral, in per cent, and of the recovery', () => {
      const words = told({ rules: [near], accounts: [owing(6_000)] }, [nothing, ether(0.9), ether(0.87), ether(2)])
      expect(words).to.deep.equal([
        [],
        ['threshold positions 0 20'],
        ['threshold positions 0 5'],
        ['recovered positions 0 20'],
      ])
    })

    it('does not confuse it with health: what does not fall along keeps the distance', () => {
      // Health 1.05, but half of the credit is dollars: ether must fall by a tenth, not by a twentieth.
      const mixed: AccountSpec = {
        collaterals: [
          [ETH, 5n * 10n ** 18n],
          [DOLLAR, 4_700n * 10n ** 6n],
        ],
        debts: [[DOLLAR, 7_380n * 10n ** 6n]],
      }
      const ladder = ladderOf({ thresholdsWad: [], distancesBps: [1100, 700] })
      expect(told({ rules: [ladder], accounts: [mixed] }, [nothing, ether(0.96)])).to.deep.equal([
        ['threshold positions 0 11'],
        ['threshold positions 0 7'],
      ])
    })

    it('says one word where both measures fall', () => {
      const both = ladderOf({ thresholdsWad: [wad('1.1')], distancesBps: [1000] })
      expect(told({ rules: [both], accounts: [owing(7_000)] }, [ether(0.95), nothing])).to.deep.equal([
        ['threshold positions 0 1.1'],
        [],
      ])
    })
  })

  it('scope: markets, chains and accounts that a rule does not mean hear nothing of it', () => {
    const rules = [
      ladderOf({ name: 'here', market: 'world', chain: 'test' }),
      ladderOf({ name: 'other-market', market: 'elsewhere' }),
      ladderOf({ name: 'other-chain', chain: 'elsewhere' }),
      ladderOf({ name: 'second', accounts: new Set([address(2)]) }),
    ]
    expect(told({ rules, accounts: [owing(7_500), owing(7_500)] }, [nothing])).to.deep.equal([
      ['threshold here 0 1.1', 'threshold here 1 1.1', 'threshold second 1 1.1'],
    ])
  })

  describe('fall', () => {
    const rule = fallOf({ lostWad: wad('0.2'), withinS: 3_600, healthBelowWad: wad('1.8'), cooldownS: 600 })

    it('tells what the market took within the window, with what it was before', () => {
      const words = told({ rules: [rule], accounts: [HEALTHY] }, [
        nothing,
        { ...ether(0.95), afterS: 600 },
        { ...ether(0.9), afterS: 600 },
        nothing,
      ])
      expect(words.flat()).to.deep.equal(['fall fall 0 0.2 2000000000000000000@2'])
    })

    it('does not tell a slide that took longer', () => {
      const slide = Array.from({ length: 12 }, () => ({ ...ether(0.97), afterS: 1_200 }))
      expect(told({ rules: [rule], accounts: [HEALTHY] }, [nothing, ...slide]).flat()).to.deep.equal([])
    })

    it('does not tell what the owner did', () => {
      const borrowed = { accounts: [[0, owing(6_000)]] as const }
      expect(told({ rules: [rule], accounts: [HEALTHY] }, [nothing, borrowed]).flat()).to.deep.equal([])
    })

    it('tells the next fall after its cool-down, measured from there', () => {
      const words = told({ rules: [rule], accounts: [HEALTHY] }, [
        nothing,
        { ...ether(0.85), afterS: 450 },
        { ...nothing, afterS: 450 },
        { ...nothing, afterS: 450 },
        { ...ether(0.85), afterS: 450 },
      ])
      expect(words.map((one) => one.length)).to.deep.equal([0, 1, 0, 0, 1])
    })
  })

  describe('time', () => {
    const rule = timeOf({ withinS: 86_400 })
    /** At 200 % a year a health of 1.004 is used up in less than a day. */
    const dear: Partial<Deed> = { rates: [[DOLLAR, 2]] }
    const cheap: Partial<Deed> = { rates: [[DOLLAR, 0.01]] }

    it('tells that interest alone will do it, once, and again after it had more time', () => {
      const words = told({ rules: [rule], accounts: [owing(7_968)] }, [cheap, dear, nothing, cheap, dear])
      expect(words).to.deep.equal([[], ['time time 0 86400'], [], [], ['time time 0 86400']])
    })

    it('says nothing of what is liquidatable already', () => {
      expect(told({ rules: [rule], accounts: [owing(8_100)] }, [dear, nothing]).flat()).to.deep.equal([])
    })
  })

  it('large: only debts that are', () => {
    const rule = largeOf({ minDebtUsd8: 7_000n * USD8 })
    const accounts = [owing(7_100), owing(700, { collaterals: [[ETH, 10n ** 18n]] })]
    expect(told({ rules: [rule], accounts }, [nothing, ether(2), ether(0.5)])).to.deep.equal([
      ['large whales 0 1.2'],
      [],
      ['large whales 0 1.2'],
    ])
  })

  describe('wave', () => {
    const rule = waveOf({ fallBps: 500, aboveUsd8: 10_000n * USD8 })
    const accounts = [owing(7_700), owing(7_800), owing(4_000)]

    it('sums the debt of whoever would be liquidatable, and opens again below nine tenths of the limit', () => {
      expect(told({ rules: [rule], accounts }, [nothing, nothing, ether(1.02), ether(1.1), ether(0.9)])).to.deep.equal([
        ['wave wave  5  1550000000000'],
        [],
        [],
        [],
        ['wave wave  5  1550000000000'],
      ])
    })

    it('counts only those it names', () => {
      const named = waveOf({ ...rule, accounts: new Set([address(1)]) })
      expect(told({ rules: [named], accounts }, [nothing]).flat()).to.deep.equal([])
    })

    it('leaves the sheet as the present has it', () => {
      const world = new Play({ reserves: RESERVES, accounts })
      const desk = new Desk(world, { rules: [rule], ladder: ladderOf(), watches: [] })
      const head = world.page({ afterS: 12 }, [desk.engine])
      const before = Array.from(world.book.sheet.credit)
      desk.turn(head, false)
      expect(Array.from(world.book.sheet.credit)).to.deep.equal(before)
    })

    it('lets dollars stand, and what stands on them', () => {
      const { book } = new Play({
        reserves: [
          ...RESERVES,
          reserve({ symbol: 'sUSD', priceUsd8: (11n * USD8) / 10n, root: 0xd001n }),
          reserve({ symbol: 'EURC', priceUsd8: 106n * 10n ** 6n }),
          reserve({ symbol: 'USDX', priceUsd8: 70n * 10n ** 6n }),
        ],
        accounts: [],
      })
      const falling = shockOf(book, 500)
      expect([...falling.values()].every((factor) => factor === wad('0.95'))).to.equal(true)
      expect([...falling.keys()].map(Number)).to.deep.equal([0xd000, 0xd002, 0xd004, 0xd005])
    })
  })

  describe('what happens to those who are named', () => {
    const watches = [watchOf({ address: address(1) })]
    const sick = owing(7_600)
    const liquidated: Partial<Deed> = {
      accounts: [[0, owing(3_000, { collaterals: [[ETH, 5n * 10n ** 18n]] })]],
      liquidated: [0],
    }

    it('a repay that leaves it below a threshold is a top-up, one that does not a rescue; prices are neither', () => {
      const words = told({ watches, accounts: [sick] }, [
        nothing,
        { accounts: [[0, owing(7_400)]] },
        { accounts: [[0, owing(6_000)]] },
        { accounts: [[0, owing(7_600)]] },
        ether(1.2),
      ])
      expect(words).to.deep.equal([
        ['threshold watch:1 0 1.1'],
        ['topped-up watch:1 0 1.1 1052631579000000000@3'],
        ['rescued watch:1 0 1.1 1081081081000000000@4'],
        ['threshold watch:1 0 1.1'],
        ['recovered watch:1 0 1.1'],
      ])
    })

    it('a repay while prices fall is still one: both holdings are weighed at the same prices', () => {
      const fallen: Partial<Deed> = { ...ether(0.97), accounts: [[0, owing(7_400)]] }
      expect(told({ watches, accounts: [sick] }, [nothing, fallen])[1]?.[0]).to.match(/^topped-up watch:1 0/)
    })

    it('borrowing while prices rise is none', () => {
      const worse: Partial<Deed> = { ...ether(1.02), accounts: [[0, owing(7_650)]] }
      expect(told({ watches, accounts: [sick] }, [nothing, worse])[1]).to.deep.equal([])
    })

    it('nor is a wei that a stranger repays, nor new thresholds of the market', () => {
      const words = told({ watches, accounts: [sick] }, [
        nothing,
        { accounts: [[0, owing(7_599.999999)]] },
        { thresholds: [[ETH, 8100]] },
      ])
      expect(words.slice(1).flat()).to.deep.equal([])
    })

    it('entering with less debt but a supply of something else is told by what it is worth', () => {
      const added: AccountSpec = { ...sick, collaterals: [...sick.collaterals, [BTC, 10n ** 17n]] }
      expect(told({ watches, accounts: [sick] }, [nothing, { accounts: [[0, added]] }])[1]?.[0]).to.match(
        /^rescued watch:1 0 1.1 1052631579/,
      )
    })

    it('a liquidation is told to every watcher and to the first rule that names it, and is no recovery and no rescue', () => {
      const rules = [
        ladderOf(),
        ladderOf({ name: 'named', accounts: new Set([address(1)]) }),
        ladderOf({ name: 'again', accounts: new Set([address(1)]), thresholdsWad: [wad('0.5')] }),
      ]
      const two = [...watches, watchOf({ id: 2, address: address(1), chat: 'telegram:8' })]
      expect(told({ rules, watches: two, accounts: [sick] }, [nothing, liquidated])[1]).to.deep.equal([
        'liquidated named 0',
        'liquidated watch:1 0',
        'liquidated watch:2 0',
      ])
    })

    it('of those who are not named, a ladder that had spoken says so in place of a recovery', () => {
      expect(told({ rules: [ladderOf()], accounts: [sick] }, [nothing, liquidated])).to.deep.equal([
        ['threshold positions 0 1.1'],
        ['liquidated positions 0 1.1'],
      ])
    })

    it('a liquidation in a page that was only caught up with is told with the next that is the newest', () => {
      const world = new Play({ reserves: RESERVES, accounts: [sick] })
      const desk = new Desk(world, { rules: [], ladder: ladderOf(), watches })
      world.page({ afterS: 12, ...liquidated }, [desk.engine])
      expect(desk.turn(world.page({ afterS: 12 }, [desk.engine]), false)).to.deep.equal(['liquidated watch:1 0'])
      expect(desk.turn(world.page({ afterS: 12 }, [desk.engine]), false)).to.deep.equal([])
    })

    it('one that was reorganised away before it was told is not told', () => {
      const world = new Play({ reserves: RESERVES, accounts: [sick] })
      const desk = new Desk(world, { rules: [], ladder: ladderOf({ thresholdsWad: [] }), watches })
      desk.turn(world.page({ afterS: 12 }, [desk.engine]), false)
      world.page({ afterS: 12, ...liquidated }, [desk.engine])
      world.rollback(1, [desk.engine])
      expect(desk.turn(world.page({ afterS: 12 }, [desk.engine]), false)).to.deep.equal([])
    })
  })

  it('whoever begins to owe while a price is missing is told then', () => {
    const watches = [watchOf({ address: address(1) })]
    const words = told({ watches, accounts: [owing(0, { debts: [] })] }, [
      ether(0),
      { accounts: [[0, HEALTHY]] },
      nothing,
    ])
    expect(words).to.deep.equal([[], ['unchecked watch:1 0'], []])
  })

  it('a price that is missing is told to watchers once, and once that it is back; the ladder then speaks as ever', () => {
    const watches = [watchOf({ address: address(1) })]
    const words = told({ watches, accounts: [HEALTHY, HEALTHY] }, [nothing, ether(0), nothing, ether(0.4), nothing])
    expect(words).to.deep.equal([
      [],
      ['unchecked watch:1 0'],
      [],
      ['liquidatable watch:1 0 1.0', 'checked watch:1 0'],
      [],
    ])
  })
})
