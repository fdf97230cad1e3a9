import { expect } from 'chai'
import { type Address, getAddress, type Hex, parseAbi } from 'viem'
import { oracleAbi } from '../../../scripts/devnet/abis.ts'
import { Historian } from '../../../src/core/risk/historian.ts'
import type { AssetHour, MarketBody } from '../../../src/core/risk/hour-row.ts'
import { groupHoursFrom, marketHoursFrom } from '../../../src/core/risk/hours-from.ts'
import { lastOf, rowsOf, standing, type Told, tell, told } from './told.ts'

/** Blocks of 12 seconds: an edge every fifth. */
const BIN_S = 60

const EVENTS = parseAbi([
  'event Supply(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint16 indexed referralCode)',
  'event Withdraw(address indexed reserve, address indexed user, address indexed to, uint256 amount)',
  'event Borrow(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint8 interestRateMode, uint256 borrowRate, uint16 indexed referralCode)',
  'event Repay(address indexed reserve, address indexed user, address indexed repayer, uint256 amount, bool useATokens)',
  'event LiquidationCall(address indexed collateralAsset, address indexed debtAsset, address indexed user, uint256 debtToCover, uint256 liquidatedCollateralAmount, address liquidator, bool receiveAToken)',
  'event DeficitCreated(address indexed user, address indexed debtAsset, uint256 amountCreated)',
])

/** What the chain itself says of an hour: by asset and kind of amount, in base units at the oracle's price of the block. */
interface OwnWords {
  readonly base: Map<string, bigint>
  calls: number
}

async function ofTheChain({ devnet, from }: Told, binS: number): Promise<ReadonlyMap<number, OwnWords>> {
  const { client } = devnet.chain
  const { pool, oracle } = devnet.market.addresses
  const logs = await client.getLogs({ address: pool, events: EVENTS, fromBlock: from, toBlock: 'latest' })
  const hours = new Map<number, OwnWords>()
  const prices = new Map<string, bigint>()
  const decimals = new Map(Object.values(devnet.market.reserves).map((one) => [getAddress(one.asset), one.decimals]))
  const valued = async (asset: Address, amount: bigint, blockNumber: bigint): Promise<bigint> => {
    const key = `${asset} ${blockNumber}`
    const price =
      prices.get(key) ??
      (
        await client.readContract({
          ...{ address: oracle, abi: oracleAbi, functionName: 'getAssetsPrices', args: [[asset]], blockNumber },
        })
      )[0]
    prices.set(key, price ?? 0n)
    return (amount * (price ?? 0n)) / 10n ** BigInt(decimals.get(getAddress(asset)) ?? 0)
  }
  for (const { eventName, args, blockNumber } of logs) {
    const { timestamp } = await client.getBlock({ blockNumber })
    const hour = Math.floor(Number(timestamp) / binS)
    const words = hours.get(hour) ?? { base: new Map(), calls: 0 }
    hours.set(hour, words)
    const add = async (kind: string, asset: Address | undefined, amount: bigint | undefined): Promise<void> => {
      if (asset === undefined || amount === undefined) throw new TypeError('an event without its words')
      const key = `${kind} ${asset.toLowerCase()}`
      words.base.set(key, (words.base.get(key) ?? 0n) + (await valued(asset, amount, blockNumber)))
    }
    const told = args
    if (eventName === 'LiquidationCall' && 'collateralAsset' in told) {
      words.calls++
      await add('seized', told.collateralAsset, told.liquidatedCollateralAmount)
      await add('covered', told.debtAsset, told.debtToCover)
    } else if ('debtAsset' in told && 'amountCreated' in told) await add('deficit', told.debtAsset, told.amountCreated)
    else if ('reserve' in told) await add(eventName.toLowerCase(), told.reserve, told.amount)
    if ('useATokens' in told && told.useATokens) await add('withdraw', told.reserve, told.amount)
  }
  return hours
}

const KINDS = ['supply', 'withdraw', 'borrow', 'repay', 'seized', 'covered', 'deficit'] as const

describe('history of a market on the chain', function () {
  this.timeout(120_000)
  let story: Told

  before(async () => {
    story = await told({
      ...{ accounts: 60, seed: 7, rival: true },
      play: async (devnet, keepUp) => {
        const blocks = devnet.story(90)
        for (let step = await blocks.next(); step !== undefined; step = await blocks.next()) {
          await keepUp()
          // Over the edge of a bin, and within one.
          if (step.step % 20 === 19) await devnet.history.reorg(6)
          if (step.step % 20 === 9) await devnet.history.reorg(2, false)
        }
        await devnet.control.mine(6)
      },
    })
  })

  after(() => story?.close())

  it('sums up, bin by bin and asset by asset, to the chain’s own events at the oracle’s own prices, through reorganisations', async () => {
    const hours = marketHoursFrom(rowsOf(story, { binS: BIN_S }))
    const chain = await ofTheChain(story, BIN_S)
    let [compared, liquidations] = [0, 0]
    expect(hours.length).to.be.above(15)
    expect([...chain.keys()].filter((hour) => hour < (hours.at(-1)?.hour ?? 0)).length).to.be.above(10)
    for (const { hour, assets, partial, ...market } of hours) {
      const words = chain.get(hour)
      if (partial) continue
      for (const asset of Object.values(story.devnet.market.reserves).map((one) => one.asset.toLowerCase()))
        for (const kind of KINDS) {
          const base = words?.base.get(`${kind} ${asset}`) ?? 0n
          expect((assets[asset] as AssetHour | undefined)?.[kind] ?? 0, `${kind} of ${asset} in bin ${hour}`).to.equal(
            Number(base) / 1e8,
          )
          if (base > 0n) compared++
        }
      expect(market.liquidations).to.equal(words?.calls ?? 0)
      liquidations += market.liquidations
    }
    expect(compared).to.be.above(40)
    expect(liquidations).to.be.above(10)
  })

  it('counts every block of a whole bin once', () => {
    const whole = marketHoursFrom(rowsOf(story, { binS: BIN_S })).filter(({ partial }) => !partial)
    expect(whole.map(({ blocks, merged, lost }) => [blocks, merged, lost])).to.deep.equal(whole.map(() => [5, 0, 0]))
  })

  it('gives the same rows with a restart anywhere', () => {
    const options = { binS: BIN_S, market: 'story' }
    const expected = rowsOf(story, options)
    const states: Hex[] = []
    for (let stop = 3; stop < story.events.length; stop += 17) {
      let [book, historian] = [story.again(), new Historian(options)]
      const rows = []
      for (const event of story.events.slice(0, stop)) tell(book, historian, event)
      rows.push(...historian.takeFinished())
      const open = historian.open()
      // The process is gone; its store has the pages that still stand, from the checkpoint on.
      book = story.again()
      historian = new Historian(options, open)
      for (const event of standing(story.events, stop)) tell(book, historian, event)
      for (const event of story.events.slice(stop)) tell(book, historian, event)
      rows.push(...historian.takeFinished())
      expect(lastOf(rows), `stopped after ${stop}`).to.deep.equal(expected)
      states.push('0x')
    }
    expect(states.length).to.be.above(4)
  })

  it('gives the rows of the branch that stands, as if there had been no other', () => {
    const events = standing(story.events, story.events.length)
    expect(events.length).to.be.below(story.events.length - 5)
    const straight = rowsOf({ again: story.again, events }, { binS: BIN_S })
    expect(rowsOf(story, { binS: BIN_S })).to.deep.equal(straight)
  })

  it('takes a branch that changed while nobody watched', () => {
    const options = { binS: BIN_S, market: 'story' }
    const expected = rowsOf({ again: story.again, events: standing(story.events, story.events.length) }, options)
    const at = story.events.findIndex(({ kind }, i) => kind === 'rollback' && i > 40)
    const [book, historian] = [story.again(), new Historian(options)]
    for (const event of story.events.slice(0, at)) tell(book, historian, event)
    const rows = historian.takeFinished()
    const [other, after] = [story.again(), new Historian(options, historian.open())]
    for (const event of standing(story.events, story.events.length)) tell(other, after, event)
    expect(lastOf([...rows, ...after.takeFinished()])).to.deep.equal(expected)
  })

  it('tells prices: the last of the bin, and the lowest the oracle said in it', async () => {
    const { oracle } = story.devnet.market.addresses
    const { client } = story.devnet.chain
    const { asset, source } = story.devnet.market.reserves.WETH
    const hours = groupHoursFrom(rowsOf(story, { binS: BIN_S }), source.toLowerCase())
    const markets: MarketBody[] = [...marketHoursFrom(rowsOf(story, { binS: BIN_S }))]
    const latest = await client.getBlockNumber()
    const byHour = new Map<number, number[]>()
    for (let blockNumber = story.from; blockNumber <= latest; blockNumber++) {
      const { timestamp } = await client.getBlock({ blockNumber })
      const [price = 0n] = await client.readContract({
        ...{ address: oracle, abi: oracleAbi, functionName: 'getAssetsPrices', args: [[asset]], blockNumber },
      })
      const hour = Math.floor(Number(timestamp) / BIN_S)
      byHour.set(hour, [...(byHour.get(hour) ?? []), Number(price) / 1e8])
    }
    let fell = 0
    for (const [i, { hour, oraclePriceUsd, oracleLowUsd }] of hours.entries()) {
      if (markets[i]?.partial) continue
      const prices = byHour.get(hour) ?? []
      expect(oraclePriceUsd).to.equal(prices.at(-1))
      // One report a block: what stood at the end of each is all there was.
      expect([oracleLowUsd, Math.min(...prices)]).to.satisfy(
        ([low, least]: [number, number]) => low === least || low > least,
      )
      if (oracleLowUsd < oraclePriceUsd) fell++
    }
    expect(fell).to.be.above(2)
  })
})
