/** What answers make of kept hours: the book is as plain as can be, the hours say it all. */
import { expect } from 'chai'
import { chainsAnswer } from '../../../src/app/risk/chains.ts'
import { overviewHistory } from '../../../src/app/risk/overview-history.ts'
import { phaseAnswer } from '../../../src/app/risk/phase.ts'
import { waveAnswer } from '../../../src/app/risk/wave.ts'
import type { RiskWorld } from '../../../src/app/risk/world.ts'
import { Codes } from '../../../src/core/risk/codes.ts'
import { COHORTS } from '../../../src/core/risk/de-risking.ts'
import type { AssetHour, ExtrasBody } from '../../../src/core/risk/hour-row.ts'
import type { MarketHour } from '../../../src/core/risk/hours-from.ts'
import { known, lacking } from '../../../src/core/risk/measure.ts'
import { hourAt } from '../../core/risk/hours.ts'
import { wave } from '../../core/risk/waves.ts'
import { type AccountSpec, assetOf, bookOf, reserve } from '../../protocols/aave-v3/world.ts'

const USD = 10n ** 8n
const [ETHER, RATIO, USDC, USDT] = [0, 1, 2, 3].map(assetOf) as [string, string, string, string]
const RESERVES = [
  reserve({ symbol: 'WETH', priceUsd8: 2000n * USD, root: 7n }),
  reserve({ symbol: 'wstETH', priceUsd8: 2400n * USD, root: 7n }),
  reserve({ symbol: 'USDC', decimals: 6, root: 8n }),
  reserve({ symbol: 'USDT', decimals: 6, root: 9n }),
]
const ACCOUNTS: readonly AccountSpec[] = [{ collaterals: [[0, 10n ** 18n]], debts: [[2, 1_000_000_000n]] }]
const book = bookOf({ reserves: RESERVES, accounts: ACCOUNTS })

const EXTRAS: ExtrasBody = {
  ...{ utilisation: null, fundingAnnual: null, insuranceUsd: null, outstandingUsd: null },
  ...{ kinks: {}, insurance: {}, headrooms: {}, roundsAtS: {}, stables: {}, supplies: {}, pegs: {} },
}
const NONE = { debtUsd: 0, borrowUsd: 0, repayUsd: 0, seizedUsd: 0, coveredUsd: 0, protections: 0, protectedUsd: 0 }
const cohort = { ...NONE, caught: [], protectors: [] }

const marketAt = (hour: number, over: Partial<MarketHour> = {}): MarketHour => ({
  ...{ hour, partial: false, blocks: 300, merged: 0, lost: 0, liquidatedUsd: 0, liquidations: 0, repaidUsd: 0 },
  ...{ netFlowUsd: 0, deficitUsd: 0, coveredUsd: 0, debtUsd: 1e9, extras: null, assets: {}, liquidators: [] },
  state: { collateralUsd: null, leverage: null, top10Share: null, badDebt20Usd: null },
  cohorts: {
    ...{ '< 10k': cohort, '10k–100k': cohort, '100k–1M': cohort, '1M–10M': cohort, '> 10M': cohort },
  },
  ...{ liquidatorCount: 0, late: {}, ratios: {} },
  ...over,
})
const worldOf = (hours: readonly MarketHour[], over: Partial<RiskWorld> = {}): RiskWorld => ({
  ...{ chainId: 1, book, exchange: undefined, codes: new Codes(), binS: 3600, distrusted: false },
  ...{ hours: () => [], groupHours: () => [], marketHours: () => hours },
  ...over,
})
const told = (over: Partial<ExtrasBody>): Partial<MarketHour> => ({ extras: { ...EXTRAS, ...over } })
const owed = (deficit: number): AssetHour => ({
  ...{ symbol: '', stable: true, supply: 0, withdraw: 0, borrow: 0, repay: 0, seized: 0, covered: 0 },
  ...{ deficit, deficitCovered: 0 },
})

describe('an overview from kept hours', () => {
  const of = (hours: readonly MarketHour[]) =>
    overviewHistory(
      worldOf(hours),
      {
        group: { root: '', symbol: 'WETH', assets: [], price: '0' },
        ...{ unrealisedUsd: 0, idleStableUsd: 0, ladder10Usd: 0, deficit20Usd: 0 },
      },
      null,
    )

  it('has the pegs of the last hour that has any answers, the one furthest from a dollar first of all', () => {
    const found = of([
      marketAt(1, told({ pegs: { [USDC]: [0.9, 1] } })),
      marketAt(2, told({ pegs: { [USDC]: [1.0004, 1.0002], [USDT]: [0.995, 1] } })),
      marketAt(3),
    ]).dryPowder
    expect(found.worstPeg.value).to.be.closeTo(-0.005, 1e-12)
    expect(found.pegs.map(({ symbol, twapUsd }) => [symbol, twapUsd])).to.deep.equal([
      ['USDC', 1.0004],
      ['USDT', 0.995],
    ])
    expect(found.pegs[0]?.fromOracle).to.be.closeTo(0.0002, 1e-6)
    expect(of([marketAt(3)]).dryPowder).to.deep.include({ worstPeg: lacking('twap'), pegs: [] })
  })

  it('has the largest supply jump of a group’s collaterals in a day', () => {
    const supplies = (hour: number, ratio: number) =>
      marketAt(hour, told({ supplies: { [ETHER]: 100, [RATIO]: ratio } }))
    const { oracles } = of([supplies(1, 50), supplies(40, 100), supplies(41, 130), supplies(42, 131)])
    expect(oracles[0]?.largestSupplyJump24h.value).to.be.closeTo(0.3, 1e-12)
    expect(oracles[1]?.largestSupplyJump24h).to.deep.equal(lacking('supply'))
  })

  it('says when the headroom of a cap is used up', () => {
    const room = (hour: number, headroom: number) => marketAt(hour, told({ headrooms: { [RATIO]: headroom } }))
    const { oracles } = of([room(0, 0.5), room(500, 0.02), room(548, 0.018)])
    expect(oracles[0]?.headroomDays.value).to.be.closeTo(18, 1e-9)
    expect(of([room(548, 0.018)]).oracles[0]?.headroomDays).to.deep.equal(lacking('hours'))
  })
})

describe('a wave from kept hours', () => {
  const hours = wave(1).map(({ hour }) => hour)
  const answer = (over: (hour: number) => Partial<MarketHour>) =>
    waveAnswer(
      worldOf(
        hours.map(({ hour }) => marketAt(hour, over(hour))),
        { hours: () => hours },
      ),
      { market: 'world', group: 'WETH' },
    )
  const { phases } = answer(() => ({}))
  const crash = phases.find(({ phase }) => phase === 'cascade') ?? expect.fail('no cascade')

  it('has insurance pay each reserve’s deficit, as it stood when the first came', () => {
    const { insurance } = answer((hour) => {
      // Somebody's stake is slashed afterwards.
      const stake = told({ insuranceUsd: 1, insurance: hour <= crash.fromHour ? { [USDC]: 700, [ETHER]: 1e6 } : {} })
      if (hour === crash.fromHour)
        return { ...stake, deficitUsd: 600, assets: { [USDC]: owed(500), [USDT]: owed(100) } }
      return hour === crash.fromHour + 1 ? { ...stake, deficitUsd: 400, assets: { [USDC]: owed(400) } } : stake
    })
    expect(insurance).to.deep.equal({ deficitUsd: 1000, paidUsd: known(700), shortfallUsd: known(300) })
  })

  it('does not know what is paid where nobody tells of insurance', () => {
    const { insurance } = answer((hour) =>
      hour === crash.fromHour ? { deficitUsd: 500, assets: { [USDC]: owed(500) } } : {},
    )
    expect(insurance).to.deep.equal({
      ...{ deficitUsd: 500, paidUsd: lacking('coverage'), shortfallUsd: lacking('coverage') },
    })
  })

  it('is empty where there is no wave', () => {
    const calm = Array.from({ length: 40 }, (_, hour) => hourAt(hour))
    const found = waveAnswer(worldOf([marketAt(1)], { hours: () => calm }), { market: 'world', group: 'WETH' })
    expect([found.phases, found.insurance.deficitUsd, found.caught.length]).to.deep.equal([[], 0, COHORTS.length])
  })
})

describe('the first hour of a cascade, which is only called one in its second', () => {
  /** Forty quiet days, two hours of a crash out of calm, two quiet days; all deficits in the first of the two. */
  const FIRST = 960
  const hours = Array.from({ length: FIRST + 50 }, (_, hour) => {
    const isCrash = hour === FIRST || hour === FIRST + 1
    return hourAt(hour, {
      ...{ liquidations: isCrash ? 600 : hour % 2, liquidatedUsd: isCrash ? 8e6 : (hour % 2) * 1e4 },
      ...{ oraclePriceUsd: hour < FIRST ? 100 : 90, oracleLowUsd: hour < FIRST ? 100 : 90 },
      ...{
        ladder10Usd: hour < FIRST ? 1e9 : 5e8,
        deficitUsd: hour === FIRST ? 8e5 : 0,
        top10Share: 0.3,
        utilisation: 0.5,
      },
    })
  })
  const market = hours.map(({ hour, deficitUsd }) =>
    marketAt(hour, { deficitUsd: deficitUsd ?? 0, assets: hour === FIRST ? { [USDC]: owed(8e5) } : {} }),
  )
  const world = { ...worldOf(market, { hours: () => hours }), book: bookOf({ reserves: RESERVES, accounts: ACCOUNTS }) }

  it('belongs to the wave whose deficits are judged', () => {
    const { changes, reset } = phaseAnswer(world, { market: 'world', group: 'WETH' })
    expect(changes.find(({ phase }) => phase === 'cascade')?.hour).to.equal(FIRST + 1)
    const deficit = reset?.healthy.find(({ name }) => name === 'deficit over liquidated')
    expect(deficit?.value).to.be.closeTo(0.05, 1e-3)
    expect(reset?.verdict).to.not.equal('healthy reset')
  })

  it('belongs to the wave that is told', () => {
    const told = waveAnswer(world, { market: 'world', group: 'WETH' })
    const [first] = told.phases
    expect(first).to.include({ phase: 'cascade', fromHour: FIRST, deficitUsd: 8e5 })
    // Until it is called exhausted the few calls of every day go on.
    expect(first?.calls).to.be.within(1200, 1202)
    expect(told.insurance.deficitUsd).to.equal(8e5)
  })
})

describe('stable coins of a chain', () => {
  const at = (hour: number, stables: Record<string, number>) => marketAt(hour, told({ stables }))
  const issued = (...hours: readonly MarketHour[]) => chainsAnswer([worldOf(hours)]).markets[0]?.stableIssued24hUsd

  it('are issued by what there is more of after a day', () => {
    expect(issued(at(0, { USDC: 5e9 }), at(10, { USDC: 9e9 }), at(24, { USDC: 5.02e9 }))?.value).to.be.closeTo(2e7, 1)
  })

  it('a coin that is new was not issued on that day', () => {
    expect(issued(at(0, { USDC: 5e9 }), at(24, { USDC: 5e9, GHO: 3e8 }))).to.deep.equal(known(0))
  })

  it('are not known without an hour just a day before', () => {
    expect(issued(at(1, { USDC: 5e9 }), at(24, { USDC: 5e9 }))).to.deep.equal(lacking('supply'))
    expect(issued()).to.deep.equal(lacking('supply'))
  })
})

describe('flows by asset', () => {
  const moved = (symbol: string, supply: number, withdraw: number, borrow = 0) => ({
    [`0x${symbol}`]: { ...owed(0), symbol, supply, withdraw, borrow },
  })
  const on = (chainId: number, ...assets: readonly Record<string, AssetHour>[]) =>
    worldOf([marketAt(1, { assets: Object.assign({}, ...assets) })], { chainId })

  it('are added up by symbol over chains, the most moved first, with the part that has one direction', () => {
    const { assets } = chainsAnswer([
      on(1, moved('USDC', 10, 110), moved('WETH', 0, 5, 2)),
      on(10, moved('USDC', 60, 0)),
      on(10, moved('USDC', 0, 10)),
    ])
    expect(assets).to.deep.equal([
      {
        ...{ symbol: 'USDC', netSupplyUsd: -50, netBorrowUsd: 0, rotationShare: 50 / 150 },
        chains: [
          { chainId: 1, netSupplyUsd: -100, netBorrowUsd: 0 },
          { chainId: 10, netSupplyUsd: 50, netBorrowUsd: 0 },
        ],
      },
      {
        ...{ symbol: 'WETH', netSupplyUsd: -5, netBorrowUsd: 2, rotationShare: null },
        chains: [{ chainId: 1, netSupplyUsd: -5, netBorrowUsd: 2 }],
      },
    ])
  })
})
