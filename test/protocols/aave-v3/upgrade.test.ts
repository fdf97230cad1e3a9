import { expect } from 'chai'
import type { Address } from 'viem'
import { encodeApprove, encodeBorrow, encodeMint, encodeSupply } from '../../../scripts/devnet/actions.ts'
import { namedAccount } from '../../../scripts/devnet/chain.ts'
import { type Mirror, startMirror } from './mirror.ts'

const ETHER = 10n ** 18n

describe('Aave V3 mirror through upgrades of the pool, with open positions', function () {
  this.timeout(60_000)
  let mirror: Mirror

  before(async () => {
    mirror = await startMirror({ chain: 'ethereum', accounts: 60, seed: 47, rules: 'auto, 101 = aave-v3.6' })
  })

  after(() => mirror?.close())

  const head = () => mirror.book.head?.timestamp ?? 0n
  const market = () => mirror.book.protocol.market(mirror.book.ledger)
  const views = () => [...Array(mirror.book.ledger.size).keys()].map((id) => mirror.book.account(id, head()))
  async function upgrade(to: 'unknown revision' | 'named revision'): Promise<void> {
    const { control } = mirror.devnet
    await control.upgradePool(await control.deployPool(to))
    await mirror.catchUp()
  }
  async function exact(): Promise<void> {
    await mirror.catchUp()
    const { checked, mismatches, totals } = await mirror.verify()
    expect(checked).to.be.above(40)
    expect(mismatches).to.deep.equal([])
    for (const { sumScaledDebt, scaledTotalSupply } of totals) expect(sumScaledDebt).to.equal(scaledTotalSupply)
  }
  async function borrow(who: Address, usdc: bigint): Promise<void> {
    const { control, market: place } = mirror.devnet
    const { pool, governance } = place.addresses
    const { WETH, USDC } = place.reserves
    await control.as(governance).execute(WETH.asset, encodeMint(who, 10n * ETHER))
    await control.as(who).execute(WETH.asset, encodeApprove(pool, 10n * ETHER))
    await control.as(who).execute(pool, encodeSupply(WETH.asset, 10n * ETHER, who))
    await control.as(who).execute(pool, encodeBorrow(USDC.asset, usdc, who))
  }

  it('is the mirror before', async () => {
    await exact()
    expect(market()).to.include({ revision: 10n, rules: 'aave-v3.6' })
    expect(views().every((view) => view?.source === 'mirror')).to.equal(true)
  })

  it('speaks in the chain’s own words while nobody knows the revision, and has no call and no advice', async () => {
    const { control } = mirror.devnet
    await upgrade('unknown revision')
    expect(market()).to.include({ revision: 99n, rules: undefined })
    await exact()
    await control.setPrice('WETH', (BigInt(mirror.devnet.market.risk.reserves.WETH.priceUsd8) * 70n) / 100n)
    await exact()
    const told = views()
    expect(told.every((view) => view?.source === 'chain' && view.block === mirror.book.head?.number)).to.equal(true)
    expect(told.filter((view) => (view?.healthFactor ?? ETHER) < ETHER)).to.have.length.above(3)
    expect(mirror.book.liquidatable(head())).to.deep.equal([])
    expect(mirror.book.protocol.rescue(mirror.book.ledger, 0, head(), 2n * ETHER)).to.deep.equal([])
  })

  it('ranks by what it was told, lowest first, and flags who is unhealthy', () => {
    const { book } = mirror
    const flagged = new Set(book.screen(head()))
    const health = (id: number) => book.account(id, head())?.healthFactor ?? 0n
    const ranked = book.ranked(1000)
    expect(ranked.map(health)).to.deep.equal(ranked.map(health).toSorted((a, b) => (a < b ? -1 : 1)))
    for (const id of ranked) if (health(id) < ETHER) expect(flagged.has(id)).to.equal(true)
  })

  it('meets new borrowers and goes back with the chain meanwhile', async () => {
    const before = mirror.book.ledger.size
    await borrow(namedAccount('in the dark'), 5_000_000_000n)
    await exact()
    expect(mirror.book.ledger.size).to.equal(before + 1)
    await mirror.devnet.control.mine(2)
    await exact()
  })

  it('is the mirror again at a higher revision that the configuration names to known rules', async () => {
    await upgrade('named revision')
    expect(market()).to.include({ revision: 101n, rules: 'aave-v3.6' })
    await exact()
    expect(views().every((view) => view?.source === 'mirror')).to.equal(true)
    expect(mirror.book.liquidatable(head() + 12n)).to.have.length.above(3)
    await borrow(namedAccount('in the light'), 5_000_000_000n)
    await exact()
  })
})
