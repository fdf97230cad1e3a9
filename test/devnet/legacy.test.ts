import { expect } from 'chai'
import { parseAbi } from 'viem'
import { addressesProviderAbi, aggregatorAbi, oracleAbi, poolAbi } from '../../scripts/devnet/abis.ts'
import { Chain } from '../../scripts/devnet/chain.ts'
import { chainSpec } from '../../scripts/devnet/chain-spec.ts'
import { legacyPoolAbi } from '../../scripts/devnet/legacy/abis.ts'
import { legacyFlashLoanBps } from '../../scripts/devnet/legacy/deploy-core.ts'
import { type LegacyDevnet, startLegacyDevnet } from '../../scripts/devnet/legacy/index.ts'
import { deployLegacyMarket } from '../../scripts/devnet/legacy/market.ts'
import { governanceOf, perform } from '../../scripts/devnet/legacy/moves.ts'
import { legacyEModes, legacyReserves, legacySymbols } from '../../scripts/devnet/legacy/parameters.ts'
import { deployMarket } from '../../scripts/devnet/market.ts'
import { type RunningNetwork, startNetwork } from '../../scripts/devnet/network.ts'

const dataProviderAbi = parseAbi([
  'function getReserveConfigurationData(address) view returns (uint256 decimals, uint256 ltv, uint256 liquidationThreshold, uint256 liquidationBonus, uint256 reserveFactor, bool usageAsCollateralEnabled, bool borrowingEnabled, bool stableBorrowRateEnabled, bool isActive, bool isFrozen)',
  'function getReserveCaps(address) view returns (uint256 borrowCap, uint256 supplyCap)',
  'function getReserveEModeCategory(address) view returns (uint256)',
  'function getLiquidationProtocolFee(address) view returns (uint256)',
  'function getDebtCeiling(address) view returns (uint256)',
  'function getSiloedBorrowing(address) view returns (bool)',
])
const sinceThenAbi = parseAbi([
  'function getReservesCount() view returns (uint256)',
  'function getVirtualUnderlyingBalance(address) view returns (uint128)',
  'function getLiquidationGracePeriod(address) view returns (uint40)',
  'function getEModeCategoryCollateralBitmap(uint8) view returns (uint128)',
])
const premiumShareAbi = parseAbi(['function FLASHLOAN_PREMIUM_TO_PROTOCOL() view returns (uint128)'])

describe('devnet market of V3.0.2, as deployed', function () {
  this.timeout(60_000)
  let devnet: LegacyDevnet

  before(async () => {
    devnet = await startLegacyDevnet('ethereum')
  })

  after(() => devnet?.close())

  const pool = () => ({ address: devnet.market.addresses.pool, abi: poolAbi }) as const
  const oldPool = () => ({ address: devnet.market.addresses.pool, abi: legacyPoolAbi }) as const
  const helper = () => ({ address: devnet.market.addresses.protocolDataProvider, abi: dataProviderAbi }) as const

  it('is revision 1, with its reserves and premiums', async () => {
    const { client } = devnet.chain
    const { addresses, reserves } = devnet.market
    const provider = { address: addresses.addressesProvider, abi: addressesProviderAbi } as const
    expect(await client.readContract({ ...provider, functionName: 'getPool' })).to.equal(addresses.pool)
    expect(await client.readContract({ ...pool(), functionName: 'POOL_REVISION' })).to.equal(1n)
    const listed = await client.readContract({ ...pool(), functionName: 'getReservesList' })
    expect(listed).to.deep.equal(legacySymbols.map((symbol) => reserves[symbol].asset))
    const { premium, shareOfTreasury } = legacyFlashLoanBps
    expect(await client.readContract({ ...pool(), functionName: 'FLASHLOAN_PREMIUM_TOTAL' })).to.equal(premium)
    const share = { ...pool(), abi: premiumShareAbi, functionName: 'FLASHLOAN_PREMIUM_TO_PROTOCOL' } as const
    expect(await client.readContract(share)).to.equal(shareOfTreasury)
  })

  for (const symbol of legacySymbols) {
    it(`has ${symbol} with the parameters asked for`, async () => {
      const { client } = devnet.chain
      const asked = legacyReserves[symbol]
      const args = [devnet.market.reserves[symbol].asset] as const
      const terms = await client.readContract({ ...helper(), functionName: 'getReserveConfigurationData', args })
      const { decimals, ltvBps, ltBps, bonusBps, reserveFactorBps, stableBorrowing } = asked
      const figures = [decimals, ltvBps, ltBps, bonusBps, reserveFactorBps].map(BigInt)
      expect(terms).to.deep.equal([...figures, ltBps !== 0, true, stableBorrowing, true, false])
      const caps = await client.readContract({ ...helper(), functionName: 'getReserveCaps', args })
      expect(caps).to.deep.equal([BigInt(asked.borrowCap), BigInt(asked.supplyCap)])
      const siloed = await client.readContract({ ...helper(), functionName: 'getSiloedBorrowing', args })
      expect(siloed).to.equal(asked.siloed)
      for (const [functionName, value] of [
        ['getReserveEModeCategory', asked.eModeCategory],
        ['getLiquidationProtocolFee', asked.protocolFeeBps],
        ['getDebtCeiling', asked.debtCeilingUsd2],
      ] as const) {
        expect(await client.readContract({ ...helper(), functionName, args }), functionName).to.equal(BigInt(value))
      }
      // These two stand in the word alone, where whoever has no helper must find them.
      const { configuration } = await client.readContract({ ...oldPool(), functionName: 'getReserveData', args })
      expect((configuration >> 61n) & 1n).to.equal(asked.borrowableInIsolation ? 1n : 0n)
      expect((configuration >> 168n) & 0xffn).to.equal(BigInt(asked.eModeCategory))
    })
  }

  it('has a plain category and one with a price of its own', async () => {
    for (const { id, label, ltvBps, ltBps, bonusBps, priceUsd8 } of legacyEModes) {
      const call = { ...oldPool(), functionName: 'getEModeCategoryData', args: [id] } as const
      const { priceSource, ...terms } = await devnet.chain.client.readContract(call)
      expect(terms).to.deep.equal({ ltv: ltvBps, liquidationThreshold: ltBps, liquidationBonus: bonusBps, label })
      const { key } = devnet.market.eModePrice
      expect(BigInt(priceSource)).to.equal(priceUsd8 === 0 ? 0n : BigInt(key))
    }
  })

  it('answers none of the questions that later revisions added', async () => {
    const questions = [
      { functionName: 'getReservesCount' },
      { functionName: 'getVirtualUnderlyingBalance', args: [devnet.market.reserves.WETH.asset] },
      { functionName: 'getLiquidationGracePeriod', args: [devnet.market.reserves.WETH.asset] },
      { functionName: 'getEModeCategoryCollateralBitmap', args: [1] },
    ] as const
    for (const question of questions) {
      const asking = devnet.chain.client.readContract({ ...pool(), abi: sinceThenAbi, ...question })
      const outcome = await asking.then(
        () => 'answered',
        () => 'reverted',
      )
      expect(outcome, question.functionName).to.equal('reverted')
    }
  })

  it('takes prices from aggregators that log them, and from the fallback where there is none', async () => {
    const { market, chain } = devnet
    const { LINK } = market.reserves
    const oracle = { address: market.addresses.oracle, abi: oracleAbi } as const
    const price = () => chain.client.readContract({ ...oracle, functionName: 'getAssetPrice', args: [LINK.asset] })
    const { report, setFallbackPrice } = governanceOf(market)
    await perform(market, [report(LINK, 1_234_500_000n)])
    const filter = { address: LINK.aggregator, abi: aggregatorAbi, eventName: 'AnswerUpdated' } as const
    const logs = await chain.client.getContractEvents(filter)
    expect(logs.map(({ args }) => args.current)).to.deep.equal([1_234_500_000n])
    expect(await price()).to.equal(1_234_500_000n)
    await perform(market, [report(LINK, 0n)])
    expect(await price()).to.equal(0n)
    await perform(market, [setFallbackPrice(LINK.asset, 1_100_000_000n)])
    expect(await price()).to.equal(1_100_000_000n)
  })
})

describe('devnet market of V3.0.2 beside one of V3.6', function () {
  this.timeout(60_000)
  let network: RunningNetwork

  before(async () => {
    network = await startNetwork(chainSpec('ethereum'), 0)
  })

  after(() => network?.close())

  it('leaves it as it is', async () => {
    const chain = new Chain(chainSpec('ethereum'), network.connection.provider)
    await chain.sync()
    const young = await deployMarket(chain)
    const old = await deployLegacyMarket(chain)
    const revision = (address: typeof old.addresses.pool) =>
      chain.client.readContract({ address, abi: poolAbi, functionName: 'POOL_REVISION' })
    expect(await revision(young.addresses.pool)).to.equal(10n)
    expect(await revision(old.addresses.pool)).to.equal(1n)
    expect(old.reserves.WETH.asset).not.to.equal(young.reserves.WETH.asset)
  })
})
