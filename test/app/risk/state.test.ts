import { expect } from 'chai'
import { type Address, getAddress } from 'viem'
import { cohortsAnswer } from '../../../src/app/risk/cohorts.ts'
import { jointAnswer } from '../../../src/app/risk/joint.ts'
import { ladderAnswer } from '../../../src/app/risk/ladder.ts'
import { overviewState } from '../../../src/app/risk/overview-state.ts'
import { historyFrom, type RiskWorld } from '../../../src/app/risk/world.ts'
import { WAD } from '../../../src/core/math.ts'
import type { AccountView } from '../../../src/core/protocol.ts'
import type { LadderAnswer } from '../../../src/core/risk/answers.ts'
import { Codes } from '../../../src/core/risk/codes.ts'
import { findGroup, groupsOf } from '../../../src/core/risk/groups.ts'
import { portraitOf, slopeOf } from '../../../src/core/risk/portrait.ts'
import { badDebt, type Endangered, seizable, whatIf } from '../../../src/core/what-if.ts'
import { type Mirror, startMirror } from '../../protocols/aave-v3/mirror.ts'

const USD8 = 1e8
const EVERYBODY = 10_000

for (const chain of ['ethereum', 'arbitrum'] as const)
  describe(`state of a wave against what-if on a real market (${chain})`, function () {
    this.timeout(180_000)
    let mirror: Mirror
    let world: RiskWorld

    before(async () => {
      mirror = await startMirror({ chain, accounts: 120, seed: 77 })
      // The mirror is the chain's own words: what follows is held against it.
      const { mismatches, checked } = await mirror.verify()
      expect([mismatches, checked > 100]).to.deep.equal([[], true])
      const { chainId } = mirror.devnet.chain.spec
      world = {
        chainId,
        book: mirror.book,
        exchange: undefined,
        codes: new Codes(),
        binS: 3600,
        ...historyFrom(() => []),
        distrusted: false,
      }
    })

    after(() => mirror?.close())

    const groupOf = (name: string) =>
      findGroup(groupsOf(mirror.book.protocol.market(mirror.book.ledger).reserves), name)
    const factorOf = (pct: number): bigint => (WAD * BigInt(Math.round((100 + pct) * 100))) / 10_000n

    /** By name of a group and change in per cent. */
    const suppose = (moves: Readonly<Record<string, number>>): Endangered[] =>
      whatIf(mirror.book, () =>
        mirror.book.protocol.shock(
          mirror.book.ledger,
          new Map(Object.entries(moves).map(([name, pct]) => [groupOf(name).root, factorOf(pct)])),
        ),
      )
    const addressesOf = (found: readonly { view: Pick<AccountView, 'address'> }[]): string[] =>
      found.map(({ view }) => getAddress(view.address))
    const sum = <T>(all: readonly T[], of: (one: T) => bigint): number =>
      Number(all.reduce((total, one) => total + of(one), 0n)) / USD8

    /** Above 0: long of it. */
    const pulls = (name: string): ReadonlyMap<string, number> => {
      const slope = slopeOf(portraitOf(mirror.book), groupOf(name).root)
      return new Map([...slope].map((pull, id) => [getAddress(mirror.book.ledger.address(id)), pull]))
    }

    /** The account where the ladder says that it is reached: below 1 there, in integers. */
    function reachedAt(name: string, { address, price }: LadderAnswer['accounts'][number]): Endangered {
      const group = groupOf(name)
      const now = mirror.book.account(
        mirror.book.find(address.toLowerCase() as Address) ?? -1,
        mirror.book.head?.timestamp ?? 0n,
      )
      const answer = now && now.healthFactor < WAD ? group.priceUsd8 : BigInt(price ?? 0)
      const found = whatIf(mirror.book, () =>
        mirror.book.protocol.shock(
          mirror.book.ledger,
          new Map([[group.root, (answer * WAD + group.priceUsd8 - 1n) / group.priceUsd8]]),
        ),
      )
      return found.find(({ view }) => getAddress(view.address) === address) ?? expect.fail(`${address} is not reached`)
    }

    for (const [name, side, moves] of [
      ['WETH', 'fall', [-1, -5, -10, -20, -30, -50]],
      ['WBTC', 'fall', [-10, -30, -50]],
      ['USDC', 'rise', [1, 5, 20, 50]],
      ['WETH', 'rise', [10, 50]],
    ] as const)
      it(`the ladder of ${name} for a ${side} reaches whom what-if reaches, with its sums`, () => {
        const answer = ladderAnswer(world, { market: 'devnet', group: name, side, accounts: EVERYBODY })
        const pull = pulls(name)
        const moved = (address: string): boolean => (pull.get(address) ?? 0) * (side === 'fall' ? 1 : -1) > 0
        const now = addressesOf(suppose({})).filter(moved)
        expect(answer.now.accounts).to.equal(now.length)
        for (const pct of moves) {
          const price = (BigInt(answer.group.price) * factorOf(pct)) / WAD
          const ours = answer.accounts.filter(
            (one) => one.price !== null && (side === 'fall' ? BigInt(one.price) >= price : BigInt(one.price) <= price),
          )
          const exactly = addressesOf(suppose({ [name]: pct }))
          expect(ours.map(({ address }) => address)).to.have.members(exactly.filter(moved))
          const point = answer.points.find(({ fallPct }) => fallPct === Math.abs(pct)) ?? expect.fail('no such point')
          expect(point.accounts).to.equal(ours.length)
          const reached = ours.map((one) => reachedAt(name, one))
          const near = (value: number, of: (one: Endangered) => bigint, share: number) =>
            expect(value).to.be.closeTo(sum(reached, of), 0.01 + share * sum(reached, of))
          near(point.collateralUsd, ({ view }) => view.totalCollateralBase, 1e-6)
          near(point.debtUsd, ({ view }) => view.totalDebtBase, 1e-6)
          near(point.badDebtUsd, ({ view }) => badDebt(view), 1e-6)
          near(point.oneCallUsd, ({ view, candidate }) => seizable(view, candidate), 1e-3)
        }
        expect(answer.points.at(-1)?.accounts).to.be.above(name === 'WETH' && side === 'fall' ? 20 : 0)
      })

    it('the joint map has in its cells what what-if finds when both move', () => {
      const answer = jointAnswer(world, { market: 'devnet', groups: ['ETH', 'BTC'] })
      expect(answer.groups.map(({ symbol }) => symbol)).to.deep.equal(['WETH', 'WBTC'])
      for (const [eth, btc] of [
        [-50, -50],
        [-50, 50],
        [-25, -10],
        [-10, -25],
        [0, 0],
        [0, -35],
        [15, -20],
        [50, 50],
      ] as const) {
        const found = suppose({ WETH: eth, WBTC: btc })
        const [row, column] = [answer.movesPct.indexOf(eth), answer.movesPct.indexOf(btc)]
        const cell = (map: readonly (readonly number[])[]) => map[row]?.[column] ?? Number.NaN
        const collateral = sum(found, ({ view }) => view.totalCollateralBase)
        const lost = sum(found, ({ view }) => badDebt(view))
        expect(cell(answer.collateralUsd), `${eth} ${btc}`).to.be.closeTo(collateral, 0.01 + 1e-7 * collateral)
        expect(cell(answer.badDebtUsd), `${eth} ${btc}`).to.be.closeTo(lost, 0.01 + 1e-7 * lost)
      }
    })

    it('the overview and the cohorts add up to the accounts themselves', () => {
      const { book } = mirror
      const views = [...Array(book.ledger.size).keys()]
        .map((id) => book.account(id, book.head?.timestamp ?? 0n))
        .filter((view): view is AccountView => view !== undefined && view.totalDebtBase > 0n)
      const state = overviewState(world)
      const [collateral, debt] = [
        sum(views, ({ totalCollateralBase }) => totalCollateralBase),
        sum(views, ({ totalDebtBase }) => totalDebtBase),
      ]
      expect([state.accounts, state.group.symbol]).to.deep.equal([views.length, 'WETH'])
      expect(state.collateralUsd).to.be.closeTo(collateral, 0.01)
      expect(state.debtUsd).to.be.closeTo(debt, 0.01)
      expect(state.leverage.aggregate).to.be.closeTo(collateral / (collateral - debt), 1e-6)
      expect(state.unrealisedUsd).to.be.closeTo(
        sum(views, ({ totalCollateralBase: c, totalDebtBase: d }) => (d > c ? d - c : 0n)),
        0.01,
      )
      const after20 = sum(suppose({ WETH: -20 }), ({ view }) => badDebt(view))
      expect(state.deficit20Usd).to.be.closeTo(after20, 0.01 + 1e-7 * after20)
      const { cohorts, deRisking } = cohortsAnswer(world)
      expect(cohorts.reduce((all, { accounts }) => all + accounts, 0)).to.equal(views.length)
      expect(cohorts.reduce((all, { debtUsd }) => all + debtUsd, 0)).to.be.closeTo(debt, 0.01)
      expect(cohorts.map(({ seizedUsd, contracts }) => [seizedUsd, contracts])).to.deep.equal(
        cohorts.map(({ accounts }) => [null, accounts === 0 ? 0 : null]),
      )
      expect(deRisking.cohorts.map(({ protection }) => protection.lacks)).to.deep.equal(cohorts.map(() => ['events']))
    })

    it('the reserves have lent what their debt tokens say', async () => {
      const { book, devnet } = mirror
      for (const { asset, borrowedUsd, symbol, idleUsd, suppliedUsd } of overviewState(world).reserves) {
        const reserve = book.protocol.market(book.ledger).reserves.find((one) => getAddress(one.asset) === asset)
        const debts = [...Array(book.ledger.size).keys()].flatMap(
          (id) =>
            book.account(id, book.head?.timestamp ?? 0n)?.debts.filter((one) => getAddress(one.asset) === asset) ?? [],
        )
        expect(borrowedUsd, symbol).to.be.closeTo(
          sum(debts, ({ valueBase }) => valueBase),
          0.01,
        )
        expect(idleUsd, symbol).to.be.closeTo(
          (Number(reserve?.available) / 10 ** (reserve?.decimals ?? 0)) * (Number(reserve?.priceUsd8) / USD8),
          0.01,
        )
        expect(suppliedUsd).to.equal(idleUsd + (borrowedUsd ?? 0))
      }
      expect(devnet.market.addresses.pool).not.to.equal(undefined)
    })
  })
