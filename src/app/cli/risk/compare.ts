import type { CompareAnswer } from '../../../core/risk/move-answers.ts'
import { tableOf, wrap } from './look.ts'
import { parts, type Screen, sheetOf } from './screen.ts'
import { shocksText } from './shocks.ts'
import { lackingTable } from './sources.ts'
import { answer, count, heading, moneyBase, symbol } from './words.ts'

/** `plimsoll risk compare`: the same positions and the same fall under other rules of liquidation. */
export const compareScreen: Screen<'compare'> = {
  text: (told, look) =>
    parts(
      `${heading(told, look)}\n${answer(sentence(told), look)}`,
      tableOf(
        told.mechanisms,
        [
          { head: 'rules', cell: ({ rules }) => rules, left: true },
          { head: 'liquidatable', cell: ({ liquidatable }) => count(liquidatable) },
          { head: 'calls', cell: ({ calls }) => count(calls) },
          { head: 'seized', cell: ({ seizedBase }) => moneyBase(seizedBase) },
          { head: 'owners lose', cell: (row) => moneyBase(row.borrowersLossBase) },
          { head: 'keepers earn', cell: (row) => moneyBase(row.liquidatorsProfitBase) },
          { head: 'bad debt', cell: ({ badDebtBase }) => moneyBase(badDebtBase) },
        ],
        look,
      ),
      wrap(left(told), look.width),
      lackingTable(told, look),
    ),
  sheet: ({ mechanisms }) =>
    sheetOf(mechanisms, [
      ['rules', ({ rules }) => rules],
      ['liquidatable', ({ liquidatable }) => liquidatable],
      ['calls', ({ calls }) => calls],
      ['seized_base', ({ seizedBase }) => seizedBase],
      ['borrowers_loss_base', ({ borrowersLossBase }) => borrowersLossBase],
      ['liquidators_profit_base', ({ liquidatorsProfitBase }) => liquidatorsProfitBase],
      ['bad_debt_base', ({ badDebtBase }) => badDebtBase],
    ]),
}

function left({ absent, incomparable }: CompareAnswer): string {
  const unlike =
    incomparable.length === 0
      ? ''
      : `Not compared, since this market means something else to them: ${incomparable.map((name) => symbol(name, 40)).join(', ')}. `
  return absent.length === 0
    ? unlike.trim()
    : `${unlike}Not compared, since no rules of them are here: ${absent.join(', ')}.`
}

function sentence({ shocks, mechanisms }: CompareAnswer): string {
  const shock = shocksText(shocks)
  if (mechanisms.every(({ liquidatable }) => liquidatable === 0))
    return `${shock} makes nobody liquidatable under any of these rules.`
  const byLoss = mechanisms.toSorted((a, b) => compareBase(a.borrowersLossBase, b.borrowersLossBase))
  const byDebt = mechanisms.toSorted((a, b) => compareBase(a.badDebtBase, b.badDebtBase))
  const [kind, harsh, safe, leaky] = [byLoss.at(0), byLoss.at(-1), byDebt.at(0), byDebt.at(-1)]
  if (!kind || !harsh || !safe || !leaky) return `${shock}: no rules to compare.`
  const owners =
    kind.borrowersLossBase === harsh.borrowersLossBase
      ? `owners lose ${moneyBase(kind.borrowersLossBase)} under all of these rules`
      : `owners lose least under ${kind.rules} (${moneyBase(kind.borrowersLossBase)}), most under ${harsh.rules} (${moneyBase(harsh.borrowersLossBase)})`
  const debt =
    safe.badDebtBase === leaky.badDebtBase
      ? `bad debt is ${moneyBase(safe.badDebtBase)} under all`
      : `bad debt is least under ${safe.rules} (${moneyBase(safe.badDebtBase)})`
  return `${shock}: ${owners}; ${debt}.`
}

const compareBase = (a: string, b: string): number => Number(BigInt(a) - BigInt(b))
