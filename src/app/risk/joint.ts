import { UsageError } from '../../core/errors.ts'
import { findGroup, type Group } from '../../core/risk/groups.ts'
import { heaviestFirst } from '../../core/risk/heaviest.ts'
import { jointMap, MOVES_PCT } from '../../core/risk/joint.ts'
import type { JointAnswer } from '../../core/risk/move-answers.ts'
import { type Portrait, portraitOf } from '../../core/risk/portrait.ts'
import type { RiskQuestions } from '../../core/risk/questions.ts'
import { riskHead, toGroup } from './head.ts'
import type { RiskWorld } from './world.ts'

/** Throws UsageError for groups that are not there, or are one. */
export function jointAnswer(world: RiskWorld, { groups }: RiskQuestions['joint'][0]): JointAnswer {
  const head = riskHead(world)
  const portrait = portraitOf(world.book)
  const [first, second] = chosen(portrait, groups)
  const { collateralUsd, badDebtUsd } = jointMap(portrait, first.root, second.root)
  return {
    ...head,
    groups: [toGroup(first), toGroup(second)],
    movesPct: MOVES_PCT,
    collateralUsd: collateralUsd.map((row) => [...row]),
    badDebtUsd: badDebtUsd.map((row) => [...row]),
  }
}

/** Those named, else the two heaviest. */
function chosen(portrait: Portrait, names: readonly [string, string] | undefined): readonly [Group, Group] {
  const [first, second] = names ? names.map((name) => findGroup(portrait.groups, name)) : heaviestFirst(portrait)
  if (first && second && first.root !== second.root) return [first, second]
  throw new UsageError({
    code: 'NOT_TWO_GROUPS',
    what: names ? `groups ${names.join(' and ')}` : `market ${portrait.book.name}`,
    why: names ? 'both are priced from one feed, and move together' : 'it has fewer than two groups',
    fix: 'A joint map takes two groups that are priced from different feeds, such as ETH and BTC.',
  })
}
