import { type Address, getAddress } from 'viem'
import { absorption, quotesOf } from '../../core/risk/absorption.ts'
import type { AbsorptionAnswer, AbsorptionPoint } from '../../core/risk/answers.ts'
import { findGroup, type Group, groupsOf } from '../../core/risk/groups.ts'
import { type Ladder, ladderOf } from '../../core/risk/ladder.ts'
import { portraitOf } from '../../core/risk/portrait.ts'
import type { RiskQuestions } from '../../core/risk/questions.ts'
import { Trading } from '../../core/risk/trading.ts'
import { chosenGroup, riskHead, toGroup } from './head.ts'
import type { RiskWorld } from './world.ts'

/** Gas is not weighed: nobody asked what it costs at the head. Throws UsageError for a group that is not there. */
export function absorptionAnswer(world: RiskWorld, about: RiskQuestions['absorption'][0]): AbsorptionAnswer {
  const head = riskHead(world)
  const portrait = portraitOf(world.book)
  const group = chosenGroup(portrait, about.group)
  const { points } = ladderOf(portrait, group.root, 'fall', 0)
  return {
    ...head,
    group: toGroup(group),
    pools: poolsOf(world, group),
    points: absorptionOf(world, group.root, points),
  }
}

/** For whoever has the ladder of the group already. */
export function absorptionOf(
  { book, exchange }: RiskWorld,
  root: string,
  ladder: Ladder['points'],
): readonly AbsorptionPoint[] {
  const { reserves } = book.protocol.market(book.ledger)
  return absorption({ group: findGroup(groupsOf(reserves), root), reserves, exchange, ladder, gasBase: 0n })
}

/** What an overview says in one figure is said of this fall. */
const NEAR_PCT = 10
export const nearPoint = (points: readonly AbsorptionPoint[]): AbsorptionPoint | undefined =>
  points.find(({ fallPct }) => fallPct === NEAR_PCT)

/** In which the group's plain asset is sold. */
function poolsOf({ book, exchange }: RiskWorld, group: Group): AbsorptionAnswer['pools'] {
  if (exchange === undefined) return []
  const { reserves } = book.protocol.market(book.ledger)
  const quotes = quotesOf(group, reserves, new Trading(exchange)).map(({ asset }) => asset)
  const symbolOf = (asset: Address): string => reserves.find((one) => one.asset === asset)?.symbol ?? asset
  const { asset } = group.plain
  return exchange
    .pools()
    .filter(({ assets: [a, b] }) => (a === asset && quotes.includes(b)) || (b === asset && quotes.includes(a)))
    .map(({ pool, assets: [a, b], feePips }) => ({
      pool: getAddress(pool),
      pair: `${symbolOf(a)}/${symbolOf(b)}`,
      feePips,
    }))
}
