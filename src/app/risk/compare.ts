import { zeroAddress } from 'viem'
import { Book } from '../../core/book.ts'
import { groupsOf } from '../../core/risk/groups.ts'
import { type Outcome, outcomeOf } from '../../core/risk/mechanisms.ts'
import type { CompareAnswer } from '../../core/risk/move-answers.ts'
import type { RiskQuestions } from '../../core/risk/questions.ts'
import { aaveV3 } from '../../protocols/aave-v3/index.ts'
import { RULES, type Rules } from '../../protocols/aave-v3/rules.ts'
import { riskHead } from './head.ts'
import { factorsOf, groupShocks, toShocks } from './shocks.ts'
import type { RiskWorld } from './world.ts'

/** Mechanisms that a market could have and that nobody has written down here. */
const ABSENT = ['Aave V4', 'Compound III', 'Morpho Blue', 'Euler V2']

/**
 * The market's own state under every rule set that reads it alike: the form of eMode must be the same, or whoever is in one would be
 * judged by thresholds that nobody set. Throws UsageError for shocks that mean nothing.
 */
export function compareAnswer(world: RiskWorld, about: RiskQuestions['compare'][0]): CompareAnswer {
  const head = riskHead(world)
  const { book } = world
  const market = book.protocol.market(book.ledger)
  const shocks = groupShocks(groupsOf(market.reserves), about.shocks)
  const own = RULES.find(({ id }) => id === market.rules)
  const [alike, unlike] = [true, false].map((is) => RULES.filter((rules) => isAlike(own, rules) === is)) as [
    Rules[],
    Rules[],
  ]
  return {
    ...head,
    shocks: toShocks(shocks),
    mechanisms: alike.map(({ id }) => toMechanism(id, outcomeOf(underRules(book, id), factorsOf(shocks)))),
    incomparable: unlike.map(({ id }) => id),
    absent: ABSENT,
  }
}

const isAlike = (own: Rules | undefined, { eMode, stableDebt }: Rules): boolean =>
  own !== undefined && own.eMode === eMode && own.stableDebt === stableDebt

/** A second book, since one follows one plug; nothing of the chain is asked for, so that its address is nobody's. */
function underRules(book: Book, rules: string): Book {
  const { head } = book
  if (head === undefined) throw new RangeError(`market ${book.name}: no comparison before its first page`)
  const other = new Book(book.name, aaveV3({ addressesProvider: zeroAddress, rules, priceReadsS: 0n }))
  other.restore(book.checkpoint(head))
  return other
}

const toMechanism = (rules: string, outcome: Outcome): CompareAnswer['mechanisms'][number] => ({
  rules,
  liquidatable: outcome.liquidatable,
  seizedBase: outcome.seizedBase.toString(),
  borrowersLossBase: outcome.borrowersLossBase.toString(),
  liquidatorsProfitBase: outcome.liquidatorsProfitBase.toString(),
  badDebtBase: outcome.badDebtBase.toString(),
  calls: outcome.calls,
})
