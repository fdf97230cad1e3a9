import { expect } from 'chai'
import { type Address, getAddress, maxUint256, numberToHex } from 'viem'
import { poolAbi } from '../../scripts/devnet/abis.ts'
import { type Devnet, startDevnet } from '../../scripts/devnet/index.ts'
import { openStore } from '../../src/adapters/store/sqlite.ts'
import type { AccountRow, Accounts, Explanation, WhatIfAnswer } from '../../src/core/answers.ts'
import { DEBT, scaledCell } from '../../src/protocols/aave-v3/cells.ts'
import { configOf, MARKET, Place, storedAs } from './support.ts'

interface Verified {
  readonly markets: readonly {
    readonly market: string
    readonly chainId: number
    readonly revision: number
    readonly block: string
    readonly checked: number
    readonly mismatched: number
    readonly worst: { readonly address: string; readonly field: string; readonly ours: string } | null
    readonly reserves: readonly { asset: string; sumScaledDebt: string; scaledTotalSupply: string }[]
  }[]
}

/** `Aggregator.latestAnswer`: after `description`. */
const LATEST_ANSWER_SLOT = '0x1'
const INTEGER = /^\d+$/
const NOBODY = getAddress('0x00000000000000000000000000000000000000aa')

describe('what the command line answers', function () {
  this.timeout(60_000)
  let devnet: Devnet
  let place: Place

  before(async () => {
    devnet = await startDevnet({ chain: 'ethereum', accounts: 40, seed: 14 })
    place = new Place()
    place.configure(configOf(devnet))
  })
  after(async () => {
    place?.remove()
    await devnet?.close()
  })

  async function positions(...args: string[]): Promise<Accounts> {
    const { schemaVersion, markets } = await place.json<{ markets: Accounts[] }>('positions', ...args)
    expect([schemaVersion, markets.length]).to.deep.equal([1, 1])
    return markets[0] as Accounts
  }

  /** The chain's own answer. */
  async function onChain(account: Address, block: string) {
    const [collateral, debt, borrows, threshold, ltv, health] = await devnet.chain.client.readContract({
      address: devnet.market.addresses.pool,
      abi: poolAbi,
      functionName: 'getUserAccountData',
      args: [account],
      blockNumber: BigInt(block),
    })
    const healthFactor = health === maxUint256 ? null : `${health}`
    return {
      collateral: `${collateral}`,
      debt: `${debt}`,
      borrows: `${borrows}`,
      threshold: `${threshold}`,
      ltv: `${ltv}`,
      healthFactor,
    }
  }

  describe('positions', () => {
    it('lists every account with debt, each as the chain has it, the weakest first', async () => {
      const { market, block, next, accounts } = await positions('--limit', '1000')
      const { number, hash, timestamp } = await devnet.chain.client.getBlock()
      expect({ market, block, next }).to.deep.equal({
        market: MARKET,
        block: { number: `${number}`, hash, timestamp: Number(timestamp) },
        next: null,
      })
      const all = await Promise.all(
        devnet.accounts.map(async ({ address }) => [address, await onChain(address, block.number)] as const),
      )
      const debtors = all.filter(([, { debt }]) => debt !== '0')
      expect(accounts.map(({ address }) => address)).to.have.members(debtors.map(([address]) => getAddress(address)))
      for (const { address, collateralBase, debtBase, healthFactor } of accounts) {
        const said = all.find(([account]) => getAddress(account) === address)?.[1]
        expect({ collateral: collateralBase, debt: debtBase, healthFactor }, address).to.deep.equal({
          collateral: said?.collateral,
          debt: said?.debt,
          healthFactor: said?.healthFactor,
        })
      }
      expect(ascending(accounts, ({ healthFactor }) => BigInt(healthFactor ?? maxUint256))).to.equal(true)
    })

    it('gives every field its documented type', async () => {
      const { accounts } = await positions()
      expect(accounts).not.to.have.length(0)
      for (const account of accounts) expectRow(account)
    })

    it('keeps to --below, --sort and --limit', async () => {
      const limit = 1_200_000_000_000_000_000n
      const all = (await positions('--limit', '1000')).accounts
      const below = await positions('--below', '1.2', '--limit', '1000')
      expect(below.accounts).to.deep.equal(all.filter(({ healthFactor }) => BigInt(healthFactor ?? maxUint256) < limit))
      const three = await positions('--sort', 'debt', '--limit', '3')
      expect(three.accounts).to.have.length(3)
      expect(three.next).to.be.a('string')
      expect(ascending(three.accounts, ({ debtBase }) => -BigInt(debtBase))).to.equal(true)
      const nearest = await positions('--sort', 'distance', '--limit', '1000')
      expect(ascending(nearest.accounts, ({ distancePct }) => distancePct ?? Number.POSITIVE_INFINITY)).to.equal(true)
    })

    it('is a table for people, without a colour, and nothing else', async () => {
      const { code, stdout, stderr } = await place.plimsoll(['positions', '--limit', '2'], { NO_COLOR: '1' })
      expect([code, stderr]).to.deep.equal([0, ''])
      expect(stdout)
        .to.match(/account +health +debt/)
        .and.to.include(MARKET)
      expect(stdout.match(/0x[0-9a-fA-F]{40}/g)).to.have.length(2)
      expect(stdout).not.to.include('\u001b')
    })
  })

  describe('explain', () => {
    it('says what the chain says, and how the account would be saved', async () => {
      const [weakest] = (await positions('--limit', '1')).accounts
      const { address } = weakest as AccountRow
      const e = await place.json<Explanation>('explain', address.toLowerCase())
      expectRow(e)
      const { collateral, debt, borrows, threshold, ltv } = await onChain(getAddress(address), e.block.number)
      expect([e.totalCollateralBase, e.totalDebtBase, e.availableBorrowsBase]).to.deep.equal([
        collateral,
        debt,
        borrows,
      ])
      expect([e.currentLiquidationThreshold, e.ltv]).to.deep.equal([threshold, ltv])
      expect(sum(e.debts.map(({ valueBase }) => valueBase)) - BigInt(debt) <= BigInt(e.debts.length)).to.equal(true)
      expect(e.rescue.targetHealth).to.equal('1250000000000000000')
      for (const { healthFactor } of e.rescue.options)
        expect(BigInt(healthFactor) >= 1_250_000_000_000_000_000n).to.equal(true)
    })

    it('knows when there is nothing to say', async () => {
      expect(await place.json('explain', NOBODY)).to.deep.equal({ schemaVersion: 1, positions: [] })
      const { code, stdout } = await place.plimsoll(['explain', NOBODY])
      expect(code).to.equal(0)
      expect(stdout).to.include(`${NOBODY} has never borrowed`)
    })
  })

  describe('what-if', () => {
    /** The feed of ether says something else, in the same block. */
    async function reprice(priceUsd8: bigint): Promise<void> {
      const { aggregator } = devnet.market.reserves.WETH
      await devnet.chain.rpc(
        'hardhat_setStorageAt',
        aggregator,
        LATEST_ANSWER_SLOT,
        numberToHex(priceUsd8, { size: 32 }),
      )
    }

    it('says what the chain says once the feed has moved', async () => {
      const answer = await place.json<WhatIfAnswer>('what-if', '--shock', 'WETH=-30.5%', '--top', '1000')
      const weth = answer.shocks[0]?.moved.find(({ symbol }) => symbol === 'WETH')
      const now = BigInt(weth?.from ?? 0)
      expect(BigInt(weth?.to ?? 0)).to.equal((now * 695n) / 1000n)
      await reprice(BigInt(weth?.to ?? 0))
      try {
        const all = await Promise.all(
          devnet.accounts.map(
            async ({ address }) => [getAddress(address), await onChain(address, answer.block.number)] as const,
          ),
        )
        const under = all.filter(([, { healthFactor }]) => healthFactor !== null && BigInt(healthFactor) < 10n ** 18n)
        expect(under.length).to.be.greaterThan(3)
        expect(
          answer.top.map((row) => [row.address, row.healthFactor, row.collateralBase, row.debtBase]),
        ).to.have.deep.members(
          under.map(([account, { healthFactor, collateral, debt }]) => [account, healthFactor, collateral, debt]),
        )
        const { market, accounts, prices, debtAtRisk, collateralAtRisk } = answer
        expect({ market, accounts, prices, debtAtRisk, collateralAtRisk }).to.deep.equal({
          market: MARKET,
          accounts: under.length,
          prices: 'chain',
          debtAtRisk: `${sum(under.map(([, { debt }]) => debt))}`,
          collateralAtRisk: `${sum(under.map(([, { collateral }]) => collateral))}`,
        })
      } finally {
        await reprice(now)
      }
    })

    it('is a table for people', async () => {
      const { code, stdout, stderr } = await place.plimsoll(['what-if', '--shock', 'WETH=-30%', '--top', '2'])
      expect([code, stderr]).to.deep.equal([0, ''])
      expect(stdout)
        .to.match(/WETH went from \$1,8\d\d\.\d\d to \$1,2/)
        .and.to.match(/wstETH went from/)
      expect(stdout.match(/0x[0-9a-fA-F]{40}/g)).to.have.length(2)
    })

    it('refuses an asset that no market lists with 2, and names those that are', async () => {
      const { code, stderr } = await place.plimsoll(['what-if', '--shock', 'WETH=-1%', '--shock', 'GOLD=-1%'])
      expect(code).to.equal(2)
      expect(stderr).to.include('GOLD=-1%').and.to.include('wstETH')
    })
  })

  describe('verify', () => {
    it('finds no difference in any account and any reserve', async () => {
      const { schemaVersion, markets } = await place.json<Verified>('verify')
      const [{ reserves, checked, ...market }] = markets as [Verified['markets'][number]]
      expect({ schemaVersion, ...market }).to.deep.equal({
        schemaVersion: 1,
        market: MARKET,
        chainId: 1,
        revision: 10,
        block: `${devnet.chain.head.number}`,
        mismatched: 0,
        worst: null,
      })
      expect(checked).to.be.greaterThan(20)
      expect(reserves.map(({ asset }) => asset)).to.have.members(
        Object.values(devnet.market.reserves).map(({ asset }) => getAddress(asset)),
      )
      for (const { sumScaledDebt, scaledTotalSupply } of reserves) expect(sumScaledDebt).to.equal(scaledTotalSupply)
    })

    it('looks at as many as --sample says', async () => {
      const { markets } = await place.json<Verified>('verify', '--sample', '5')
      expect(markets[0]?.checked).to.equal(5)
    })

    // The last one: the store stays spoilt.
    it('ends with 3 and names the field when one cell of the mirror is wrong', async () => {
      spoil(place.store, storedAs(devnet))
      const { code, stdout, stderr } = await place.plimsoll(['verify', '--json'])
      expect([code, stderr]).to.deep.equal([3, ''])
      const { markets } = JSON.parse(stdout) as Verified
      const [market] = markets
      const reserves = market?.reserves.filter(
        ({ sumScaledDebt, scaledTotalSupply }) => sumScaledDebt !== scaledTotalSupply,
      )
      expect((market?.mismatched ?? 0) + (reserves?.length ?? 0)).to.be.greaterThan(0)
      if (market?.worst) expect(getAddress(market.worst.address)).to.equal(market.worst.address)
    })
  })
})

const sum = (values: readonly string[]): bigint => values.reduce((total, value) => total + BigInt(value), 0n)

const ascending = <T, K extends bigint | number>(rows: readonly T[], key: (row: T) => K): boolean =>
  rows.every((row, i) => i === 0 || key(rows[i - 1] as T) <= key(row))

function expectRow(row: AccountRow): void {
  expect(row).to.include({ market: MARKET, chainId: 1, source: 'mirror' })
  expect(row.address).to.equal(getAddress(row.address))
  expect(row.eMode).to.be.a('number')
  for (const text of [row.collateralBase, row.debtBase]) expect(text).to.match(INTEGER)
  if (row.healthFactor !== null) expect(row.healthFactor).to.match(INTEGER)
  expect(row.liquidatable).to.equal(row.healthFactor !== null && BigInt(row.healthFactor) < 10n ** 18n)
  if (row.distancePct !== null) expect(row.distancePct).to.be.a('number')
  if (row.timeToLiquidationS !== null) expect(row.timeToLiquidationS).to.be.a('number').and.to.satisfy(Number.isInteger)
  if (row.liquidationPrice === null) return
  expect(row.liquidationPrice.asset).to.equal(getAddress(row.liquidationPrice.asset))
  expect(row.liquidationPrice.price).to.match(INTEGER)
}

/** Halves the first debt in the store's checkpoint, through the store's own door: its digest is right, its content not. */
function spoil(path: string, market: string): void {
  const store = openStore(path)
  try {
    const checkpoint = store.checkpoint(1, market)
    if (checkpoint === undefined) throw new Error('the store holds no checkpoint')
    const first = scaledCell(0, 0, DEBT)
    const stride = scaledCell(1, 0, DEBT) - first
    const cells = [...checkpoint.cells]
    const debt = cells.findIndex(
      ([cell, value]) => cell >= first && ((cell - first) % stride) % 2 === 0 && value > 10n ** 6n,
    )
    const [cell, value] = cells[debt] as (typeof cells)[number]
    const { block } = checkpoint
    const wrong = { block, accounts: [...checkpoint.accounts], cells: cells.with(debt, [cell, value / 2n]) }
    store.saveCheckpoints(1, block, new Map([[market, wrong]]))
  } finally {
    store.close()
  }
}
