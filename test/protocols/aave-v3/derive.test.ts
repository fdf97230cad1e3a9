import { expect } from 'chai'
import { encodeFunctionData, type Hex } from 'viem'
import { oracleAbi, poolAbi } from '../../../scripts/devnet/abis.ts'
import { encodeApprove, encodeMint } from '../../../scripts/devnet/actions.ts'
import { namedAccount } from '../../../scripts/devnet/chain.ts'
import { Book } from '../../../src/core/book.ts'
import type { Read } from '../../../src/core/types.ts'
import { SELECTORS, word } from '../../../src/protocols/aave-v3/abi.ts'
import { aaveV3 } from '../../../src/protocols/aave-v3/index.ts'
import { type Mirror, startMirror } from './mirror.ts'

/** Words of Pool.getReserveData that the mirror keeps. */
const KEPT = [0, 1, 2, 3, 4, 6, 8, 10]
const OF_ACCOUNT = [SELECTORS.getUserConfiguration, SELECTORS.getUserEMode, SELECTORS.scaledBalanceOf]
const DAY_S = 86_400n
const liquidator = namedAccount('liquidator who takes aTokens')

const nameOf = ({ data }: Read): string =>
  Object.entries(SELECTORS).find(([, selector]) => data.startsWith(selector))?.[0] ?? data.slice(0, 10)

const known = ({ data, result }: Read): readonly bigint[] =>
  (data.startsWith(SELECTORS.getReserveData) ? KEPT : [0]).map((n) => word(result ?? '0x', n))

/** A book that follows by deriving what can be derived, beside the mirror that reads everything. */
function shadowOf({ book, devnet }: Mirror): Book {
  const addressesProvider = devnet.market.addresses.addressesProvider
  const shadow = new Book('shadow', aaveV3({ addressesProvider, rules: 'auto', priceReadsS: 0n }))
  if (book.head === undefined) throw new Error('the mirror is empty')
  shadow.restore(book.checkpoint(book.head))
  return shadow
}

for (const chain of ['ethereum', 'optimism'] as const)
  describe(`Aave V3: answers derived from logs, through the story on ${chain}`, function () {
    this.timeout(90_000)
    let mirror: Mirror
    let shadow: Book
    const counts = new Map<string, { derived: number; asked: number }>()
    let receivedATokens = 0

    before(async () => {
      mirror = await startMirror({ chain, accounts: 60, seed: 33 })
      const { chain: devchain, reserves, addresses } = mirror.devnet.market
      for (const { asset } of Object.values(reserves)) {
        await devchain.send({ from: addresses.governance, to: asset, data: encodeMint(liquidator, 2n ** 100n) })
        await devchain.send({ from: liquidator, to: asset, data: encodeApprove(addresses.pool, 2n ** 100n) })
      }
      await devchain.settle()
      await mirror.catchUp()
      shadow = shadowOf(mirror)
    })

    after(() => mirror?.close())

    const isOfStranger = ({ data }: Read): boolean =>
      OF_ACCOUNT.some((selector) => data.startsWith(selector)) &&
      !shadow.protocol.knows(shadow.ledger, shadow.find(`0x${data.slice(34).toLowerCase()}`) ?? -1)

    /** Every page: what is derived equals what the chain answered; the shadow goes on with what was derived. */
    async function follow(): Promise<void> {
      for (const event of await mirror.catchUp()) {
        if (event.kind !== 'page') throw new Error('no reorganisation in this story')
        const { facts } = event
        const derived = shadow.derive({ ...facts, reads: [] }, facts.reads)
        const found = new Map(derived.map((read) => [`${read.to}${read.data}`, read]))
        const reads = facts.reads.map((read) => {
          const ours = found.get(`${read.to}${read.data}`)
          const count = counts.get(nameOf(read)) ?? { derived: 0, asked: 0 }
          counts.set(nameOf(read), count)
          // A newcomer's balances are asked for once.
          if (!isOfStranger(read)) count[ours ? 'derived' : 'asked']++
          if (ours) expect(known(ours), `${nameOf(read)} at block ${facts.block.number}`).to.deep.equal(known(read))
          return ours ?? read
        })
        shadow.apply({ ...facts, reads })
      }
    }

    async function priceOfEther(): Promise<Hex> {
      const { addresses, reserves } = mirror.devnet.market
      const data = encodeFunctionData({
        abi: oracleAbi,
        functionName: 'getAssetsPrices',
        args: [[reserves.WETH.asset]],
      })
      const { data: answer = '0x' } = await mirror.devnet.chain.client.call({ to: addresses.oracle, data })
      return `0x${answer.slice(130)}`
    }

    /** A liquidation paid in aTokens brings the collateral's indices up to date and tells nobody. */
    async function takeATokens(): Promise<void> {
      const at = (mirror.book.head?.timestamp ?? 0n) + BigInt(mirror.devnet.chain.spec.blockTimeSeconds)
      const best = mirror.book.liquidatable(at)[0]?.seizures[0]
      if (best === undefined) return
      const args = [best.collateralAsset, best.debtAsset, best.borrower, best.debtToCover, true] as const
      const data = encodeFunctionData({ abi: poolAbi, functionName: 'liquidationCall', args })
      const { chain: devchain, addresses } = mirror.devnet.market
      await devchain.send({ from: liquidator, to: addresses.pool, data })
      await devchain.mineBlock()
      const [sent] = await devchain.takeReceipts()
      if (sent?.receipt.status === 'success') receivedATokens++
    }

    it('equals what the chain answers, word by word, and ends in the same ledger', async () => {
      const story = mirror.devnet.story(80)
      for (let step = await story.next(); step !== undefined; step = await story.next()) {
        await follow()
        if (step.step % 8 !== 7) continue
        await takeATokens()
        await follow()
      }
      const head = mirror.book.head
      if (head === undefined) throw new Error('the mirror is empty')
      const cells = (book: Book) => new Map(book.checkpoint(head).cells)
      expect(cells(shadow)).to.deep.equal(cells(mirror.book))
      expect(receivedATokens, 'liquidations paid in aTokens').to.be.above(2)
    })

    it('is told of indices that a liquidation in aTokens brings up to date in silence', async () => {
      const { control } = mirror.devnet
      await control.advance(20n * DAY_S)
      await control.setPrice('WETH', (word(await priceOfEther(), 0) * 7n) / 10n)
      await follow()
      const before = receivedATokens
      await takeATokens()
      expect(receivedATokens).to.equal(before + 1)
      await follow()
      await control.advance(20n * DAY_S)
      await follow()
      const { mismatches } = await mirror.verify()
      expect(mismatches).to.deep.equal([])
    })

    it('needs no node for balances, flags and indices of accounts that are known', () => {
      for (const name of ['scaledBalanceOf', 'getUserConfiguration', 'getReserveData', 'getVirtualUnderlyingBalance']) {
        const { derived, asked } = counts.get(name) ?? { derived: 0, asked: 0 }
        expect(derived, name).to.be.above(10)
        expect(asked / (asked + derived), `${name}: share that was asked`).to.be.below(0.5)
      }
    })
  })
