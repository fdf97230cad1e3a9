import { expect } from 'chai'
import { type Address, encodeFunctionData } from 'viem'
import { poolAbi } from '../../../scripts/devnet/abis.ts'
import { encodeApprove, encodeMint, encodeRepay, encodeSupply } from '../../../scripts/devnet/actions.ts'
import { namedAccount } from '../../../scripts/devnet/chain.ts'
import type { Candidate } from '../../../src/core/plan.ts'
import type { Liquidated, Rescue } from '../../../src/core/protocol.ts'
import { type Mirror, startMirror } from './mirror.ts'

const WAD = 10n ** 18n
const RICH = 2n ** 100n
const keeper = namedAccount('keeper of the differential test')

/** Somebody with all of the money and all of the approvals. */
async function enrich({ devnet }: Mirror): Promise<void> {
  const { chain, reserves, addresses } = devnet.market
  for (const { asset } of Object.values(reserves)) {
    await chain.send({ from: addresses.governance, to: asset, data: encodeMint(keeper, RICH) })
    await chain.send({ from: keeper, to: asset, data: encodeApprove(addresses.pool, RICH) })
  }
  await chain.settle()
}

/** When the next block will be. */
const soon = ({ devnet, book }: Mirror): bigint =>
  (book.head?.timestamp ?? 0n) + BigInt(devnet.chain.spec.blockTimeSeconds)

/** The staked ether's price moves by itself with time; all others only when told. */
const isStill = ({ devnet }: Mirror, ...assets: Address[]): boolean => {
  const moving = devnet.market.reserves.wstETH.asset.toLowerCase()
  return !assets.some((asset) => asset.toLowerCase() === moving)
}

/** Liquidate for real, in one call or two of one block, exactly as foretold for the next block; what the chain says of it. */
async function liquidate(mirror: Mirror, { seizures: [best] }: Candidate): Promise<readonly Liquidated[]> {
  const { devnet, book } = mirror
  if (best === undefined) return []
  const { collateralAsset, debtAsset, borrower, debtToCover, firstCover } = best
  for (const amount of firstCover === 0n ? [debtToCover] : [firstCover, debtToCover - firstCover]) {
    const args = [collateralAsset, debtAsset, borrower, amount, false] as const
    const data = encodeFunctionData({ abi: poolAbi, functionName: 'liquidationCall', args })
    await devnet.control.as(keeper).send(devnet.market.addresses.pool, data)
  }
  await devnet.chain.settle()
  const [event] = await mirror.catchUp()
  return event?.kind === 'page' ? book.protocol.liquidations(event.facts, book.ledger) : []
}

async function follow(mirror: Mirror, { kind, asset, amount }: Rescue, onBehalfOf: Address): Promise<void> {
  const data = kind === 'repay' ? encodeRepay(asset, amount, onBehalfOf) : encodeSupply(asset, amount, onBehalfOf)
  await mirror.devnet.control.as(keeper).execute(mirror.devnet.market.addresses.pool, data)
  await mirror.catchUp()
}

async function expectExact(mirror: Mirror): Promise<number> {
  const { checked, mismatches, totals } = await mirror.verify()
  expect(mismatches, `block ${mirror.book.head?.number}`).to.deep.equal([])
  for (const { asset, sumScaledDebt, scaledTotalSupply } of totals)
    expect(sumScaledDebt, `debt of ${asset}`).to.equal(scaledTotalSupply)
  return checked
}

for (const [chain, blocks] of [
  ['ethereum', 90],
  ['optimism', 90],
] as const)
  describe(`Aave V3 mirror through the story on ${chain}`, function () {
    this.timeout(90_000)
    let mirror: Mirror

    before(async () => {
      mirror = await startMirror({ chain, accounts: 45, seed: 21 })
      await enrich(mirror)
      await mirror.catchUp()
    })

    after(() => mirror?.close())

    it('equals the chain in every account and every total; calls and advice do what was foretold', async () => {
      const story = mirror.devnet.story(blocks)
      let checked = 0
      const seen = { seizures: 0, rescues: 0 }
      for (let step = await story.next(); step !== undefined; step = await story.next()) {
        await mirror.catchUp()
        if (step.step % 10 === 0) checked += await expectExact(mirror)
        if (step.step % 6 === 5) seen.seizures += await tryLiquidation(mirror)
        if (step.step % 15 === 3) seen.rescues += await tryRescue(mirror)
      }
      checked += await expectExact(mirror)
      expect(checked).to.be.above(300)
      expect(seen.seizures, 'liquidations').to.be.above(4)
      expect(seen.rescues, 'rescues').to.be.above(1)
      expect(mirror.problems).to.deep.equal([])
    })

    it('asks little: one request for logs and one batch of reads in nearly every block', () => {
      const counts = [...mirror.requests].sort((a, b) => a - b)
      expect(counts[Math.floor(counts.length / 2)]).to.be.at.most(4)
      expect(counts.at(-1)).to.be.at.most(8)
    })
  })

async function tryLiquidation(mirror: Mirror): Promise<number> {
  const candidates = mirror.book.liquidatable(soon(mirror))
  const found = candidates.find(
    ({ seizures: [best] }) => best !== undefined && isStill(mirror, best.collateralAsset, best.debtAsset),
  )
  const [best] = found?.seizures ?? []
  if (found === undefined || best === undefined) return 0
  const told = await liquidate(mirror, found)
  expect(told.map(({ borrower }) => borrower)).to.deep.equal(told.map(() => best.borrower))
  const sum = (of: (one: Liquidated) => bigint) => told.reduce((total, one) => total + of(one), 0n)
  expect([told.length, sum((one) => one.debtCovered), sum((one) => one.collateralSeized)]).to.deep.equal([
    best.firstCover === 0n ? 1 : 2,
    best.debtCovered,
    best.collateralSeized,
  ])
  return 1
}

async function tryRescue(mirror: Mirror): Promise<number> {
  const { book } = mirror
  const at = soon(mirror)
  book.screen(at)
  for (const account of book.ranked(20, 1.3)) {
    const view = book.account(account, at)
    const assets = [...(view?.collaterals ?? []), ...(view?.debts ?? [])].map(({ asset }) => asset)
    if (view === undefined || !isStill(mirror, ...assets)) continue
    const target = view.healthFactor + WAD / 10n
    const [option] = book.protocol.rescue(book.ledger, account, at, target)
    if (option === undefined) continue
    await follow(mirror, option, view.address)
    const after = book.account(account, book.head?.timestamp ?? 0n)
    expect(after?.healthFactor).to.equal(option.healthFactor)
    expect((after?.healthFactor ?? 0n) >= target).to.equal(true)
    await expectExact(mirror)
    return 1
  }
  return 0
}
