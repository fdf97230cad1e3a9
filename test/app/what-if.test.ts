import { expect } from 'chai'
import { type Address, encodeFunctionData, getAddress } from 'viem'
import { ratioFeedAbi } from '../../scripts/devnet/abis.ts'
import type { ReserveSymbol } from '../../scripts/devnet/risk-parameters.ts'
import { findShocks, parseShock, type Shock, shockedPrices } from '../../src/app/shock.ts'
import { whatIfAnswer } from '../../src/app/what-if.ts'
import { WAD } from '../../src/core/math.ts'
import type { AccountView } from '../../src/core/protocol.ts'
import type { Read } from '../../src/core/types.ts'
import { type Mirror, startMirror } from '../protocols/aave-v3/mirror.ts'

describe('what-if against the chain', function () {
  this.timeout(120_000)
  let mirror: Mirror

  before(async () => {
    // Two blocks of this chain may share a timestamp: the same moment before and after the feeds have moved.
    mirror = await startMirror({ chain: 'arbitrum', accounts: 80, seed: 41 })
  })

  after(() => mirror?.close())

  const views = (): (AccountView | undefined)[] =>
    [...Array(mirror.book.ledger.size).keys()].map((id) => mirror.book.account(id, mirror.book.head?.timestamp ?? 0n))

  const shocksOf = (texts: readonly string[]): Shock[] =>
    findShocks(mirror.book.protocol.market(mirror.book.ledger).reserves, texts.map(parseShock))

  async function pricesOf(shocks: readonly Shock[]): Promise<readonly Read[]> {
    const { devnet, rpc, book } = mirror
    const prices = await shockedPrices(book, { node: rpc, multicall: devnet.market.addresses.multicall3 }, shocks)
    if (prices === undefined) throw new Error('the devnet does not take state overrides')
    return prices
  }

  /** Really reports the prices, in a block of the same time, and lets the mirror and its proof see it. */
  async function move(
    moves: readonly (readonly [Exclude<ReserveSymbol, 'wstETH'>, Address])[],
    shocks: readonly Shock[],
  ) {
    const { control, chain } = mirror.devnet
    const { timestamp } = chain.head
    const { reserves } = mirror.book.protocol.market(mirror.book.ledger)
    for (const [symbol, asset] of moves) {
      const { priceUsd8 = 0n, root } = reserves.find((one) => one.asset === asset.toLowerCase()) ?? {}
      const { factorWad = WAD } = shocks.find((shock) => shock.root === root) ?? {}
      await control.reportPrice(symbol, (priceUsd8 * factorWad) / WAD)
    }
    await control.mineWith(timestamp)
    await mirror.catchUp()
    expect(mirror.book.head?.timestamp).to.equal(timestamp)
    const { mismatches, checked } = await mirror.verify()
    expect([mismatches, checked > 60]).to.deep.equal([[], true])
  }

  const cap = async (headroomBps: bigint) => {
    const { devnet } = mirror
    const { source } = devnet.market.reserves.wstETH
    const read = { address: source, abi: ratioFeedAbi } as const
    const ratio = await devnet.chain.client.readContract({ ...read, functionName: 'getRatio' })
    const line = {
      startRatio: (ratio * (10_000n + headroomBps)) / 10_000n,
      startTime: devnet.chain.head.timestamp,
      growthPerSecond: 0n,
    }
    const data = encodeFunctionData({ abi: ratioFeedAbi, functionName: 'setCap', args: [line] })
    await devnet.control.as(devnet.market.addresses.governance).execute(source, data)
    await mirror.catchUp()
    return devnet.chain.client.readContract({ ...read, functionName: 'isCapped' })
  }

  for (const [texts, symbols, headroomBps] of [
    [['WETH=-7.123456789%'], ['WETH'], undefined],
    [['wstETH=-3.3333333333%'], ['WETH'], -150n],
    [['WETH=-11.7%', 'WBTC=-9.01%', 'LINK=-25%'], ['WETH', 'WBTC', 'LINK'], 900n],
    [['USDC=+1.5%', 'WETH=+4%'], ['USDC', 'WETH'], undefined],
    [['wbtc=-30%'], ['WBTC'], undefined],
  ] as const)
    it(`says of ${texts.join(' and ')} what the chain says once the feeds have moved`, async () => {
      if (headroomBps !== undefined) expect(await cap(headroomBps)).to.equal(headroomBps < 0n)
      const { book, devnet } = mirror
      const head = book.head ?? expect.fail('no head')
      const shocks = shocksOf(texts)
      const prices = await pricesOf(shocks)
      const supposed = book.ledger.speculate(head.number, () => {
        book.protocol.apply({ block: head, logs: [], reads: prices }, book.ledger)
        return views()
      })
      const answer = whatIfAnswer(book, { shocks, prices, top: 1000 }) ?? expect.fail('no answer')
      const before = views()
      await move(
        symbols.map((symbol) => [symbol, devnet.market.reserves[symbol].asset]),
        shocks,
      )
      // The mirror has just been held against `getUserAccountData` in every field.
      const after = views()
      expect(after).not.to.deep.equal(before)
      expect(supposed).to.deep.equal(after)
      const under = after.filter((view) => view !== undefined && view.healthFactor < WAD) as AccountView[]
      expect(answer.top.map(({ address }) => address)).to.have.members(under.map((view) => getAddress(view.address)))
      const sum = (of: (view: AccountView) => bigint) => `${under.reduce((total, view) => total + of(view), 0n)}`
      expect([answer.accounts, answer.debtAtRisk, answer.collateralAtRisk]).to.deep.equal([
        under.length,
        sum((view) => view.totalDebtBase),
        sum((view) => view.totalCollateralBase),
      ])
      const actual = whatIfAnswer(book, { shocks: [], prices: undefined, top: 1000 })
      expect(actual?.top).to.deep.equal(answer.top)
      expect([actual?.seizableOneCall, actual?.badDebt]).to.deep.equal([answer.seizableOneCall, answer.badDebt])
    })

  it('scales each price where the node does not play along, at most two units off in a ratio feed', async () => {
    const { book } = mirror
    const shocks = shocksOf(['WETH=-1.23456789%'])
    const [exact, scaled] = [await pricesOf(shocks), undefined].map((prices) =>
      whatIfAnswer(book, { shocks, prices, top: 0 }),
    )
    expect([exact?.prices, scaled?.prices]).to.deep.equal(['chain', 'scaled'])
    const moved = exact?.shocks[0]?.moved ?? []
    expect(moved.map(({ symbol }) => symbol)).to.have.members(['WETH', 'wstETH'])
    for (const [i, { symbol, to }] of moved.entries()) {
      const off = BigInt(to) - BigInt(scaled?.shocks[0]?.moved[i]?.to ?? 0)
      expect(off * off <= (symbol === 'WETH' ? 0n : 4n), `${symbol} ${off}`).to.equal(true)
    }
  })

  it('notices a node that ignores the replaced feeds, and one that answers nothing', async () => {
    const { rpc, book, devnet } = mirror
    const shocks = shocksOf(['WETH=-10%'])
    const multicall = devnet.market.addresses.multicall3
    const deaf = { request: (method: string, params: readonly unknown[]) => rpc.request(method, params.slice(0, 2)) }
    expect(await shockedPrices(book, { node: deaf, multicall }, shocks)).to.equal(undefined)
    expect(
      await shockedPrices(book, { node: rpc, multicall }, [{ ...shocks[0], root: `0x${'a'.repeat(40)}` } as Shock]),
    ).to.equal(undefined)
  })

  it('takes every asset of the feed, named by symbol or address, once', () => {
    const { asset, source } = mirror.devnet.market.reserves.WETH
    const root = source.toLowerCase()
    expect(shocksOf(['WETH=-10%'])).to.deep.equal([{ asset: 'WETH', root, factorWad: (WAD * 9n) / 10n }])
    expect(shocksOf([`${asset}=+0.5%`])[0]).to.deep.include({ root, factorWad: (WAD * 1005n) / 1000n })
    expect(shocksOf(['GOLD=-1%'])).to.deep.equal([])
    expect(() => shocksOf(['WETH=-10%', 'wstETH=-5%'])).to.throw('same feed as WETH')
  })
})

describe('a shock in words', () => {
  for (const [text, factorWad] of [
    ['WETH=-10%', (WAD * 9n) / 10n],
    ['WETH=10%', (WAD * 11n) / 10n],
    ['WETH=+0.0000000000000001%', WAD + 1n],
    ['WETH=-99.9999999999999999%', 1n],
    ['WETH=-0%', WAD],
  ] as const)
    it(`${text} is a factor of ${factorWad}`, () => expect(parseShock(text).factorWad).to.equal(factorWad))

  for (const text of [
    'WETH',
    'WETH=-10',
    'WETH=-100%',
    'WETH=-150%',
    '=-10%',
    'WETH=--1%',
    'WETH=1.%',
    'A=0.00000000000000001%',
  ])
    it(`${text} is refused`, () =>
      expect(() => parseShock(text))
        .to.throw('shock')
        .with.property('exitCode', 2))
})
