import type { CascadeAnswer } from '../../../core/risk/move-answers.ts'
import { type Look, tableOf, wrap } from './look.ts'
import { parts, type Screen, sheetOf } from './screen.ts'
import { shocksText } from './shocks.ts'
import { lackingTable } from './sources.ts'
import {
  answer,
  count,
  heading,
  measured,
  money,
  moneyBase,
  NONE,
  plural,
  price,
  share,
  short,
  symbol,
  symbolOf,
  times,
} from './words.ts'

/** `plimsoll risk cascade`: a shock, what it liquidates, what selling that does to the price, and so on to the end. */
export const cascadeScreen: Screen<'cascade'> = {
  text: (cascade, look) =>
    parts(
      `${heading(cascade, look)}\n${answer(sentence(cascade), look)}`,
      cascade.rounds.length === 0 ? '' : wrap(ends(cascade), look.width),
      roundsTable(cascade, look),
      deficitsTable(cascade, look),
      topTable(cascade, look),
      lackingTable(cascade, look),
    ),
  sheet: ({ rounds, kappa, group }) =>
    sheetOf(rounds, [
      ['group', () => group.symbol],
      ['kappa', () => kappa],
      ['round', ({ round }) => round],
      ['price_usd8', (round) => round.price],
      ['calls', ({ calls }) => calls],
      ['seized_base', ({ seizedBase }) => seizedBase],
      ['repaid_base', ({ repaidBase }) => repaidBase],
      ['sold_for_base', ({ soldForBase }) => soldForBase],
      ['bad_debt_base', ({ badDebtBase }) => badDebtBase],
      ['branching', ({ branching }) => branching],
    ]),
}

function sentence({ shocks, kappa, rounds, calls, accounts, seizedBase, badDebtBase, ...rest }: CascadeAnswer): string {
  const { group, finalPrice, multiplier } = rest
  const shock = `${shocksText(shocks)} with pass-through ${kappa}`
  if (rounds.length === 0)
    return `${shock} liquidates nobody: nothing is sold, and prices stay where the shock left them.`
  const fall = Number(finalPrice) / Number(group.price) - 1
  const takes = `${plural(calls, 'call')} in ${plural(rounds.length, 'round')} take ${moneyBase(seizedBase)} from ${plural(accounts, 'account')}`
  const debt = BigInt(badDebtBase) > 0n ? `, bad debt ${moneyBase(badDebtBase)}` : ', no bad debt'
  const through = multiplier === null ? '' : ` (multiplier ${times(multiplier)})`
  return `${shock} takes ${symbolOf(group)} ${fall <= 0 ? 'down' : 'up'} ${short(Math.abs(fall) * 100)} % to ${price(finalPrice)}${through}: ${takes}${debt}.`
}

const STOPPED = {
  settled: 'It settled: nobody is liquidatable any more.',
  refused: 'It ended because the market lets nobody call whoever is left.',
  'pools-drained': 'It ended because the pools were drained: what is left cannot be sold.',
  rounds: 'It was still going on when the most rounds allowed were done.',
} as const

function ends({ stopped, left, bonusBase, lossBase, unsoldBase, branching }: CascadeAnswer): string {
  const loss =
    BigInt(lossBase) > 0n ? ` Of it ${moneyBase(lossBase)} was sold below its debt: a loss to whoever acts.` : ''
  const unsold = BigInt(unsoldBase) > 0n ? ` ${moneyBase(unsoldBase)} could not be sold for want of pools.` : ''
  const ratio = branching === null ? '' : ` Each dollar seized set off ${short(branching)} more (branching ratio).`
  const rest =
    left.accounts > 0
      ? ` ${plural(left.accounts, 'account')} with ${moneyBase(left.debtBase)} of debt ${left.accounts === 1 ? 'stays' : 'stay'} liquidatable.`
      : ''
  return `${STOPPED[stopped]}${rest} Liquidators' bonus: ${moneyBase(bonusBase)}.${ratio}${loss}${unsold}`
}

function roundsTable({ rounds }: CascadeAnswer, look: Look): string {
  if (rounds.length === 0) return ''
  return tableOf(
    rounds,
    [
      { head: 'round', cell: ({ round }) => count(round) },
      { head: 'at price', cell: (round) => price(round.price) },
      { head: 'calls', cell: ({ calls }) => count(calls) },
      { head: 'seized', cell: ({ seizedBase }) => moneyBase(seizedBase) },
      { head: 'repaid', cell: ({ repaidBase }) => moneyBase(repaidBase) },
      { head: 'sold for', cell: ({ soldForBase }) => moneyBase(soldForBase) },
      { head: 'bad debt', cell: ({ badDebtBase }) => moneyBase(badDebtBase) },
      { head: 'branching', cell: ({ branching }) => times(branching) },
    ],
    look,
  )
}

/** What pools burn, and what insures it. */
function deficitsTable({ deficits }: CascadeAnswer, look: Look): string {
  if (deficits.length === 0) return ''
  return tableOf(
    deficits,
    [
      { head: 'deficit of', cell: (row) => symbol(row.symbol), left: true },
      { head: 'burnt by the pool', cell: ({ valueBase }) => moneyBase(valueBase) },
      { head: 'insured by', cell: ({ insuranceUsd }) => measured(insuranceUsd, money) },
    ],
    look,
  )
}

function topTable({ top, seizedBase }: CascadeAnswer, look: Look): string {
  if (top.length === 0) return ''
  const all = Number(seizedBase)
  return tableOf(
    top,
    [
      { head: 'most taken from', cell: ({ address }) => address, left: true },
      { head: 'seized', cell: (row) => moneyBase(row.seizedBase) },
      { head: 'of all', cell: (row) => (all > 0 ? share(Number(row.seizedBase) / all) : NONE) },
      { head: 'round', cell: ({ round }) => count(round) },
      { head: 'repaid', cell: (row) => moneyBase(row.repaidBase), from: 96 },
      { head: 'bad debt', cell: (row) => moneyBase(row.badDebtBase), from: 96 },
    ],
    look,
  )
}
