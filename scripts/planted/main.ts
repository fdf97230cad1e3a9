import { parseArgs } from 'node:util'
import Table from 'cli-table3'
import { BUGS } from './bugs.ts'
import { type Outcome, plantAll } from './run.ts'

const usage = `npm run planted -- [options]
  Plants bugs on purpose in a copy of the sources, one at a time, and runs the test that must notice.
  --only ID   only this one; may be repeated
  --list      what there is; nothing is run
  --jobs N    so many copies side by side (default 1)
  --json      outcomes as JSON
Exit code 1 when a bug was not caught.`

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true },
      list: { type: 'boolean' },
      jobs: { type: 'string', default: '1' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) throw new Error(usage)
  const bugs = values.only ? values.only.map(find) : BUGS
  if (values.list) {
    print(values.json, bugs, ['bug', 'what'], ({ id, what }) => [id, what])
    return 0
  }
  const jobs = Number(values.jobs)
  if (!(Number.isInteger(jobs) && jobs > 0)) throw new Error(`--jobs must be a number above 0\n\n${usage}`)
  const outcomes = await plantAll({ bugs, jobs, say })
  print(values.json, outcomes, ['bug', 'came', 'test', 's'], rowOf)
  return outcomes.every(({ came }) => came === 'caught') ? 0 : 1
}

function find(id: string): (typeof BUGS)[number] {
  const found = BUGS.find((bug) => bug.id === id)
  if (found === undefined) throw new Error(`no bug "${id}": ${BUGS.map((bug) => bug.id).join(', ')}`)
  return found
}

const rowOf = ({ id, came, test, detail, seconds }: Outcome): readonly string[] => [
  id,
  came,
  came === 'broken' ? detail : test,
  seconds.toFixed(1),
]

function print<T>(
  json: boolean | undefined,
  rows: readonly T[],
  head: string[],
  row: (of: T) => readonly string[],
): void {
  if (json) return void process.stdout.write(`${JSON.stringify({ schemaVersion: 1, bugs: rows }, undefined, 2)}\n`)
  const table = new Table({ head, style: { head: [], border: [], compact: true } })
  for (const one of rows) table.push([...row(one)])
  process.stdout.write(`${table.toString()}\n`)
}

const say = (line: string): void => void process.stderr.write(`${line}\n`)

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error))
  return 2
})
