/**
 * node scripts/race/fit.ts FILE [--write | --check]
 *
 * FILE: `opportunities_arbitrum.jsonl.gz` of the data set (`docs/race.md` says where it is), or its condensed form
 * `test/fixtures/race-lateness.json`. Prints the figures. `--write` makes the condensed form anew (then `npm run generate`
 * for the table); `--check` compares it and the table with what is committed and exits 1 on a difference.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../generated.ts'
import { figures } from './figures.ts'
import { FIXTURE, type Lateness, readLateness, renderLateness } from './lateness.ts'
import { fit, renderTable } from './model.ts'

export const USAGE = 'usage: node scripts/race/fit.ts FILE.jsonl.gz|FILE.json [--write | --check]'
const TABLE = 'src/core/race-table.ts'
const say = (line: string) => process.stderr.write(`${line}\n`)

function main([file, option, ...rest]: readonly string[]): number {
  if (file === undefined || rest.length > 0 || ![undefined, '--write', '--check'].includes(option)) {
    say(USAGE)
    return 2
  }
  const lateness = readLateness(file)
  if (option === '--check') return check(lateness)
  const { designEffect } = fit(lateness)
  process.stdout.write(`${JSON.stringify({ ...figures(lateness), designEffect }, undefined, 2)}\n`)
  if (option === '--write') {
    writeFileSync(FIXTURE, renderLateness(lateness))
    say(`wrote ${FIXTURE}; \`npm run generate\` makes ${TABLE} of it`)
  }
  return 0
}

function check(lateness: Lateness): number {
  const same = {
    [FIXTURE]: renderLateness(readLateness(FIXTURE)) === renderLateness(lateness),
    [TABLE]: readFileSync(join(root, TABLE), 'utf8') === renderTable(lateness),
  }
  const different = Object.entries(same).filter(([, isSame]) => !isSame)
  for (const [path] of different) say(`${path} is not what the data give`)
  if (different.length === 0) say('fixture and table are what the data give')
  return different.length === 0 ? 0 : 1
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2))
