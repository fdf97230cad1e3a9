import { expect } from 'chai'
import { parseShock } from '../../../src/app/shock.ts'
import { WAD } from '../../../src/core/math.ts'
import { type Cascade, cascade } from '../../../src/core/risk/cascade.ts'
import { findGroup, groupsOf } from '../../../src/core/risk/groups.ts'
import { type LeveragedMarket, openLeveragedMarket } from './leveraged-market.ts'
import { Reenactment } from './reenact.ts'

interface Case {
  readonly shocks: readonly string[]
  readonly kappaWad: bigint
  readonly rounds: number
  readonly stopped: Cascade['stopped']
}

const CASES: readonly Case[] = [
  { shocks: ['ETH=-12%'], kappaWad: WAD, rounds: 4, stopped: 'settled' },
  { shocks: ['ETH=-20%'], kappaWad: WAD / 2n, rounds: 4, stopped: 'settled' },
  { shocks: ['ETH=-9%', 'BTC=-14%'], kappaWad: (WAD * 3n) / 10n, rounds: 2, stopped: 'settled' },
  // Link trades against ether alone.
  { shocks: ['ETH=-9%', 'BTC=-14%', 'LINK=-30%'], kappaWad: WAD / 2n, rounds: 1, stopped: 'pools-drained' },
  { shocks: ['ETH=-20%'], kappaWad: WAD, rounds: 2, stopped: 'pools-drained' },
  { shocks: ['ETH=+30%'], kappaWad: WAD / 4n, rounds: 1, stopped: 'settled' },
]

describe('a cascade against a chain that really falls', function () {
  this.timeout(300_000)
  let market: LeveragedMarket

  before(async () => {
    market = await openLeveragedMarket(3, 70)
  })
  after(() => market?.close())

  const factorsOf = (shocks: readonly string[]) => {
    const groups = groupsOf(market.book.protocol.market(market.book.ledger).reserves)
    return new Map(
      shocks.map(parseShock).map(({ asset, factorWad }) => [findGroup(groups, asset).root, factorWad] as const),
    )
  }

  for (const { shocks, kappaWad, rounds, stopped } of CASES)
    it(`${shocks.join(' and ')}, κ = ${Number(kappaWad) / 1e18}: every amount to the unit`, async () => {
      const { chain } = market.devnet
      const factors = factorsOf(shocks)
      const told = cascade(market.book, market.exchange, { factors, kappaWad })
      expect(told.stopped).to.equal(stopped)
      expect(told.rounds.length).to.be.at.least(rounds)
      const snapshot = await chain.rpc('evm_snapshot')
      try {
        await new Reenactment(market).play(told, { factors, kappaWad })
      } finally {
        await chain.rpc('evm_revert', snapshot)
        await chain.forget()
      }
    })

  it('has met bad debt, ticks, hubs, shorts, and what could not be sold', () => {
    const calls = CASES.flatMap(({ shocks, kappaWad }) =>
      cascade(market.book, market.exchange, { factors: factorsOf(shocks), kappaWad }).rounds.flatMap(
        (one) => one.calls,
      ),
    )
    const count = (is: (call: (typeof calls)[number]) => boolean): number => calls.filter(is).length
    expect(count(({ done }) => done.deficits.length > 0)).to.be.above(3)
    expect(count(({ done }) => done.protocolFee > 0n)).to.be.above(50)
    expect(count(({ sale }) => new Set(sale?.trades.map(({ assetIn }) => assetIn)).size > 1)).to.be.above(3)
    expect(count(({ unsoldBase }) => unsoldBase > 0n)).to.be.above(0)
    expect(new Set(calls.map(({ seizure }) => seizure.collateralAsset)).size).to.be.at.least(4)
  })
})
