import { expect } from 'chai'
import { type Address, encodeFunctionData, type Hex } from 'viem'
import { poolAbi } from '../../../scripts/devnet/abis.ts'
import type { Chain } from '../../../scripts/devnet/chain.ts'
import type { Random } from '../../../scripts/devnet/random.ts'
import type { Liquidation, LiquidationAsked } from '../../../src/core/protocol.ts'
import { cellsAfter, eventsOf } from './aftermath.ts'
import type { Mirrored } from './mirror.ts'

export interface Stage {
  readonly mirror: Mirrored
  readonly chain: Chain
  readonly pool: Address
  /** Holds every asset and has approved the pool. */
  readonly liquidator: Address
  readonly random: Random
}

export const tally = () => ({ calls: 0, refused: 0, partial: 0, deficits: 0, several: 0, whole: 0, twice: 0 })

const dataOf = ({ collateralAsset, debtAsset, borrower }: LiquidationAsked, amount: bigint): Hex =>
  encodeFunctionData({
    abi: poolAbi,
    functionName: 'liquidationCall',
    args: [collateralAsset, debtAsset, borrower, amount, false],
  })

/** One of the calls that are offered, sometimes for another amount. */
function anyCall({ mirror, chain, random }: Stage): LiquidationAsked | undefined {
  const found = mirror.book.liquidatable(chain.nextTimestamp).filter(({ seizures }) => seizures.length > 0)
  if (found.length === 0) return undefined
  const { seizures } = found[random.int(0, found.length - 1)] ?? expect.fail()
  const seizure = seizures[random.int(0, seizures.length - 1)] ?? expect.fail()
  if (random.chance(0.5)) return seizure
  return { ...seizure, firstCover: 0n, debtToCover: (seizure.debtToCover * BigInt(random.int(1, 1000))) / 1000n }
}

/** The call of its own block, foretold and made: events and every cell are the same. False: nobody is left. */
async function step(stage: Stage, seen: ReturnType<typeof tally>): Promise<boolean> {
  const { mirror, chain, pool, liquidator } = stage
  const { book } = mirror
  const asked = anyCall(stage)
  if (asked === undefined) return false
  const timestamp = chain.nextTimestamp
  const account = book.find(asked.borrower) ?? expect.fail()
  let told: Liquidation | undefined
  const foretold = book.ledger.speculate(book.head?.number ?? 0n, () => {
    told = book.protocol.liquidate(book.ledger, asked, timestamp)
    return cellsAfter(book.ledger, account)
  })
  if (told === undefined) {
    const tried = {
      account: liquidator,
      to: pool,
      data: dataOf(asked, asked.debtToCover),
      blockTag: 'pending',
    } as const
    const answer = await chain.client.call(tried).catch(() => 'reverted')
    expect(answer).to.equal('reverted')
    seen.refused++
    return true
  }
  const { firstCover, debtToCover } = asked
  for (const amount of firstCover > 0n ? [firstCover, debtToCover - firstCover] : [debtToCover])
    await chain.send({ from: liquidator, to: pool, data: dataOf(asked, amount) })
  const receipts = await chain.settle(timestamp)
  await mirror.catchUp()
  expect(eventsOf(receipts.flatMap(({ logs }) => logs))).to.deep.equal(told)
  expect(cellsAfter(book.ledger, account)).to.deep.equal(foretold)
  seen.calls++
  if (firstCover > 0n) seen.twice++
  if (told.deficits.length > 0) seen.deficits++
  if (told.deficits.length > 1) seen.several++
  if (book.account(account, book.head?.timestamp ?? 0n)?.totalDebtBase === 0n) seen.whole++
  else seen.partial++
  return true
}

/** So many calls, one after the other; afterwards the mirror is what the chain says. */
export async function play(stage: Stage, seen: ReturnType<typeof tally>, calls: number): Promise<void> {
  for (let n = 0; n < calls && (await step(stage, seen)); n++);
  expect((await stage.mirror.verify()).mismatches).to.deep.equal([])
}
