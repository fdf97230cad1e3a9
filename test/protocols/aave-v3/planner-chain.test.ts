import { expect } from 'chai'
import { type Address, encodeFunctionData } from 'viem'
import { aggregatorAbi } from '../../../scripts/devnet/abis.ts'
import { createRandom } from '../../../scripts/devnet/random.ts'
import { contractSets, type Listing } from '../../../scripts/differential/ground.ts'
import { mulDivCeil, WAD } from '../../../src/core/math.ts'
import { stopPlan } from '../../../src/core/risk/planner.ts'
import { attempt } from './rescue/attempt.ts'
import { accountData, type Owners, openOwners } from './rescue/owners.ts'

const BLOCK_S = 12n

const lower = (address: Address): Address => `0x${address.slice(2).toLowerCase()}`

/** The feed says this from now on. */
const report = ({ ground }: Owners, { aggregator = '0x' }: Listing, priceUsd8: bigint) => ({
  from: ground.addresses.governance,
  to: aggregator,
  data: encodeFunctionData({ abi: aggregatorAbi, functionName: 'report', args: [priceUsd8] }),
})

/** Every way of everybody for some stop of some feed: taken for real, and the feed moved there in the same block. */
async function tryAll(owners: Owners, seed: number) {
  const { book } = owners.mirror
  const { protocol, ledger, head } = book
  if (head === undefined) throw new Error('the mirror is empty')
  const { reserves } = protocol.market(ledger)
  const random = createRandom(seed)
  const timestamp = head.timestamp + BLOCK_S
  const taken: Record<string, number> = {}
  const tally = { owners: 0, blocked: 0, fromBelow: 0, taken }
  const plain = owners.ground.listings.filter(({ aggregator }) => aggregator !== undefined)
  for (const owner of owners.addresses) {
    const account = book.find(lower(owner))
    const view = account === undefined ? undefined : book.account(account, timestamp)
    if (account === undefined || view === undefined || view.totalDebtBase === 0n) continue
    // Ratio feeds round by themselves: their stop is not exact, and said so.
    const held = [...view.collaterals, ...view.debts]
    const isPlain = held.every(({ asset, root }) => reserves.find((one) => one.asset === asset)?.source === root)
    const listing = random.pick(plain.filter(({ asset }) => held.some((one) => one.asset === lower(asset))))
    if (!isPlain || listing === undefined) continue
    const reserve = reserves.find(({ asset }) => asset === lower(listing.asset))
    if (reserve === undefined || reserve.priceUsd8 === 0n) throw new Error('the stop has no price')
    const stop = (reserve.priceUsd8 * BigInt(random.int(400, 1150))) / 1000n
    const factors = new Map([[reserve.root, mulDivCeil(stop, WAD, reserve.priceUsd8)]])
    const target = WAD + BigInt(random.int(0, 60)) * (WAD / 100n)
    const suppose = () => protocol.shock(ledger, factors)
    const plan = stopPlan(book, account, { suppose, target, timestamp })
    const moved = report(owners, listing, stop)
    const said = `${owner}: ${listing.symbol} at ${stop}, to ${target}`
    expect(await health(owners, owner, timestamp, [moved]), said).to.equal(plan?.healthAtStop)
    tally.owners++
    if (plan && plan.healthAtStop < WAD && plan.options.length > 0) tally.fromBelow++
    for (const { way, obstacle, healthNow, healthAtStop } of plan?.options ?? []) {
      const what = `${said}: ${way.kind} ${way.amount} ${way.symbol}, ${way.repays?.symbol}, ${obstacle}`
      const now = await attempt(owners, owner, way, timestamp)
      expect(now !== undefined, what).to.equal(obstacle === undefined)
      if (now === undefined) {
        tally.blocked++
        continue
      }
      expect(now, what).to.equal(healthNow)
      expect(healthAtStop >= target, what).to.equal(true)
      expect(await attempt(owners, owner, way, timestamp, [moved]), what).to.equal(healthAtStop)
      taken[way.kind] = (taken[way.kind] ?? 0) + 1
    }
  }
  return tally
}

/** Of somebody who does nothing, after these transactions; then everything is as before. */
async function health(
  { ground }: Owners,
  owner: Address,
  timestamp: bigint,
  transactions: readonly ReturnType<typeof report>[],
): Promise<bigint> {
  const { chain } = ground
  const snapshot = await chain.rpc('evm_snapshot')
  for (const transaction of transactions) await chain.send({ gas: 3_000_000n, ...transaction })
  await chain.mineBlock(timestamp)
  await chain.takeReceipts()
  const { healthFactor } = await accountData(ground, owner)
  await chain.rpc('evm_revert', snapshot)
  await chain.forget()
  return healthFactor
}

describe('plans for a stop on the real contracts', function () {
  this.timeout(300_000)

  for (const set of contractSets)
    describe(set, () => {
      let owners: Owners
      before(async () => {
        owners = await openOwners(set, { seed: 5, owners: 110 })
      })
      after(() => owners?.close())

      it('taken for real, and the feed really moved there: the stated health to the wei', async () => {
        const { owners: tried, taken, blocked, fromBelow } = await tryAll(owners, 5)
        expect(tried).to.be.at.least(50)
        expect(fromBelow).to.be.at.least(5)
        for (const kind of ['repay', 'add', 'sell']) expect(taken[kind], kind).to.be.above(40)
        expect(blocked).to.be.above(0)
      })
    })
})
