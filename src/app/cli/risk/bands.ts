import type { Rung } from '../../../core/risk/answers.ts'

/** Where the steps shown end: single per cents while they are near, wider ones where nobody counts them. */
const EDGES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100] as const

/** Rungs as a terminal shows them: joined to wider steps, those without anybody at the far end left out. */
export function rungsShown(rungs: readonly Rung[]): readonly Rung[] {
  const joined: Rung[] = []
  for (const rung of rungs) {
    const last = joined.at(-1)
    if (last !== undefined && bandOf(last) === bandOf(rung)) joined[joined.length - 1] = join(last, rung)
    else joined.push(rung)
  }
  const end = joined.findLastIndex(({ accounts }) => accounts > 0)
  return joined.slice(0, end + 1)
}

const bandOf = ({ toPct }: Rung): number => EDGES.find((edge) => toPct <= edge) ?? Number.POSITIVE_INFINITY

const join = (a: Rung, b: Rung): Rung => ({
  fromPct: a.fromPct,
  toPct: b.toPct,
  accounts: a.accounts + b.accounts,
  collateralUsd: a.collateralUsd + b.collateralUsd,
  oneCallUsd: a.oneCallUsd + b.oneCallUsd,
  sequenceUsd: a.sequenceUsd + b.sequenceUsd,
  debtUsd: a.debtUsd + b.debtUsd,
  badDebtUsd: a.badDebtUsd + b.badDebtUsd,
  cliff: a.cliff ?? b.cliff,
})
