import { expect } from 'chai'
import { type Address, encodeFunctionData, parseAbi, parseEventLogs } from 'viem'
import { erc20Abi, poolAbi } from '../../scripts/devnet/abis.ts'
import { namedAccount } from '../../scripts/devnet/chain.ts'
import type { ChainName } from '../../scripts/devnet/chain-spec.ts'
import { legacyPoolAbi, stableDebtAbi } from '../../scripts/devnet/legacy/abis.ts'
import { type LegacyDevnet, startLegacyDevnet } from '../../scripts/devnet/legacy/index.ts'
import { governanceOf, movesOf, perform, refusalOf } from '../../scripts/devnet/legacy/moves.ts'
import type { LegacySymbol } from '../../scripts/devnet/legacy/parameters.ts'

const user = namedAccount('user')
const liquidator = namedAccount('liquidator')
const ray = 10n ** 27n
const yearS = 31_536_000n
const units = (amount: number, decimals: number) => BigInt(amount) * 10n ** BigInt(decimals)
const wad = (amount: number) => units(amount, 18)
const usdc = (amount: number) => units(amount, 6)
const usd8 = (dollars: number) => BigInt(Math.round(dollars * 100)) * 10n ** 6n

const rayMul = (a: bigint, b: bigint) => (a * b + ray / 2n) / ray

/** `MathUtils.calculateCompoundedInterest` before 3.4, digit for digit. */
function compounded(rate: bigint, seconds: bigint): bigint {
  if (seconds === 0n) return ray
  const beforeLast = seconds > 2n ? seconds - 2n : 0n
  const square = rayMul(rate, rate) / (yearS * yearS)
  const cube = rayMul(square, rate) / yearS
  const second = (seconds * (seconds - 1n) * square) / 2n
  const third = (seconds * (seconds - 1n) * beforeLast * cube) / 6n
  return ray + (rate * seconds) / yearS + second + third
}

describe('devnet market of V3.0.2, in use', function () {
  this.timeout(60_000)
  let devnet: LegacyDevnet

  /** A market in which everything can be borrowed. */
  async function open(name: ChainName = 'ethereum'): Promise<void> {
    devnet = await startLegacyDevnet(name)
    const lender = movesOf(devnet.market, namedAccount('lender'))
    const lent: [LegacySymbol, bigint][] = [
      ['WETH', wad(10_000)],
      ['USDC', usdc(20_000_000)],
      ['DAI', wad(20_000_000)],
      ['EURS', units(5_000_000, 2)],
    ]
    const transactions = lent.flatMap(([symbol, amount]) => [
      ...lender.fund(symbol, amount),
      lender.supply(symbol, amount),
    ])
    await perform(devnet.market, transactions)
  }

  afterEach(() => devnet?.close())

  async function account(of: Address = user) {
    const call = { address: devnet.market.addresses.pool, abi: poolAbi, functionName: 'getUserAccountData' } as const
    const data = await devnet.chain.client.readContract({ ...call, args: [of] })
    const [collateralUsd8, debtUsd8, availableUsd8, ltBps, ltvBps, health] = data
    return { collateralUsd8, debtUsd8, availableUsd8, ltBps, ltvBps, health }
  }

  const balanceOf = (address: Address, of: Address) =>
    devnet.chain.client.readContract({ address, abi: erc20Abi, functionName: 'balanceOf', args: [of] })

  /** 10 WETH at $3,000 against 20,000 USDC. */
  async function borrowAgainstEther(): Promise<void> {
    const { fund, supply, borrow } = movesOf(devnet.market, user)
    await perform(devnet.market, [...fund('WETH', wad(10)), supply('WETH', wad(10)), borrow('USDC', usdc(20_000))])
  }

  it('lends, falls and is liquidated by half', async () => {
    await open()
    const { market } = devnet
    const { WETH, USDC } = market.reserves
    await borrowAgainstEther()
    expect(await account()).to.deep.equal({
      collateralUsd8: usd8(30_000),
      debtUsd8: usd8(20_000),
      availableUsd8: usd8(4_000),
      ltBps: 8250n,
      ltvBps: 8000n,
      health: 1_237_500_000_000_000_000n,
    })
    const { fund, liquidate } = movesOf(market, liquidator)
    const call = { collateral: 'WETH', debt: 'USDC', user, amount: usdc(20_000) } as const
    await perform(market, fund('USDC', usdc(20_000)))
    expect(await refusalOf(market, liquidate(call))).to.equal('45')
    await perform(market, [governanceOf(market).report(WETH, usd8(2400))])
    const { health } = await account()
    expect(health > 950_000_000_000_000_000n && health < 10n ** 18n).to.equal(true)

    const debtBefore = await balanceOf(USDC.vToken, user)
    const [receipt] = await perform(market, [liquidate(call)])
    const [event] = parseEventLogs({ abi: legacyPoolAbi, eventName: 'LiquidationCall', logs: receipt?.logs ?? [] })
    const { debtToCover, liquidatedCollateralAmount, ...rest } = event?.args ?? {}
    expect(rest).to.deep.include({ collateralAsset: WETH.asset, debtAsset: USDC.asset, receiveAToken: false })
    // Half of the debt, the interest of a few blocks included; and its worth in ether with the bonus, less the fee.
    expect(Number(debtToCover) / Number(debtBefore)).to.be.closeTo(0.5, 1e-6)
    const seized = await balanceOf(WETH.asset, liquidator)
    expect(liquidatedCollateralAmount).to.equal(seized)
    const gross = Number(debtToCover) / 1e6 / 2400
    expect(Number(seized) / 1e18).to.be.closeTo(gross * (1.05 - 0.05 * 0.1), 1e-9)
    const fee = await balanceOf(WETH.aToken, market.addresses.treasury)
    expect(Number(fee) / 1e18).to.be.closeTo(gross * 0.05 * 0.1, 1e-9)
    expect((await account()).health > health).to.equal(true)
  })

  it('is liquidated whole below 0.95, and turns the liquidator’s aTokens into collateral', async () => {
    await open()
    const { market } = devnet
    const { WETH, USDC } = market.reserves
    await borrowAgainstEther()
    await perform(market, [governanceOf(market).report(WETH, usd8(2250))])
    const { fund, liquidate } = movesOf(market, liquidator)
    const call = liquidate({ collateral: 'WETH', debt: 'USDC', user, amount: usdc(30_000), receiveAToken: true })
    await perform(market, [...fund('USDC', usdc(30_000)), call])
    expect(await balanceOf(USDC.vToken, user)).to.equal(0n)
    expect((await account()).debtUsd8).to.equal(0n)
    const seized = await balanceOf(WETH.aToken, liquidator)
    expect(seized > wad(9)).to.equal(true)
    expect((await account(liquidator)).collateralUsd8).to.equal((seized * usd8(2250)) / wad(1))
  })

  it('keeps stable debt that grows by its own rate alone', async () => {
    await open()
    const { market, chain } = devnet
    const { DAI } = market.reserves
    const { fund, supply, borrow, repay, swapRateMode } = movesOf(market, user)
    await perform(market, [...fund('WETH', wad(1000)), supply('WETH', wad(1000))])
    const [borrowed] = await perform(market, [borrow('DAI', wad(1_000_000), 'stable')])
    const [event] = parseEventLogs({ abi: legacyPoolAbi, eventName: 'Borrow', logs: borrowed?.logs ?? [] })
    const [minted] = parseEventLogs({ abi: stableDebtAbi, eventName: 'Mint', logs: borrowed?.logs ?? [] })
    expect(event?.args).to.deep.include({ interestRateMode: 1, borrowRate: minted?.args.newRate })

    const sToken = { address: DAI.sToken, abi: stableDebtAbi, args: [user] } as const
    const { client } = chain
    const expectGrowth = async () => {
      const principal = await client.readContract({ ...sToken, functionName: 'principalBalanceOf' })
      const rate = await client.readContract({ ...sToken, functionName: 'getUserStableRate' })
      const since = BigInt(await client.readContract({ ...sToken, functionName: 'getUserLastUpdated' }))
      const grown = rayMul(principal, compounded(rate, chain.head.timestamp - since))
      expect(await client.readContract({ ...sToken, functionName: 'balanceOf' })).to.equal(grown)
      expect((await account()).debtUsd8).to.equal((grown * 99_980_000n) / wad(1))
      return { principal, rate, grown }
    }
    await expectGrowth()
    for (const seconds of [1n, 2n, 3n, 86_399n, 34_567_890n]) {
      await chain.mineBlock(chain.head.timestamp + seconds)
      await expectGrowth()
    }
    const { principal, rate } = await expectGrowth()
    // Less than the interest: the token mints, and says so.
    await perform(market, [...fund('DAI', wad(5)), repay('DAI', wad(5), 'stable')])
    const after = await expectGrowth()
    expect(after.rate).to.equal(rate)
    expect(after.principal > principal).to.equal(true)
    // A second loan at today's rate changes the rate of the whole.
    await perform(market, [borrow('DAI', wad(1_000_000), 'stable')])
    expect((await expectGrowth()).rate).not.to.equal(rate)

    const [swapped] = await perform(market, [swapRateMode('DAI', 'stable')])
    const [swap] = parseEventLogs({ abi: legacyPoolAbi, eventName: 'SwapBorrowRateMode', logs: swapped?.logs ?? [] })
    expect(swap?.args.interestRateMode).to.equal(1)
    expect(await client.readContract({ ...sToken, functionName: 'balanceOf' })).to.equal(0n)
    expect(await client.readContract({ ...sToken, functionName: 'getUserLastUpdated' })).to.equal(0)
    expect((await balanceOf(DAI.vToken, user)) > wad(2_000_000)).to.equal(true)
  })

  it('lets anybody rebalance a stable rate that fell behind', async () => {
    await open()
    const { market } = devnet
    const { fund, supply, borrow } = movesOf(market, user)
    const { rebalance } = movesOf(market, liquidator)
    const loans = [5_000_000, 3_700_000, 2_800_000, 2_100_000].map((amount) => borrow('USDC', usdc(amount), 'stable'))
    await perform(market, [...fund('WETH', wad(50_000)), supply('WETH', wad(50_000)), ...loans])
    expect(await refusalOf(market, rebalance('USDC', user))).to.equal('44')
    await perform(market, [borrow('USDC', usdc(6_000_000))])
    const sToken = { address: market.reserves.USDC.sToken, abi: stableDebtAbi, args: [user] } as const
    const rate = () => devnet.chain.client.readContract({ ...sToken, functionName: 'getUserStableRate' })
    const before = await rate()
    const [receipt] = await perform(market, [rebalance('USDC', user)])
    expect((await rate()) > before).to.equal(true)
    const logs = parseEventLogs({ abi: stableDebtAbi, logs: receipt?.logs ?? [] })
    expect(logs.map(({ eventName }) => eventName)).to.deep.equal(['Burn', 'Mint'])
  })

  it('prices a whole category by a key that is no reserve', async () => {
    await open()
    const { market } = devnet
    const { fund, supply, setEMode, borrow } = movesOf(market, user)
    await perform(market, [...fund('wstETH', wad(10)), supply('wstETH', wad(10))])
    expect((await account()).collateralUsd8).to.equal(usd8(36_000))
    await perform(market, [setEMode(2)])
    expect(await account()).to.include({ collateralUsd8: usd8(30_500), ltBps: 9300n, ltvBps: 9000n })
    expect(await refusalOf(market, borrow('USDC', usdc(1)))).to.equal('58')
    await perform(market, [borrow('WETH', wad(8))])
    expect(await account()).to.include({ debtUsd8: usd8(24_400) })
    const { report } = governanceOf(market)
    await perform(market, [report(market.reserves.WETH, usd8(9000)), report(market.eModePrice, usd8(3100))])
    expect(await account()).to.include({ collateralUsd8: usd8(31_000) })
    expect(Number((await account()).debtUsd8) / 1e8).to.be.closeTo(24_800, 0.1)
    // Without an answer of its own the category falls back to what its assets are worth.
    await perform(market, [report(market.eModePrice, 0n)])
    expect(await account()).to.include({ collateralUsd8: usd8(36_000) })
    expect(Number((await account()).debtUsd8) / 1e8).to.be.closeTo(72_000, 0.1)
  })

  it('liquidates at the category’s price a debt that has left the category', async () => {
    await open()
    const { market } = devnet
    const { WETH, wstETH } = market.reserves
    const { fund, supply, setEMode, borrow } = movesOf(market, user)
    const start = [...fund('wstETH', wad(10)), supply('wstETH', wad(10)), setEMode(2), borrow('WETH', wad(8))]
    const { configure, report } = governanceOf(market)
    const leave = configure({ functionName: 'setAssetEModeCategory', args: [WETH.asset, 0] })
    await perform(market, [...start, leave, report(WETH, usd8(6100))])
    expect(await account()).to.include({ collateralUsd8: usd8(30_500) })
    expect(Number((await account()).debtUsd8) / 1e8).to.be.closeTo(48_800, 0.1)
    const keeper = movesOf(market, liquidator)
    const call = keeper.liquidate({ collateral: 'wstETH', debt: 'WETH', user, amount: wad(1) })
    await perform(market, [...keeper.fund('WETH', wad(1)), call])
    // One for one and the category's bonus of 2 %, less a tenth of it: not two for one.
    expect(Number(await balanceOf(wstETH.asset, liquidator)) / 1e18).to.be.closeTo(1.018, 1e-9)
    await perform(market, [report(market.eModePrice, 0n)])
    expect((await account()).health < 10n ** 18n).to.equal(true)
    expect(await refusalOf(market, call)).to.equal('Panic 18')
  })

  it('turns on collateral for whoever is sent aTokens', async () => {
    await open()
    const { market } = devnet
    const { fund, supply, transfer, withdraw } = movesOf(market, user)
    await perform(market, [...fund('WETH', wad(10)), supply('WETH', wad(10)), transfer('WETH', liquidator, wad(4))])
    expect(await account(liquidator)).to.include({ collateralUsd8: usd8(12_000), ltBps: 8250n })
    await perform(market, [withdraw('WETH', wad(6))])
    expect((await account()).collateralUsd8).to.equal(0n)
  })

  it('keeps the stable category at the assets’ own prices, and what is no collateral out of it', async () => {
    await open()
    const { market } = devnet
    const { fund, supply, setEMode, borrow, useAsCollateral } = movesOf(market, user)
    const supplies = [...fund('USDC', usdc(1000)), supply('USDC', usdc(1000)), ...fund('USDT', usdc(1000))]
    await perform(market, [...supplies, supply('USDT', usdc(1000)), setEMode(1)])
    expect(await refusalOf(market, useAsCollateral('USDT', true))).to.equal('62')
    expect(await account()).to.include({ collateralUsd8: usd8(1000), ltBps: 9500n, ltvBps: 9300n })
    await perform(market, [borrow('DAI', wad(900), 'stable')])
    expect(await account()).to.include({ debtUsd8: 900n * 99_980_000n })
  })

  it('isolates', async () => {
    await open()
    const { market } = devnet
    const { fund, supply, useAsCollateral, borrow } = movesOf(market, user)
    await perform(market, [...fund('LINK', wad(100_000)), supply('LINK', wad(100_000))])
    expect((await account()).collateralUsd8).to.equal(0n)
    await perform(market, [useAsCollateral('LINK', true)])
    expect(await refusalOf(market, borrow('WETH', wad(1)))).to.equal('60')
    expect(await refusalOf(market, borrow('USDC', usdc(50_001)))).to.equal('53')
    await perform(market, [borrow('USDC', usdc(50_000)), ...fund('WETH', wad(1)), supply('WETH', wad(1))])
    expect((await account()).collateralUsd8).to.equal(usd8(1_500_000))
    expect(await refusalOf(market, useAsCollateral('WETH', true))).to.equal('62')
  })

  it('borrows a siloed asset alone, and takes none without LTV as collateral', async () => {
    await open()
    const { market } = devnet
    const { fund, supply, borrow, useAsCollateral } = movesOf(market, user)
    await perform(market, [...fund('WETH', wad(10)), supply('WETH', wad(10)), ...fund('EURS', 100_000n)])
    await perform(market, [supply('EURS', 100_000n), borrow('EURS', 50_000n)])
    expect((await account()).debtUsd8).to.equal(usd8(540))
    expect(await refusalOf(market, borrow('USDC', usdc(1)))).to.equal('89')
    expect((await account()).collateralUsd8).to.equal(usd8(30_000))
    expect(await refusalOf(market, useAsCollateral('EURS', true))).to.equal('62')
  })

  it('needs the sentinel’s consent on a rollup from 0.95 on', async () => {
    await open('optimism')
    const { market, chain } = devnet
    const { sequencerOracle, governance } = market.addresses
    if (sequencerOracle === undefined) throw new Error('A rollup without a sequencer')
    await borrowAgainstEther()
    const { fund, liquidate } = movesOf(market, liquidator)
    const call = liquidate({ collateral: 'WETH', debt: 'USDC', user, amount: usdc(100) })
    const { report } = governanceOf(market)
    const sequencer = (isDown: boolean, at: bigint) => {
      const abi = parseAbi(['function setAnswer(bool isDown, uint256 timestamp)'])
      return { from: governance, to: sequencerOracle, data: encodeFunctionData({ abi, args: [isDown, at] }) }
    }
    await perform(market, [...fund('USDC', usdc(100)), report(market.reserves.WETH, usd8(2400)), sequencer(true, 0n)])
    expect(await refusalOf(market, call)).to.equal('59')
    await perform(market, [report(market.reserves.WETH, usd8(2250))])
    expect(await refusalOf(market, call)).to.equal(undefined)
    await perform(market, [report(market.reserves.WETH, usd8(2400)), sequencer(false, chain.head.timestamp)])
    expect(await refusalOf(market, call)).to.equal('59')
    await chain.mineBlock(chain.head.timestamp + 3700n)
    expect(await refusalOf(market, call)).to.equal(undefined)
  })

  it('is governed while people are in it', async () => {
    await open()
    const { market } = devnet
    await borrowAgainstEther()
    const { configure } = governanceOf(market)
    const { asset } = market.reserves.WETH
    await perform(market, [
      configure({ functionName: 'configureReserveAsCollateral', args: [asset, 0n, 6600n, 10_500n] }),
    ])
    const { ltBps, ltvBps, health } = await account()
    expect({ ltBps, ltvBps }).to.deep.equal({ ltBps: 6600n, ltvBps: 0n })
    expect(health < 10n ** 18n).to.equal(true)
    await perform(market, [configure({ functionName: 'setReservePause', args: [asset, true] })])
    const { liquidate } = movesOf(market, liquidator)
    const call = liquidate({ collateral: 'WETH', debt: 'USDC', user, amount: usdc(100) })
    expect(await refusalOf(market, call)).to.equal('29')
  })
})
