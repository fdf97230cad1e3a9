import { type ContractSet, contractSets } from '../differential/ground.ts'
import { readTotals, type SetTotals } from '../differential/totals.ts'
import type { Context } from './main.ts'

type Row = Record<string, unknown>

/** What `npm run test:long` has gathered so far; `--state FOLDER` where it is not the default. Nothing is run here. */
export async function run({ args }: Context): Promise<Row> {
  const at = args.indexOf('--state')
  const folder = at < 0 ? 'tmp/differential' : String(args[at + 1])
  const { sets } = readTotals(folder)
  const done = contractSets.flatMap((set) => {
    const totals = sets[set]
    return totals === undefined ? [] : [{ set, totals }]
  })
  if (done.length === 0) throw new Error(`nothing in ${folder} yet: npm run test:long -- --minutes 10`)
  return {
    gathered: 'npm run test:long -- --minutes M --seed S',
    totals: sideBySide(
      'figure',
      done.map(({ set, totals }) => ({ set, column: figuresOf(totals) })),
    ),
    'actions, accepted of tried': sideBySide(
      'action',
      done.map(({ set, totals }) => ({ set, column: acceptedOf(totals) })),
    ),
  }
}

/** A row for each key that any set has, a column for each set. */
function sideBySide(head: string, sets: readonly { readonly set: ContractSet; readonly column: Row }[]): Row[] {
  const keys = [...new Set(sets.flatMap(({ column }) => Object.keys(column)))]
  return keys.map((key) => ({
    [head]: key,
    ...Object.fromEntries(sets.map(({ set, column }) => [set, column[key] ?? '–'])),
  }))
}

const NAMES = {
  actions: 'actions',
  blocks: 'blocks',
  reorgs: 'reorganisations',
  comparisons: 'accounts compared',
  fields: 'fields compared',
  silent: 'accounts without a price, on both sides',
  liquidations: 'liquidations',
  deficits: 'debts written off',
  predictions: 'calls foretold, amounts or refusal',
  rebuilds: 'mirrors built anew and compared',
} as const

function figuresOf({ tally, seeds, failures, seconds }: SetTotals): Row {
  const counts = Object.entries(NAMES).map(([key, name]) => [name, tally[key as keyof typeof NAMES]])
  return {
    seeds: ranges(seeds),
    ...Object.fromEntries(counts),
    'seeds with a difference': failures.length === 0 ? 0 : failures.map(({ seed }) => seed).join(', '),
    'actions a minute': Math.round((60 * tally.actions) / seconds),
  }
}

const acceptedOf = ({ tally }: SetTotals): Row =>
  Object.fromEntries(
    Object.entries(tally.kinds)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([name, { tried, succeeded }]) => [name, `${succeeded} of ${tried}`]),
  )

/** 1, 2, 3, 7 as "1-3, 7". */
function ranges(seeds: readonly number[]): string {
  const parts: [number, number][] = []
  for (const seed of seeds) {
    const last = parts.at(-1)
    if (last !== undefined && last[1] + 1 === seed) last[1] = seed
    else parts.push([seed, seed])
  }
  return parts.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ')
}
