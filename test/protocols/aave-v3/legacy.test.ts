import { expect } from 'chai'
import type { Address } from 'viem'
import { erc20Abi } from '../../../scripts/devnet/abis.ts'
import { namedAccount } from '../../../scripts/devnet/chain.ts'
import { type LegacyDevnet, startLegacyDevnet } from '../../../scripts/devnet/legacy/index.ts'
import { governanceOf, movesOf, perform } from '../../../scripts/devnet/legacy/moves.ts'
import type { LegacySymbol } from '../../../scripts/devnet/legacy/parameters.ts'
import type { AccountView } from '../../../src/core/protocol.ts'
import { reserveAddress, reserveCell, reserveIds } from '../../../src/protocols/aave-v3/cells.ts'
import { type Mirrored, mirrorOf } from './mirror.ts'

const wad = (amount: number): bigint => BigInt(Math.round(amount * 1e6)) * 10n ** 12n
const usdc = (amount: number): bigint => BigInt(Math.round(amount * 1e6))
const usd8 = (dollars: number): bigint => BigInt(Math.round(dollars * 1e8))
const YEAR = 31_536_000n

describe('Aave V3 mirror of a pool of 3.0.2', function () {
  this.timeout(60_000)
  let devnet: LegacyDevnet
  let mirror: Mirrored

  const person = (name: string) => movesOf(devnet.market, namedAccount(name))
  const govern = () => governanceOf(devnet.market)
  const head = () => mirror.book.head?.timestamp ?? 0n
  async function act(...transactions: Parameters<typeof perform>[1]): Promise<void> {
    await perform(devnet.market, transactions)
    await exact()
  }
  async function later(seconds: bigint): Promise<void> {
    await perform(devnet.market, [], devnet.chain.head.timestamp + seconds)
    await exact()
  }
  async function exact(): Promise<void> {
    await mirror.catchUp()
    const { mismatches, totals } = await mirror.verify()
    expect(mismatches).to.deep.equal([])
    for (const { sumScaledDebt, scaledTotalSupply } of totals) expect(sumScaledDebt).to.equal(scaledTotalSupply)
    const flagged = new Set(mirror.book.screen(head()))
    for (let id = 0; id < mirror.book.ledger.size; id++)
      if ((viewOf(mirror.book.ledger.address(id))?.healthFactor ?? 0n) < 10n ** 18n)
        expect(
          flagged.has(id) || viewOf(mirror.book.ledger.address(id)) === undefined,
          `account ${id} screened`,
        ).to.equal(true)
  }
  function viewOf(address: Address): AccountView | undefined {
    const id = mirror.book.find(address.toLowerCase() as Address)
    return id === undefined ? undefined : mirror.book.account(id, head())
  }
  const inspect = (name: string) => {
    const { book } = mirror
    return book.protocol.inspect(
      book.ledger,
      book.find(namedAccount(name).toLowerCase() as Address) ?? -1,
      devnet.chain.nextTimestamp,
    )
  }

  before(async () => {
    devnet = await startLegacyDevnet('ethereum')
    const lender = person('lender')
    const lent: [LegacySymbol, bigint][] = [
      ['WETH', wad(10_000)],
      ['USDC', usdc(20_000_000)],
      ['DAI', wad(20_000_000)],
      ['EURS', 500_000_000n],
    ]
    await perform(
      devnet.market,
      lent.flatMap(([symbol, amount]) => [...lender.fund(symbol, amount), lender.supply(symbol, amount)]),
    )
    const early = person('early')
    await perform(devnet.market, [...early.fund('WETH', wad(10)), early.supply('WETH', wad(10))])
    await perform(devnet.market, [early.borrow('USDC', usdc(5_000)), early.borrow('DAI', wad(7_000), 'stable')])
    const { addressesProvider, multicall3 } = devnet.market.addresses
    const { http, chain } = devnet
    mirror = await mirrorOf({
      chain: 'ethereum',
      chainId: chain.spec.chainId,
      http,
      addressesProvider,
      multicall3,
    })
  })

  after(async () => {
    mirror?.stop()
    await devnet?.close()
  })

  it('finds the market and the debts of both kinds', async () => {
    await exact()
    expect(mirror.book.protocol.market(mirror.book.ledger)).to.include({ revision: 1n, rules: 'aave-v3.0' })
    expect(mirror.book.protocol.market(mirror.book.ledger).reserves).to.have.length(8)
    expect(viewOf(namedAccount('early'))?.debts.map(({ symbol }) => symbol)).to.deep.equal(['USDC', 'DAI'])
  })

  it('compounds both kinds of debt through years', async () => {
    for (const seconds of [1n, 2n, 3n, 86_399n, YEAR, 3n * YEAR]) await later(seconds)
  })

  it('follows repayment, swap of the rate, and a second loan at a fixed rate', async () => {
    const early = person('early')
    await act(...early.fund('DAI', wad(50_000)), early.repay('DAI', 1n, 'stable'))
    await act(early.repay('DAI', wad(100), 'stable'))
    await act(early.borrow('DAI', wad(10), 'stable'))
    await act(early.swapRateMode('DAI', 'stable'))
    await later(1000n)
    await act(early.swapRateMode('DAI', 'variable'))
    await later(100_000n)
  })

  it('knows a category’s own price, for those in it only, and an asset moved out of it', async () => {
    const one = person('in a category')
    await act(...one.fund('wstETH', wad(20)), one.supply('wstETH', wad(20)), one.setEMode(2))
    await act(one.borrow('WETH', wad(15)))
    const { eModePrice } = devnet.market
    const before = viewOf(namedAccount('in a category'))
    await act(govern().report(eModePrice, usd8(1234.56789)))
    const after = viewOf(namedAccount('in a category'))
    expect(after?.collaterals[0]?.priceUsd8).to.equal(123_456_789_000n)
    expect(after?.totalCollateralBase).not.to.equal(before?.totalCollateralBase)
    expect(viewOf(namedAccount('early'))?.collaterals[0]?.priceUsd8).to.equal(usd8(3000))
    await act(govern().report(eModePrice, 0n))
    expect(viewOf(namedAccount('in a category'))?.collaterals[0]?.priceUsd8).to.equal(usd8(3600))
    await act(govern().report(eModePrice, usd8(3100)))
    const { WETH } = devnet.market.reserves
    await act(govern().configure({ functionName: 'setAssetEModeCategory', args: [WETH.asset, 0] }))
    await act(govern().configure({ functionName: 'setAssetEModeCategory', args: [WETH.asset, 2] }))
  })

  it('foretells what a liquidation seizes, half of the debt in the reserve, whatever is left', async () => {
    const one = person('liquidated')
    await act(...one.fund('WETH', wad(1)), one.supply('WETH', wad(1)), one.borrow('USDC', usdc(2_300)))
    await act(govern().report(devnet.market.reserves.WETH, usd8(2_750)))
    const found = inspect('liquidated')
    const [best] = found?.seizures ?? []
    if (best === undefined) throw new Error('nothing to seize')
    const liquidator = person('liquidator')
    await act(...liquidator.fund('USDC', usdc(10_000)))
    const again = inspect('liquidated')?.seizures[0]
    await act(
      liquidator.liquidate({
        collateral: 'WETH',
        debt: 'USDC',
        user: namedAccount('liquidated'),
        amount: again?.debtToCover ?? 0n,
      }),
    )
    const { book } = mirror
    const logs = await devnet.chain.client.getLogs({
      address: devnet.market.addresses.pool,
      blockHash: book.head?.hash ?? '0x',
    })
    const facts = {
      block: book.head as NonNullable<typeof book.head>,
      reads: [],
      logs: logs.map((log) => ({ ...log, address: log.address.toLowerCase() as Address })),
    }
    const [told] = book.protocol.liquidations(facts, book.ledger)
    expect(told?.debtCovered).to.equal(again?.debtCovered)
    expect(told?.collateralSeized).to.equal(again?.collateralSeized)
    expect(Number(told?.debtCovered) / 1e6).to.be.closeTo(1150, 1)
  })

  it('never calls for debt at a fixed rate', async () => {
    const one = person('fixed')
    await act(...one.fund('WETH', wad(2)), one.supply('WETH', wad(2)), one.borrow('DAI', wad(3_500), 'stable'))
    await act(govern().report(devnet.market.reserves.WETH, usd8(2_000)))
    expect(inspect('fixed')?.forbidden).to.equal('stable-debt')
  })

  it('counts what lies in an aToken as what can be seized', async () => {
    const { ledger } = mirror.book
    const { client } = devnet.chain
    for (const { asset, aToken } of Object.values(devnet.market.reserves)) {
      const id = reserveIds(ledger).find((one) => reserveAddress(ledger, one, 'asset') === asset.toLowerCase()) ?? -1
      const args = [aToken] as const
      const held = await client.readContract({ address: asset, abi: erc20Abi, functionName: 'balanceOf', args })
      expect(ledger.get(reserveCell(id, 'virtualUnderlyingBalance')), asset).to.equal(held)
    }
  })
})
