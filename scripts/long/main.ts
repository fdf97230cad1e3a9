import { parseArgs } from 'node:util'
import { type ContractSet, contractSets, isContractSet } from '../differential/ground.ts'
import { describeFailure, table } from '../differential/report.ts'
import { run } from '../differential/run.ts'
import { addRun, readTotals, saveTotals, type Totals } from '../differential/totals.ts'

const usage = `npm run test:long -- --minutes M [options]
  Random actions on the real contracts, seed after seed, the mirror compared after every block.
  --minutes M     stop after the seed in which so many minutes are over
  --seed S        begin with this seed; those done before are left out (default 1)
  --set SET       only this set of contracts: ${contractSets.join(', ')} (default: all in turn)
  --actions N     actions a seed (default 1000)
  --state FOLDER  where the totals are kept, and added to (default tmp/differential)
Exit code 1 when mirror and chain differed in a seed of this run; a killed run loses at most its current seed.`

interface Settings {
  readonly minutes: number
  readonly seed: number
  readonly sets: readonly ContractSet[]
  readonly actions: number
  readonly state: string
}

function readSettings(args: readonly string[]): Settings {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: [...args],
    options: { minutes: text, seed: text, set: text, actions: text, state: text, help: { type: 'boolean' } },
  })
  const { set, state = 'tmp/differential' } = values
  const number = (name: 'minutes' | 'seed' | 'actions', fallback: number): number => {
    const value = Number(values[name] ?? fallback)
    if (!(value >= 0)) throw new Error(`--${name} must be a number\n\n${usage}`)
    return value
  }
  if (values.help || values.minutes === undefined) throw new Error(usage)
  if (set !== undefined && !isContractSet(set)) throw new Error(`no set "${set}"\n\n${usage}`)
  const sets = set === undefined ? contractSets : [set]
  return { minutes: number('minutes', 0), seed: number('seed', 1), sets, actions: number('actions', 1_000), state }
}

const say = (line: string): void => void process.stderr.write(`${line}\n`)

async function main(args: readonly string[]): Promise<number> {
  const { minutes, seed: first, sets, actions, state } = readSettings(args)
  const end = performance.now() + minutes * 60_000
  let totals = readTotals(state)
  let failed = 0
  for (let seed = first; performance.now() < end; seed++)
    for (const set of sets) {
      if (totals.sets[set]?.seeds.includes(seed) || performance.now() >= end) continue
      const began = performance.now()
      const { tally, failure } = await run({ set, seed, actions })
      const seconds = (performance.now() - began) / 1000
      totals = addRun(totals, { set, seed, tally, failure, seconds })
      saveTotals(state, totals)
      if (failure !== undefined) failed++
      say(failure ? describeFailure(failure) : progress(totals, set, seed, seconds))
    }
  for (const set of sets) process.stdout.write(summary(totals, set))
  return failed === 0 ? 0 : 1
}

function progress({ sets }: Totals, set: ContractSet, seed: number, seconds: number): string {
  const done = sets[set]
  return `${set}, seed ${seed}: exact, ${seconds.toFixed(1)} s; ${done?.tally.actions} actions in ${done?.seeds.length} seeds so far`
}

function summary({ sets }: Totals, set: ContractSet): string {
  const done = sets[set]
  if (done === undefined) return `\n${set}: nothing done yet\n`
  const { tally, seeds, failures, seconds } = done
  const speed = Math.round((60 * tally.actions) / seconds)
  return `\n${set}: ${seeds.length} seeds, ${failures.length} with differences, ${speed} actions a minute\n${table(tally)}\n`
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  return 2
})
