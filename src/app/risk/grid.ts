import { WAD } from '../../core/math.ts'
import { type Cascade, cascade } from '../../core/risk/cascade.ts'
import type { CascadeGrid } from '../../core/risk/move-answers.ts'
import { isCritical, multiplierOf, smallestFall, sum, volumeOf } from '../../core/risk/multiplier.ts'
import { portraitOf } from '../../core/risk/portrait.ts'
import type { RiskQuestions } from '../../core/risk/questions.ts'
import { parseKappa } from './cascade.ts'
import { chosenGroup, riskHead, toGroup } from './head.ts'
import type { RiskWorld } from './world.ts'

/** Falls in tenths of a per cent. */
const FALLS = [10, 20, 50, 100, 150, 200, 300, 500, 700, 900]
const KAPPAS = [0, 0.25, 0.5, 1]

/** Each cascade is computed once. Without pools only κ = 0 has an answer, and the others are left out. Throws UsageError. */
export function gridAnswer(world: RiskWorld, about: RiskQuestions['grid'][0]): CascadeGrid {
  const { book, exchange } = world
  const head = riskHead(world)
  const group = chosenGroup(portraitOf(book), about.group)
  const kappas = exchange ? KAPPAS : KAPPAS.slice(0, 1)
  const rows = kappas.map((kappa) => {
    const known = new Map<number, Cascade>()
    const at = (tenths: number): Cascade => {
      const factors = new Map([[group.root, (WAD * BigInt(1000 - tenths)) / 1000n]])
      const found = known.get(tenths) ?? cascade(book, exchange, { factors, kappaWad: parseKappa(kappa) })
      known.set(tenths, found)
      return found
    }
    const cells = FALLS.map((tenths) => toCell(at(tenths), { kappa, tenths, root: group.root }))
    const critical = smallestFall(FALLS, (tenths) => isCritical(at(tenths), group.root))
    return { cells, critical: { kappa, fallPct: critical === undefined ? null : critical / 10 } }
  })
  return {
    ...head,
    group: toGroup(group),
    cells: rows.flatMap(({ cells }) => cells),
    critical: rows.map(({ critical }) => critical),
    lacks: exchange ? [] : ['depth'],
  }
}

const toCell = (
  found: Cascade,
  { kappa, tenths, root }: { readonly kappa: number; readonly tenths: number; readonly root: `0x${string}` },
): CascadeGrid['cells'][number] => ({
  fallPct: tenths / 10,
  kappa,
  multiplier: multiplierOf(found, root),
  seizedBase: `${sum(found.rounds, volumeOf)}`,
  badDebtBase: `${sum(found.rounds, ({ calls }) => sum(calls, ({ badDebtBase }) => badDebtBase))}`,
  rounds: found.rounds.length,
  stopped: found.stopped,
})
