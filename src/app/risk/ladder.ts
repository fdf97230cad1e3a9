import { getAddress } from 'viem'
import { UINT256_MAX } from '../../core/math.ts'
import type { LadderAccount, LadderAnswer } from '../../core/risk/answers.ts'
import type { Group } from '../../core/risk/groups.ts'
import { type Ladder, ladderOf, type Side } from '../../core/risk/ladder.ts'
import { liquidationPrice } from '../../core/risk/liquidation-price.ts'
import { type Portrait, portraitOf } from '../../core/risk/portrait.ts'
import type { RiskQuestions } from '../../core/risk/questions.ts'
import { chosenGroup, riskHead, toGroup } from './head.ts'
import type { RiskWorld } from './world.ts'

/** Throws UsageError for a group that is not there. */
export function ladderAnswer(world: RiskWorld, about: RiskQuestions['ladder'][0]): LadderAnswer {
  const head = riskHead(world)
  const portrait = portraitOf(world.book)
  const group = chosenGroup(portrait, about.group)
  const { now, rungs, points, largest } = ladderOf(portrait, group.root, about.side, about.accounts)
  return {
    ...head,
    group: toGroup(group),
    side: about.side,
    now,
    rungs: rungs.map(({ cliff, ...rung }) => ({
      ...rung,
      cliff: cliff ? { address: addressOf(portrait, cliff.account), share: cliff.share } : null,
    })),
    points,
    accounts: largest.flatMap((one) => toAccount(portrait, group, about.side, one)),
  }
}

export const addressOf = ({ book }: Portrait, account: number): string => getAddress(book.ledger.address(account))

function toAccount(
  { book, head }: Portrait,
  group: Group,
  side: Side,
  { account, factor }: Ladder['largest'][number],
): LadderAccount[] {
  const view = book.account(account, head.timestamp)
  if (view === undefined) return []
  const guess = BigInt(Math.round(Number(group.priceUsd8) * Math.min(Math.max(factor, 0), 1e6)))
  const price = liquidationPrice(book, group, { account, side, guess })
  return [
    {
      address: getAddress(view.address),
      collateralBase: view.totalCollateralBase.toString(),
      debtBase: view.totalDebtBase.toString(),
      healthFactor: view.healthFactor === UINT256_MAX ? null : view.healthFactor.toString(),
      price: price === null ? null : price.toString(),
      distancePct: price === null ? null : distancePct(group.priceUsd8, price, side),
    },
  ]
}

/** The move that leads there, never negative: 0 of those who are there. */
function distancePct(now: bigint, price: bigint, side: Side): number {
  const away = side === 'fall' ? now - price : price - now
  return away <= 0n ? 0 : (100 * Number(away)) / Number(now)
}
