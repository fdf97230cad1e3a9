/** `plimsoll risk …` as it is typed, with a desk that has its answers ready. */
import { Command } from '@commander-js/extra-typings'
import { riskCommand } from '../../../../src/app/cli/risk/command.ts'
import type { GlobalOptions } from '../../../../src/app/cli/session.ts'
import type { RiskDesk } from '../../../../src/core/ports.ts'
import { MARKET } from '../../risk/example-parts.ts'

interface Said {
  readonly stdout: string
  readonly stderr: string
}

/** What it says on stdout. */
export const typed = async (...typing: Parameters<typeof run>): Promise<string> => (await run(...typing)).stdout

export async function run(
  args: readonly string[],
  desk: RiskDesk,
  markets: readonly string[] = [MARKET],
): Promise<Said> {
  const program = new Command('plimsoll').option('--json', '', false).option('--no-color').exitOverride()
  riskCommand(program, {
    globals: (command) => ({
      config: '',
      verbose: false,
      ...(command.optsWithGlobals() as Pick<GlobalOptions, 'json' | 'color'>),
    }),
    signal: new AbortController().signal,
    withDesk: (_global, { market }, _signal, work) => work(desk, market === undefined ? markets : [market]),
  })
  return captured(() => program.parseAsync(['risk', ...args], { from: 'user' }))
}

/** What is written meanwhile. */
async function captured(work: () => Promise<unknown>): Promise<Said> {
  const said = { stdout: '', stderr: '' }
  const originals = { stdout: process.stdout.write, stderr: process.stderr.write }
  for (const name of ['stdout', 'stderr'] as const)
    process[name].write = ((text: string) => {
      said[name] += text
      return true
    }) as typeof originals.stdout
  try {
    await work()
  } finally {
    for (const name of ['stdout', 'stderr'] as const) process[name].write = originals[name]
  }
  return said
}
