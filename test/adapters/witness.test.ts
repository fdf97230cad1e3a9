import { inspect } from 'node:util'
import { expect } from 'chai'
import {
  compareWitness,
  WITNESS_TOLERANCE,
  type Witnessed,
  type WitnessOptions,
  witness,
} from '../../src/adapters/witness.ts'
import { ChainError, UnreachableError } from '../../src/core/errors.ts'
import type { AccountView } from '../../src/core/protocol.ts'
import { type Mirror, startMirror } from '../protocols/aave-v3/mirror.ts'

describe('witness', function () {
  this.timeout(60_000)
  let mirror: Mirror
  let views: AccountView[]
  let said: Witnessed

  before(async () => {
    mirror = await startMirror({ chain: 'ethereum', accounts: 60, seed: 11 })
    const { book, devnet } = mirror
    const timestamp = book.head?.timestamp ?? 0n
    views = [...Array(book.ledger.size).keys()]
      .map((account) => book.account(account, timestamp))
      .filter((view) => view !== undefined)
    said = await witness({
      url: devnet.http,
      chainId: devnet.chain.spec.chainId,
      uiPoolDataProvider: devnet.market.addresses.uiPoolDataProvider,
      addressesProvider: devnet.market.addresses.addressesProvider,
      accounts: views.map(({ address }) => address),
      timestamp,
    })
  })

  after(() => mirror?.close())

  it('says at which block it read', () => {
    expect([said.firstBlock, said.lastBlock]).to.deep.equal([mirror.book.head?.number, mirror.book.head?.number])
  })

  it('agrees with every account that it can speak of', () => {
    const { compared, disagreements } = compareWitness(views, said.testimonies)
    expect(disagreements).to.deep.equal([])
    expect(compared).to.be.above(30)
  })

  it('names the accounts that it cannot speak of: exactly those in an eMode', () => {
    const inMode = views.filter(({ eMode }) => eMode !== 0).map(({ address }) => address)
    expect(inMode).to.have.length.above(4)
    expect(said.notWitnessed).to.have.members(inMode)
    expect(said.testimonies).to.have.length(views.length - inMode.length)
  })

  it('notices a health that is off by more than the tolerance, and a view that is missing', () => {
    const judged = new Set(said.testimonies.map(({ address }) => address))
    const victim = views.find(({ address, totalDebtBase }) => judged.has(address) && totalDebtBase > 10n ** 12n)
    const off = (factor: number) =>
      views.map((view) =>
        view === victim
          ? { ...view, healthFactor: (view.healthFactor * BigInt(Math.round(1e9 * factor))) / 10n ** 9n }
          : view,
      )
    const found = (corrupted: AccountView[]) =>
      compareWitness(corrupted, said.testimonies).disagreements.map(({ address }) => address)
    expect(found(off(1 + 3 * WITNESS_TOLERANCE))).to.deep.equal([victim?.address])
    expect(found(off(1 - 3 * WITNESS_TOLERANCE))).to.deep.equal([victim?.address])
    expect(found(off(1 + WITNESS_TOLERANCE / 10))).to.deep.equal([])
    expect(found(views.filter((view) => view !== victim))).to.deep.equal([victim?.address])
  })

  const failing = (over: Partial<WitnessOptions>): Promise<unknown> =>
    witness({
      url: mirror.devnet.http,
      chainId: mirror.devnet.chain.spec.chainId,
      uiPoolDataProvider: mirror.devnet.market.addresses.uiPoolDataProvider,
      addressesProvider: mirror.devnet.market.addresses.addressesProvider,
      accounts: [],
      timestamp: 0n,
      ...over,
    }).catch((error: unknown) => error)

  it('fails when there is no such contract, instead of agreeing', async () => {
    const failure = await failing({ uiPoolDataProvider: mirror.devnet.market.addresses.pool })
    expect(failure).to.be.an.instanceOf(ChainError).with.property('code', 'WITNESS_FAILED')
  })

  it('fails without a node, and without telling its URL', async () => {
    const failure = await failing({ url: 'http://127.0.0.1:9/v2/canary-key' })
    expect(failure).to.be.an.instanceOf(UnreachableError)
    expect(inspect(failure, { depth: 9 })).not.to.match(/canary|127\.0\.0\.1/)
  })
})
