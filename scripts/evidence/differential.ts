import { contractSets } from '../differential/ground.ts'
import { readTotals, type SetTotals } from '../differential/totals.ts'
import type { Context } from './main.ts'

/** What `npm run test:long` has gathered so far; `--state FOLDER` where it is not the default. Nothing is run here. */
export async function run({ args }: Context): Promise<Record<string, unknown>> {
  const at = args.indexOf('--state')
  const folder = at < 0 ? 'tmp/differential' : String(args[at + 1])
  const { sets } = readTotals(folder)
  const rows = contractSets.flatMap((set) => {
    const done = sets[set]
    return done === undefined ? [] : [{ contracts: set, ...figuresOf(done) }]
  })
  if (rows.length === 0) throw new Error(`nothing in ${folder} yet: npm run test:long -- --minutes 10`)
  return { gathered: 'npm run test:long -- --minutes M --seed S', sets: rows }
}

function figuresOf({ tally, seeds, failures, seconds }: SetTotals): Record<string, unknown> {
  const { kinds, ...counts } = tally
  return {
    seeds: ranges(seeds),
    ...counts,
    mismatches: failures.length,
    'failing seeds': failures.map(({ seed }) => seed),
    seconds,
    'actions a minute': Math.round((60 * tally.actions) / seconds),
    kinds,
  }
}

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
