import { parseArgs } from 'node:util'
import { isContractSet } from './ground.ts'
import { describeFailure, table } from './report.ts'
import { run } from './run.ts'

const usage = `node scripts/differential/main.ts --set SET --seed N [--actions N]
  One seed of random actions on real contracts, the mirror compared after every block.`

async function main(args: readonly string[]): Promise<number> {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: [...args],
    options: { set: text, seed: text, actions: text, skip: text, explain: { type: 'boolean' } },
  })
  const { set = 'aave-v3.6', seed = '1', actions = '1000' } = values
  if (!isContractSet(set)) throw new Error(usage)
  const skip = new Set((values.skip ?? '').split(',').filter(Boolean).map(Number))
  const reasons = new Map<string, number>()
  const explain = (kind: string, reason: string) => {
    const key = `${kind}: ${reason}`
    reasons.set(key, (reasons.get(key) ?? 0) + 1)
  }
  const began = performance.now()
  const { tally, failure } = await run({
    set,
    seed: Number(seed),
    actions: Number(actions),
    skip,
    ...(values.explain ? { explain } : {}),
  })
  const seconds = (performance.now() - began) / 1000
  process.stdout.write(`${table(tally)}\n`)
  for (const [key, count] of [...reasons].sort()) process.stdout.write(`${count} × ${key}\n`)
  process.stdout.write(`${seconds.toFixed(1)} s, ${Math.round((tally.actions / seconds) * 60)} actions a minute\n`)
  if (failure === undefined) return 0
  process.stdout.write(`${describeFailure(failure)}\n`)
  return 1
}

process.exitCode = await main(process.argv.slice(2))
