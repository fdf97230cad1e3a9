import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Sheet } from '../../src/core/sheet.ts'
import { inTurn } from './clock.ts'
import { random } from './market.ts'

const SOURCE = fileURLToPath(new URL('./sweep.c', import.meta.url))
const COMPILER: string = 'cc'
const ACCOUNTS = 1_000_000
const COLUMNS = 30

export interface Native {
  readonly ourMs: number
  /** Undefined: there is no C compiler here. */
  readonly nativeMs: number | undefined
}

/** The sheet's loop over a million rows, here and compiled by `cc -O3 -march=native`, in turn. */
export async function native(): Promise<Native> {
  const sheet = madeUp()
  const rates = {
    rate: new Float64Array(COLUMNS).map((_, i) => 1 + i * 0.01),
    grain: new Float64Array(COLUMNS).fill(1),
  }
  const into = new Int32Array(ACCOUNTS)
  const screen = (): unknown => sheet.screen(rates, { relative: 16 * 2 ** -52, absolute: 1 }, into)
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'))
  try {
    const program = compile(join(folder, 'sweep'))
    const theirs: number[] = []
    const ours: number[] = []
    for (let turn = 0; turn < 5; turn++) {
      if (program) theirs.push(Number(execFileSync(program, [`${ACCOUNTS}`, '9'], { encoding: 'utf8' }).split(' ')[0]))
      ours.push((await inTurn(9, { screen })).screen.medianMs)
    }
    const median = (all: readonly number[]): number => [...all].sort((a, b) => a - b)[2] ?? 0
    return { ourMs: median(ours), nativeMs: program ? median(theirs) : undefined }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function compile(to: string): string | undefined {
  try {
    execFileSync(COMPILER, ['-O3', '-march=native', '-o', to, SOURCE], { stdio: 'ignore' })
    return to
  } catch {
    return undefined
  }
}

/** Rows of the same make as those of `sweep.c`. */
function madeUp(): Sheet {
  const sheet = new Sheet()
  const next = random(1)
  const entry = (isDebt: boolean) => ({
    column: Math.floor(next() * 15) * 2 + (isDebt ? 1 : 0),
    weight: (isDebt ? -40 : 100) * (1 + next()),
  })
  for (let account = 0; account < ACCOUNTS; account++)
    sheet.set(account, [entry(false), entry(false), entry(true), ...(next() < 0.5 ? [entry(true)] : [])])
  return sheet
}
