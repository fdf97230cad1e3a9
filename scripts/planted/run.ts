import type { Bug, Catcher } from './bug.ts'
import { Copy } from './copy.ts'
import { runTest, type Verdict } from './mocha.ts'

export interface Outcome {
  readonly id: string
  readonly what: string
  readonly test: string
  /** `survived`: the test passed. `broken`: it failed otherwise than by what it asserts, or is not the one that failed. */
  readonly came: 'caught' | 'survived' | 'broken'
  /** The test that failed, or what went wrong. */
  readonly detail: string
  readonly seconds: number
}

export interface Options {
  readonly bugs: readonly Bug[]
  /** Copies that are worked in side by side. */
  readonly jobs: number
  readonly say: (line: string) => void
}

/** Throws when a named test does not pass without a bug; then plants one after the other. Outcomes in the order of `bugs`. */
export async function plantAll({ bugs, jobs, say }: Options): Promise<readonly Outcome[]> {
  const copies = Array.from({ length: Math.max(1, Math.min(jobs, bugs.length)) }, () => new Copy())
  try {
    const catchers = new Map(bugs.map(({ caughtBy }) => [nameOf(caughtBy), caughtBy]))
    say(`${catchers.size} tests without a bug`)
    await shared(copies, [...catchers.values()], async (copy, catcher) => {
      const verdict = await runTest(copy.folder, catcher)
      if (typeof verdict === 'string' || !isGreen(verdict))
        throw new Error(`${nameOf(catcher)}: does not pass without a bug. ${describe(verdict)}`)
    })
    say(`${bugs.length} bugs, one at a time`)
    return await shared(copies, bugs, async (copy, bug) => {
      const outcome = await tryOne(copy, bug)
      say(`${outcome.came} ${bug.id} (${outcome.seconds} s)`)
      return outcome
    })
  } finally {
    for (const copy of copies) copy[Symbol.dispose]()
  }
}

async function tryOne(copy: Copy, bug: Bug): Promise<Outcome> {
  const began = performance.now()
  const verdict = await copy.with(bug, () => runTest(copy.folder, bug.caughtBy))
  const seconds = Math.round((performance.now() - began) / 100) / 10
  return { id: bug.id, what: bug.what, test: nameOf(bug.caughtBy), ...judge(verdict, bug.caughtBy), seconds }
}

function judge(verdict: Verdict | string, { title }: Catcher): Pick<Outcome, 'came' | 'detail'> {
  if (typeof verdict === 'string') return { came: 'broken', detail: verdict }
  if (isGreen(verdict)) return { came: 'survived', detail: describe(verdict) }
  const named = verdict.failed.find((failure) => failure.byAssertion && failure.title.includes(title))
  return named ? { came: 'caught', detail: named.title } : { came: 'broken', detail: describe(verdict) }
}

const isGreen = ({ passed, skipped, failed }: Verdict): boolean => failed.length === 0 && skipped === 0 && passed > 0

const describe = (verdict: Verdict | string): string => {
  if (typeof verdict === 'string') return verdict
  const [first] = verdict.failed
  return first ? `${first.title}: ${first.message}` : `${verdict.passed} passed, ${verdict.skipped} skipped`
}

const nameOf = ({ file, title }: Catcher): string => `${file}: ${title}`

/** Every item by whichever copy is free; results in the order of the items. */
async function shared<T, R>(
  copies: readonly Copy[],
  items: readonly T[],
  work: (copy: Copy, item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = []
  const queue = items.entries()
  await Promise.all(
    copies.map(async (copy) => {
      for (const [i, item] of queue) results[i] = await work(copy, item)
    }),
  )
  return results
}
