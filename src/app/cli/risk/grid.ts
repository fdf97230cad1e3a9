import type { CascadeGrid } from '../../../core/risk/move-answers.ts'
import { type Look, tableOf } from './look.ts'
import { parts, type Screen, sheetOf } from './screen.ts'
import { lackingTable } from './sources.ts'
import { answer, heading, moneyBase, NONE, symbolOf, times } from './words.ts'

type GridCell = CascadeGrid['cells'][number]

/** `plimsoll risk grid`: how far falls go on by themselves, by how much of a sale reaches the oracle. */
export const gridScreen: Screen<'grid'> = {
  text: (grid, look) =>
    parts(
      `${heading(grid, look)}\n${answer(sentence(grid), look)}`,
      `multiplier: whole fall over the shock, by pass-through κ\n${matrix(grid, multiplierText, look)}`,
      `seized\n${matrix(grid, ({ seizedBase }) => moneyBase(seizedBase), look)}`,
      grid.cells.some(({ badDebtBase }) => BigInt(badDebtBase) > 0n)
        ? `bad debt\n${matrix(grid, ({ badDebtBase }) => moneyBase(badDebtBase), look)}`
        : 'bad debt: none in any of these',
      lackingTable(grid, look),
    ),
  sheet: ({ cells, group }) =>
    sheetOf(cells, [
      ['group', () => group.symbol],
      ['fall_pct', ({ fallPct }) => fallPct],
      ['kappa', ({ kappa }) => kappa],
      ['multiplier', ({ multiplier }) => multiplier],
      ['seized_base', ({ seizedBase }) => seizedBase],
      ['bad_debt_base', ({ badDebtBase }) => badDebtBase],
      ['rounds', ({ rounds }) => rounds],
      ['stopped', ({ stopped }) => stopped],
    ]),
}

/** Where nothing can be sold any more the figure is only how far it had come. */
const multiplierText = ({ multiplier, stopped }: GridCell): string =>
  stopped === 'pools-drained' ? 'drained' : times(multiplier)

function sentence({ critical, group }: CascadeGrid): string {
  const runaway = critical.filter(({ fallPct }) => fallPct !== null)
  const away = 'away (multiplier above 2, or the pools drained)'
  if (runaway.length === 0) return `No fall of ${symbolOf(group)} up to 90 % runs ${away}, at any pass-through.`
  const each = runaway.map(({ kappa, fallPct }) => `${fallPct} % at κ ${kappa}`)
  return `A fall of ${symbolOf(group)} runs ${away} from ${each.join(', ')} on.`
}

function matrix({ cells }: CascadeGrid, show: (cell: GridCell) => string, look: Look): string {
  const kappas = [...new Set(cells.map(({ kappa }) => kappa))]
  const falls = [...new Set(cells.map(({ fallPct }) => fallPct))]
  const cellAt = (fallPct: number, kappa: number): string => {
    const cell = cells.find((one) => one.fallPct === fallPct && one.kappa === kappa)
    return cell === undefined ? NONE : show(cell)
  }
  const columns = kappas.map((kappa) => ({
    head: `κ ${kappa}`,
    cell: (fall: number) => cellAt(fall, kappa),
  }))
  return tableOf(falls, [{ head: 'fall', cell: (fall) => `−${fall} %` }, ...columns], look)
}
