import { BUGS } from '../planted/bugs.ts'
import { plantAll } from '../planted/run.ts'
import type { Context } from './main.ts'

/** Every planted bug, and the test that noticed. Throws when one was not: then there is nothing to show. `--jobs N`. */
export async function run({ args, say }: Context): Promise<Record<string, unknown>> {
  const at = args.indexOf('--jobs')
  const jobs = at < 0 ? 1 : Number(args[at + 1])
  const outcomes = await plantAll({ bugs: BUGS, jobs, say })
  const missed = outcomes.filter(({ came }) => came !== 'caught')
  if (missed.length > 0) throw new Error(missed.map(({ id, came, detail }) => `${id} ${came}: ${detail}`).join('\n'))
  return {
    planted: outcomes.length,
    caught: outcomes.length,
    bugs: outcomes.map(({ id, what, test, seconds }) => ({ id, 'what is wrong': what, 'caught by': test, s: seconds })),
  }
}
