import type { JointAnswer } from '../../../core/risk/move-answers.ts'
import { type Look, tableOf } from './look.ts'
import { parts, type Screen, sheetOf } from './screen.ts'
import { lackingTable } from './sources.ts'
import { answer, heading, money, symbolOf } from './words.ts'

/** `plimsoll risk joint`: two groups moving together. */
export const jointScreen: Screen<'joint'> = {
  text: (joint, look) =>
    parts(
      `${heading(joint, look)}\n${answer(sentence(joint), look)}`,
      `collateral of positions that become liquidatable\n${map(joint, joint.collateralUsd, look)}`,
      joint.badDebtUsd.some((row) => row.some((usd) => usd > 0))
        ? `bad debt\n${map(joint, joint.badDebtUsd, look)}`
        : 'bad debt: none in any of these',
      lackingTable(joint, look),
    ),
  sheet: ({ groups: [first, second], movesPct, collateralUsd, badDebtUsd }) =>
    sheetOf(
      movesPct.flatMap((rowPct, i) => movesPct.map((columnPct, j) => ({ rowPct, columnPct, i, j }))),
      [
        ['first', () => first.symbol],
        ['first_pct', ({ rowPct }) => rowPct],
        ['second', () => second.symbol],
        ['second_pct', ({ columnPct }) => columnPct],
        ['collateral_usd', ({ i, j }) => collateralUsd[i]?.[j] ?? null],
        ['bad_debt_usd', ({ i, j }) => badDebtUsd[i]?.[j] ?? null],
      ],
    ),
}

function sentence({ groups: [first, second], movesPct, collateralUsd }: JointAnswer): string {
  const at = (a: number, b: number): number | undefined => collateralUsd[movesPct.indexOf(a)]?.[movesPct.indexOf(b)]
  const fall = movesPct.includes(-20) ? -20 : Math.min(...movesPct)
  const [both, one, other] = [at(fall, fall), at(fall, 0), at(0, fall)]
  if (both === undefined || one === undefined || other === undefined) return 'Two groups moving together.'
  const [a, b] = [symbolOf(first), symbolOf(second)]
  if (both === 0) return `−${-fall} % on ${a} and ${b} together makes nobody liquidatable.`
  return `−${-fall} % on ${a} and ${b} together makes ${money(both)} of collateral liquidatable; ${a} alone ${money(one)}, ${b} alone ${money(other)}.`
}

/** Characters a cell takes with the space before it. */
const CELL = 8

function map(
  { groups: [first, second], movesPct }: JointAnswer,
  values: JointAnswer['collateralUsd'],
  look: Look,
): string {
  const label = `${symbolOf(first)} \\ ${symbolOf(second)}`
  const shown = spread(movesPct, Math.floor((look.width - label.length - 3) / CELL))
  const columns = shown.map((j) => ({
    head: move(movesPct[j]),
    cell: (i: number) => money(values[i]?.[j] ?? null),
  }))
  const table = tableOf(shown, [{ head: label, cell: (i: number) => move(movesPct[i]) }, ...columns], look)
  return shown.length < movesPct.length
    ? `${table}\n${shown.length} of ${movesPct.length} moves of each: --csv and --json have all`
    : table
}

const move = (pct: number | undefined): string =>
  `${(pct ?? 0) > 0 ? '+' : (pct ?? 0) < 0 ? '−' : ''}${Math.abs(pct ?? 0)} %`

/** So many indices of `moves`, evenly, with that of 0 among them. */
function spread(moves: readonly number[], most: number): readonly number[] {
  const step = Math.max(1, Math.ceil(moves.length / Math.max(1, most)))
  const zero = Math.max(0, moves.indexOf(0))
  return moves.map((_, i) => i).filter((i) => (i - zero) % step === 0)
}
