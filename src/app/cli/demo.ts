import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { UsageError } from '../../core/errors.ts'

/** `plimsoll demo`: the demo of the repository, in a process of its own (it needs the development packages). */
export async function demo({ keep, open }: { readonly keep: boolean; readonly open: boolean }): Promise<void> {
  const script = fileURLToPath(new URL('../../../scripts/demo/main.ts', import.meta.url))
  if (!existsSync(script))
    throw new UsageError({
      code: 'NO_DEMO',
      what: 'the demo is not part of this installation',
      why: 'it needs the local chains of the repository',
      fix: 'Clone the repository and run: npm run demo',
    })
  const child = spawn(process.execPath, [script, ...(keep ? ['--keep'] : []), ...(open ? ['--open'] : [])], {
    stdio: 'inherit',
  })
  process.exitCode = await new Promise<number>((resolve) => child.on('exit', (code) => resolve(code ?? 1)))
}
