import { expect } from 'chai'
import { type Address, parseAbi, toFunctionSelector } from 'viem'
import { type Contract, call, eventsOf, keeper, owner, refusal, stranger, treasury } from './support/bench.ts'
import { contract, twin } from './support/compile.ts'
import { bitcoinBorrower, borrower, RealMarket } from './support/market.ts'
import { type Order, paramsOf } from './support/stage.ts'

const flashLoanAbi = parseAbi([
  'function flashLoanSimple(address receiver, address asset, uint256 amount, bytes params, uint16 referralCode)',
])
type Outcome = { user: Address; debtCovered: bigint; collateralReceived: bigint; profit: bigint }

describe('Liquidator on the genuine Aave V3.6 and Uniswap V3', function () {
  this.timeout(60_000)
  let real: RealMarket
  let liquidator: Contract
  before(async () => {
    real = await RealMarket.open()
    liquidator = await real.deploy()
    await real.keep()
  })
  beforeEach(() => real.rewind())

  const premiumOf = (amount: bigint) => (amount * 5n + 5_000n) / 10_000n
  const usdc = (amount: string) => real.units('USDC', amount)
  const balance = (symbol: 'USDC' | 'WETH' | 'WBTC', account: Address) =>
    real.bench.balance(real.token(symbol), account)
  const liquidate = (l: Order, on = liquidator) => real.bench.send(keeper, on, 'liquidate', [l])
  const outcomeOf = async (l: Order) => {
    const [event] = eventsOf(await liquidate(l), liquidator, 'Liquidated')
    return event as Outcome
  }
  const bitcoin = (changes: Partial<Order> = {}) =>
    real.order({
      collateralAsset: real.token('WBTC').address,
      user: bitcoinBorrower,
      path: real.path('WBTC', 3000, 'WETH', 500, 'USDC'),
      ...changes,
    })
  const same = () => real.order({ collateralAsset: real.token('USDC').address, path: '0x', debtToCover: usdc('5000') })

  const expectNothingLeft = async (on = liquidator) => {
    for (const symbol of ['USDC', 'WETH', 'WBTC'] as const) {
      const token = real.token(symbol)
      expect(await balance(symbol, on.address), symbol).to.equal(0n)
      for (const spender of [real.pool.address, real.router.address]) {
        expect(await real.bench.number(token, 'allowance', [on.address, spender]), symbol).to.equal(0n)
      }
    }
  }

  /** Nothing but the exchange, the debt and the premium may show in the profit. */
  const expectExact = async (l: Order) => {
    const owed = await real.bench.balance(real.debtToken('USDC'), l.user)
    const outcome = await outcomeOf(l)
    const { debtCovered, collateralReceived, profit } = outcome
    expect(await balance('USDC', treasury)).to.equal(profit)
    const stillOwed = await real.bench.balance(real.debtToken('USDC'), l.user)
    expect(Number(owed - stillOwed - debtCovered)).to.be.within(-1_000, 0)
    await expectNothingLeft()
    await real.rewind()
    const proceeds = l.path === '0x' ? collateralReceived : await real.quote(l.path, collateralReceived)
    expect(profit).to.equal(proceeds - debtCovered - premiumOf(l.debtToCover))
    return outcome
  }

  describe('what it earns, to the unit', () => {
    it('WETH against USDC, asked for more than the close factor allows: half is covered, the rest repays itself', async () => {
      const { user, debtCovered } = await expectExact(real.order({}))
      expect(user).to.equal(borrower)
      expect(Number(debtCovered)).to.be.within(8_990e6, 9_010e6)
    })

    it('asked for less: exactly that is covered', async () => {
      expect((await expectExact(real.order({ debtToCover: usdc('1234') }))).debtCovered).to.equal(usdc('1234'))
    })

    it('WBTC over WETH to USDC', async () => {
      expect((await expectExact(bitcoin())).collateralReceived > 0n).to.equal(true)
    })

    it('in two calls: the first is what it was told, the second half of what is left, one loan pays for both', async () => {
      const firstCover = usdc('700')
      const owed = await real.bench.balance(real.debtToken('USDC'), borrower)
      const { debtCovered } = await expectExact(real.order({ firstCover }))
      const inTwo = firstCover + (owed - firstCover) / 2n
      expect(Number(debtCovered - inTwo)).to.be.within(-1_000, 1_000)
      await real.rewind()
      expect(debtCovered > (await outcomeOf(real.order({}))).debtCovered).to.equal(true)
    })

    it('in two calls of one asset', async () => {
      expect((await expectExact({ ...same(), firstCover: usdc('700') })).debtCovered > usdc('700')).to.equal(true)
    })

    it('USDC against USDC: nothing is sold', async () => {
      const { debtCovered, collateralReceived } = await expectExact(same())
      expect(collateralReceived > debtCovered).to.equal(true)
    })
  })

  describe('what it refuses', () => {
    it('a profit one unit short of the minimum', async () => {
      const { profit } = await outcomeOf(real.order({}))
      await real.rewind()
      const wanted = profit + usdc('1')
      expect(await refusal(liquidate(real.order({ minProfit: wanted })))).to.match(/^ProfitBelowMinimum\(\d+, \d+\)$/)
      expect(await balance('USDC', treasury)).to.equal(0n)
    })

    it('a deadline that has passed', async () => {
      const deadline = await real.bench.now()
      expect(await refusal(liquidate(real.order({ deadline })))).to.match(new RegExp(`^DeadlinePassed\\(${deadline}, `))
    })

    it("what the pool refuses: a healthy borrower, with the pool's own error", async () => {
      await real.reprice('WETH', 110n)
      const error = toFunctionSelector('HealthFactorNotBelowThreshold()')
      expect(await refusal(liquidate(real.order({})))).to.equal(error)
    })

    it('a first call that heals the borrower: then nothing is done at all', async () => {
      const error = toFunctionSelector('HealthFactorNotBelowThreshold()')
      expect(await refusal(liquidate(real.order({ firstCover: usdc('8000') })))).to.equal(error)
      expect(await balance('USDC', treasury)).to.equal(0n)
    })

    it('a first call larger than the loan', async () => {
      const l = real.order({ debtToCover: usdc('600'), firstCover: usdc('700') })
      expect(await refusal(liquidate(l))).to.not.equal('accepted')
    })

    it('a swap that would not repay the loan', async () => {
      await real.swap(stranger, ['WETH', 500, 'USDC'], real.units('WETH', '30000'))
      expect(await refusal(liquidate(real.order({})))).to.equal('Error(Too little received)')
    })
  })

  describe('threats, on the genuine contracts', () => {
    it('2: a flash loan of a stranger that names us', async () => {
      const l = real.order({})
      const loan = [liquidator.address, l.debtAsset, l.debtToCover, paramsOf(l), 0]
      const pool = { address: real.pool.address, abi: flashLoanAbi }
      const outcome = await refusal(real.bench.send(stranger, pool, 'flashLoanSimple', loan))
      expect(outcome).to.equal(`ForeignInitiator(${stranger})`)
    })

    /** Somebody moves the swap pool just before us; the keeper's bound came from the oracle. */
    const sandwiched = async (on: Contract, minProfit: bigint) => {
      await real.swap(stranger, ['WETH', 500, 'USDC'], real.units('WETH', '8000'))
      return refusal(liquidate(real.order({ minProfit }), on))
    }

    it('8: a sandwich is refused by the minimum', async () => {
      const { profit } = await outcomeOf(real.order({}))
      await real.rewind()
      expect(await sandwiched(liquidator, (profit * 9n) / 10n)).to.match(/^ProfitBelowMinimum/)
    })

    it('8, twin: without it the sandwich is fed', async () => {
      const { profit } = await outcomeOf(real.order({}))
      await real.rewind()
      expect(await sandwiched(await real.deploy(twin('anyProfit')), (profit * 9n) / 10n)).to.equal('accepted')
      expect((await balance('USDC', treasury)) < (profit * 9n) / 10n).to.equal(true)
    })

    const both = async (on: Contract) => {
      const puppet = await real.bench.deploy(contract('Puppet'))
      await real.bench.send(owner, on, 'setKeeper', [puppet.address, true])
      const calls = [real.order({}), bitcoin()].map((l) => call(on, 'liquidate', l))
      const outcome = await refusal(real.bench.send(keeper, puppet, 'run', [calls]))
      return outcome
    }

    it('14: two liquidations in one transaction', async () => {
      expect(await both(liquidator)).to.equal('accepted')
      await expectNothingLeft()
    })

    it('14, twin: not with a lock that stays', async () => {
      expect(await both(await real.deploy(twin('lockStays')))).to.equal('Reentered()')
    })

    it('7: standing balances stay where they are', async () => {
      await real.mint('USDC', liquidator.address, 777n)
      await real.mint('WETH', liquidator.address, 888n)
      const { profit } = await outcomeOf(real.order({}))
      expect(await balance('USDC', treasury)).to.equal(profit)
      expect(await balance('USDC', liquidator.address)).to.equal(777n)
      expect(await balance('WETH', liquidator.address)).to.equal(888n)
    })

    it('10: in either order, each for itself', async () => {
      for (const orders of [
        [real.order({}), bitcoin()],
        [bitcoin(), real.order({})],
      ]) {
        await real.rewind()
        for (const l of orders) expect((await outcomeOf(l)).profit > 0n).to.equal(true)
        await expectNothingLeft()
      }
    })
  })
})
