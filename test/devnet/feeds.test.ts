import { expect } from 'chai'
import { encodeFunctionData } from 'viem'
import { aggregatorAbi, oracleAbi, ratioFeedAbi } from '../../scripts/devnet/abis.ts'
import { type Devnet, startDevnet } from '../../scripts/devnet/index.ts'
import type { ReserveSymbol } from '../../scripts/devnet/risk-parameters.ts'

describe('devnet feeds', function () {
  this.timeout(60_000)
  let devnet: Devnet

  before(async () => {
    devnet = await startDevnet({ chain: 'ethereum', accounts: 12, seed: 3 })
  })

  after(() => devnet?.close())

  const price = (symbol: ReserveSymbol) => {
    const { addresses, reserves } = devnet.market
    const args = [reserves[symbol].asset] as const
    const oracle = { address: addresses.oracle, abi: oracleAbi, functionName: 'getAssetPrice' } as const
    return devnet.chain.client.readContract({ ...oracle, args })
  }

  it('log every answer at the aggregator', async () => {
    await devnet.control.setPrice('LINK', 1_234_500_000n)
    const address = devnet.market.reserves.LINK.aggregator
    const logs = await devnet.chain.client.getContractEvents({
      address,
      abi: aggregatorAbi,
      eventName: 'AnswerUpdated',
    })
    expect(logs.map(({ args }) => args.current)).to.deep.equal([1_234_500_000n])
    expect(await price('LINK')).to.equal(1_234_500_000n)
  })

  it('raise wstETH with time alone', async () => {
    const [steth, ether] = [await price('wstETH'), await price('WETH')]
    await devnet.control.mine()
    expect(await price('WETH')).to.equal(ether)
    expect(Number((await price('wstETH')) - steth)).to.be.within(1000, 10_000)
  })

  it('stop at the cap', async () => {
    const { source } = devnet.market.reserves.wstETH
    const governance = devnet.control.as(devnet.market.addresses.governance)
    const cap = { startRatio: 10n ** 18n, startTime: devnet.chain.head.timestamp, growthPerSecond: 0n }
    await governance.execute(source, encodeFunctionData({ abi: ratioFeedAbi, functionName: 'setCap', args: [cap] }))
    expect(await price('wstETH')).to.equal(await price('WETH'))
  })

  it('jump without an answer when the aggregator is replaced', async () => {
    const before = devnet.market.reserves.WBTC.aggregator
    const after = await devnet.control.replaceAggregator('WBTC', 30_000n * 10n ** 8n)
    expect(after).not.to.equal(before)
    expect(await price('WBTC')).to.equal(30_000n * 10n ** 8n)
  })
})
