import { expect } from 'chai'
import { type Address, encodeFunctionData, type Hex } from 'viem'
import { aggregatorAbi, oracleAbi, poolAbi } from '../../../scripts/devnet/abis.ts'
import {
  encodeApprove,
  encodeBorrow,
  encodeMint,
  encodeSetEMode,
  encodeSupply,
  encodeTransfer,
} from '../../../scripts/devnet/actions.ts'
import { namedAccount } from '../../../scripts/devnet/chain.ts'
import { deployFeed } from '../../../scripts/devnet/deploy-tokens.ts'
import { Deployer } from '../../../scripts/devnet/deployer.ts'
import type { ReserveSymbol } from '../../../scripts/devnet/risk-parameters.ts'
import { everyAccount, isExact, verify } from '../../../src/app/audit.ts'
import type { AccountView, ReserveView } from '../../../src/core/protocol.ts'
import { toAddress } from '../../../src/protocols/aave-v3/abi.ts'
import { reserveCell } from '../../../src/protocols/aave-v3/cells.ts'
import { type Mirror, startMirror } from './mirror.ts'

const ETHER = 10n ** 18n
const USD = 10n ** 8n

describe('Aave V3 mirror through changes of the market', function () {
  this.timeout(60_000)
  let mirror: Mirror

  before(async () => {
    mirror = await startMirror({ chain: 'ethereum', accounts: 40, seed: 31 })
  })

  after(() => mirror?.close())

  const market = () => mirror.devnet.market
  const asset = (symbol: ReserveSymbol): Address => market().reserves[symbol].asset
  const price = (symbol: ReserveSymbol): bigint => BigInt(market().risk.reserves[symbol].priceUsd8)
  const seen = (): readonly ReserveView[] => mirror.book.protocol.market(mirror.book.ledger).reserves
  const reserveOf = (of: Address): ReserveView | undefined => seen().find((one) => one.asset === of.toLowerCase())
  const govern = (to: Address, data: Hex) => mirror.devnet.control.as(market().addresses.governance).execute(to, data)

  /** The mirror after the change: exact, and what it now says. */
  async function exact(): Promise<void> {
    await mirror.catchUp()
    const { checked, mismatches, totals } = await mirror.verify()
    expect(checked).to.be.above(30)
    expect(mismatches).to.deep.equal([])
    for (const { sumScaledDebt, scaledTotalSupply } of totals) expect(sumScaledDebt).to.equal(scaledTotalSupply)
  }

  function viewOf(account: Address): AccountView | undefined {
    const { book } = mirror
    const id = book.find(account.toLowerCase() as Address)
    return id === undefined ? undefined : book.account(id, book.head?.timestamp ?? 0n)
  }

  const supplier = (symbol: ReserveSymbol): AccountView => {
    const found = [...Array(mirror.book.ledger.size).keys()]
      .map((id) => mirror.book.account(id, mirror.book.head?.timestamp ?? 0n))
      .find((view) => view?.eMode === 0 && view.healthFactor > (13n * ETHER) / 10n && holds(view, asset(symbol)))
    if (found === undefined) throw new Error(`nobody safe supplies ${symbol}`)
    return found
  }
  const holds = (view: AccountView, of: Address): boolean =>
    view.collaterals.some((held) => held.asset === of.toLowerCase() && held.amount > 1000n)

  /** Mint, approve and supply. */
  async function supply(account: Address, of: Address, amount: bigint): Promise<void> {
    await govern(of, encodeMint(account, amount))
    const as = mirror.devnet.control.as(account)
    await as.execute(of, encodeApprove(market().addresses.pool, amount))
    await as.execute(market().addresses.pool, encodeSupply(of, amount, account))
  }

  it('a collateral is transferred to a borrower, to a stranger, and back', async () => {
    const sender = supplier('WETH')
    const token = market().reserves.WETH.aToken
    const stranger = namedAccount('stranger')
    const borrower = supplier('WBTC').address
    for (const receiver of [borrower, stranger]) {
      await mirror.devnet.control.as(sender.address).execute(token, encodeTransfer(receiver, 1000n))
      await exact()
    }
    await mirror.devnet.control.as(stranger).execute(token, encodeTransfer(sender.address, 500n))
    await exact()
    expect(mirror.book.find(stranger.toLowerCase() as Address)).to.equal(undefined)
  })

  it('a reserve is added, and used by somebody known and by somebody new', async () => {
    const { ltvBps, ltBps, ...parameters } = market().risk.reserves.LINK
    const listing = { ...parameters, ltvBps, ltBps }
    const added = await mirror.devnet.control.addReserve({
      symbol: 'NEW',
      decimals: 8,
      priceUsd8: 7n * USD,
      parameters: listing,
    })
    await exact()
    expect(seen()).to.have.length(8)
    expect(reserveOf(added.asset)).to.include({ symbol: 'NEW', decimals: 8, priceUsd8: 7n * USD })
    const old = supplier('WETH').address
    const young = namedAccount('newcomer')
    for (const account of [old, young]) await supply(account, added.asset, 10n ** 12n)
    await mirror.devnet.control
      .as(young)
      .execute(market().addresses.pool, encodeBorrow(asset('USDC'), 5_000_000_000n, young))
    await exact()
    for (const account of [old, young]) expect(holds(viewOf(account) as AccountView, added.asset)).to.equal(true)
  })

  it('an eMode category changes its terms, and what is in it', async () => {
    const terms = [1, 9000, 9200, 10_200, 'Stablecoins'] as const
    await mirror.devnet.control.configure({ functionName: 'setEModeCategory', args: terms })
    await exact()
    const inMode = mirror.devnet.accounts
      .filter(({ eMode }) => eMode === 1)
      .flatMap(({ address }) => viewOf(address) ?? [])
    expect(inMode.flatMap((view) => view.collaterals.map((c) => c.liquidationThresholdBps))).to.include(9200n)
    const args = [asset('DAI'), 1, false] as const
    await mirror.devnet.control.configure({ functionName: 'setAssetCollateralInEMode', args })
    await exact()
    await mirror.devnet.control.configure({ functionName: 'setAssetCollateralInEMode', args: [args[0], 1, true] })
    await exact()
  })

  it('a reserve is paused, resumes with a grace period, is frozen, changes its terms', async () => {
    const { control } = mirror.devnet
    await control.configure({ functionName: 'setReservePause', args: [asset('WBTC'), true, 0] })
    await exact()
    expect(reserveOf(asset('WBTC'))?.paused).to.equal(true)
    await control.configure({ functionName: 'setReservePause', args: [asset('WBTC'), false, 3600] })
    await control.configure({ functionName: 'setReserveFreeze', args: [asset('WBTC'), true] })
    await exact()
    expect(reserveOf(asset('WBTC'))).to.include({ paused: false, frozen: true })
    const terms = [asset('LINK'), 4000n, 5000n, 10_900n] as const
    await control.configure({ functionName: 'configureReserveAsCollateral', args: terms })
    await control.configure({ functionName: 'setReserveFactor', args: [asset('LINK'), 3000n] })
    await exact()
    expect(reserveOf(asset('LINK'))).to.include({ liquidationThresholdBps: 5000n, liquidationBonusBps: 10_900n })
  })

  it('a reserve may be borrowed in isolation: its configuration is the chain’s, bit by bit', async () => {
    const { ledger } = mirror.book
    const before = ledger.get(reserveCell(0, 'configuration'))
    const of = toAddress(ledger.get(reserveCell(0, 'asset')))
    await mirror.devnet.control.configure({ functionName: 'setBorrowableInIsolation', args: [of, true] })
    await mirror.catchUp()
    const call = {
      address: market().addresses.pool,
      abi: poolAbi,
      functionName: 'getConfiguration',
      args: [of],
    } as const
    const now = await mirror.devnet.chain.client.readContract(call)
    expect(ledger.get(reserveCell(0, 'configuration'))).to.equal(now)
    expect(now).not.to.equal(before)
  })

  it('a price source is replaced, and an aggregator behind its proxy', async () => {
    const { chain, addresses } = market()
    const deployer = await Deployer.create(chain, addresses.governance)
    const feed = await deployFeed(deployer, 'BTC / USD, other', price('WBTC') * 2n)
    const args = [[asset('WBTC')], [feed.source]] as const
    await govern(addresses.oracle, encodeFunctionData({ abi: oracleAbi, functionName: 'setAssetSources', args }))
    await exact()
    expect(reserveOf(asset('WBTC'))?.priceUsd8).to.equal(price('WBTC') * 2n)
    const next = await mirror.devnet.control.replaceAggregator('LINK', 11n * USD)
    await exact()
    expect(reserveOf(asset('LINK'))?.priceUsd8).to.equal(11n * USD)
    await govern(next, encodeFunctionData({ abi: aggregatorAbi, functionName: 'report', args: [12n * USD] }))
    await exact()
    expect(reserveOf(asset('LINK'))?.priceUsd8).to.equal(12n * USD)
  })

  it('a price becomes zero: those who hold the asset fall silent, and speak again', async () => {
    const holder = supplier('WETH').address
    await mirror.devnet.control.setPrice('WETH', 0n)
    await mirror.catchUp()
    expect(viewOf(holder)).to.equal(undefined)
    expect((await mirror.verify()).mismatches).to.deep.equal([])
    await mirror.devnet.control.setPrice('WETH', price('WETH'))
    await exact()
    expect(viewOf(holder)).not.to.equal(undefined)
  })

  it('a reserve is collateral in an eMode only, with the terms of that', async () => {
    const { control } = mirror.devnet
    const { rates, ...rest } = market().risk.reserves.LINK
    const parameters = { ...rest, rates, ltvBps: 0, ltBps: 0, bonusBps: 0 }
    const odd = await control.addReserve({ symbol: 'ODD', decimals: 18, priceUsd8: USD, parameters })
    await control.configure({ functionName: 'setEModeCategory', args: [9, 9000, 9300, 10_100, 'Odd'] })
    await control.configure({ functionName: 'setAssetCollateralInEMode', args: [odd.asset, 9, true] })
    await control.configure({ functionName: 'setAssetBorrowableInEMode', args: [asset('USDC'), 9, true] })
    const one = namedAccount('in an eMode')
    const { pool } = market().addresses
    await control.as(one).execute(pool, encodeSetEMode(9))
    await supply(one, odd.asset, 10_000n * ETHER)
    await supply(one, asset('WETH'), 10n * ETHER)
    await control.as(one).execute(pool, encodeBorrow(asset('USDC'), 22_000_000_000n, one))
    await exact()
    await control.setPrice('WETH', (price('WETH') * 8n) / 10n)
    await exact()
    const { book } = mirror
    const found = book.liquidatable(book.head?.timestamp ?? 0n).find((c) => c.borrower === viewOf(one)?.address)
    expect([...new Set(found?.seizures.map(({ collateralAsset }) => collateralAsset))]).to.have.members(
      [asset('WETH'), odd.asset].map((of) => of.toLowerCase()),
    )
    expect(viewOf(one)?.collaterals.map((c) => c.liquidationBonusBps)).to.have.members([10_500n, 10_100n])
  })

  for (const depth of [1, 3, 12])
    it(`${depth} ${depth === 1 ? 'block is' : 'blocks are'} replaced, with what was in them and without`, async () => {
      const { control, history } = mirror.devnet
      for (const keep of [true, false]) {
        // Ether given after the state that a reorg goes back to would be gone.
        for (let i = 0; i < depth; i += 4) await mirror.devnet.chain.unlock(namedAccount(`late ${i}`))
        await control.mine()
        for (let i = 0; i < depth; i++) {
          const by = BigInt(95 + (i % 10))
          await control.setPrice('WETH', (price('WETH') * by) / 100n)
          if (i % 4 === 0) await supply(namedAccount(`late ${i}`), asset('DAI'), ETHER)
        }
        await mirror.catchUp()
        const before = mirror.book.head
        await history.reorg(depth, keep)
        const [first] = await mirror.catchUp()
        expect(first).to.deep.include({ kind: 'rollback', depth })
        expect(mirror.book.head?.number).to.equal((before?.number ?? 0n) + 1n)
        await exact()
      }
    })
})

describe('Aave V3 mirror that reads prices by the clock', function () {
  this.timeout(60_000)
  let mirror: Mirror

  before(async () => {
    mirror = await startMirror({ chain: 'ethereum', accounts: 12, seed: 3, priceReadsS: 1000n })
  })

  after(() => mirror?.close())

  const ether = () => {
    const { book, devnet } = mirror
    const found = book.protocol.market(book.ledger).reserves.find(({ asset }) => isEther(asset, devnet))
    return found?.priceUsd8
  }
  const isEther = (asset: Address, { market }: Mirror['devnet']): boolean =>
    asset === market.reserves.WETH.asset.toLowerCase()

  it('reads them at once when a feed speaks, and those of the assets that stand on it', async () => {
    await mirror.devnet.control.setPrice('WETH', 1500n * USD)
    await mirror.catchUp()
    expect(ether()).to.equal(1500n * USD)
    expect((await mirror.verify()).mismatches).to.deep.equal([])
  })

  it('knows from the first page on which feeds the prices stand, and which assets move together', async () => {
    const { filters } = mirror.book.protocol
    const followed = new Set(filters(mirror.book.ledger).map(({ address }) => address))
    for (const { aggregator } of Object.values(mirror.devnet.market.reserves))
      expect(followed.has(aggregator.toLowerCase() as Address)).to.equal(true)
    const views = [...Array(mirror.book.ledger.size).keys()].map((id) => mirror.book.account(id, 0n))
    const roots = new Map(
      views.flatMap((view) => [...(view?.collaterals ?? []), ...(view?.debts ?? [])].map((h) => [h.symbol, h.root])),
    )
    expect(roots.get('wstETH')).to.equal(mirror.devnet.market.reserves.WETH.source.toLowerCase())
    expect(roots.get('wstETH')).to.equal(roots.get('WETH'))
    expect(roots.get('WBTC')).not.to.equal(roots.get('WETH'))
  })

  it('an audit between two readings compares with prices of its own block, and forgets them again', async () => {
    const { book, batch, devnet } = mirror
    const staked = (): bigint | undefined =>
      book.protocol.market(book.ledger).reserves.find(({ symbol }) => symbol === 'wstETH')?.priceUsd8
    // The staking ratio grows with the clock alone.
    await devnet.control.advance(900)
    await mirror.catchUp()
    const before = staked()
    expect((await mirror.verify()).mismatches, 'as the mirror stands').to.not.deep.equal([])
    const audited = await verify(book, batch, everyAccount(book))
    expect([audited.mismatches, isExact(audited), audited.checked > 5]).to.deep.equal([[], true, true])
    expect(staked()).to.equal(before)
  })

  it('does not read them in a quiet block, but does when the time is over', async () => {
    await mirror.devnet.control.mine(3)
    await mirror.catchUp()
    expect(Math.max(...mirror.requests.slice(-3))).to.be.at.most(2)
    await mirror.devnet.control.advance(1001)
    await mirror.catchUp()
    expect((await mirror.verify()).mismatches).to.deep.equal([])
  })
})
