import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Stage } from '../stage/stage.ts'

/** Stays where the demo's own folder does not. */
export const REPORT = join(tmpdir(), 'plimsoll-demo-risk.html')

/** `plimsoll risk report --html` over the daemon's own store. */
export async function writeWaveReport(stage: Stage, file: string): Promise<void> {
  const { code, output } = await stage.command('risk', 'report', '--html', file)
  if (code !== 0) throw new Error(`plimsoll risk report ended with ${code}:\n${output.join('\n')}`)
}

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
}

/** With whatever this system opens such a file with; why not, where it has nothing for it. */
export function openFile(file: string): Promise<string | undefined> {
  const [opener, ...args] = OPENERS[process.platform] ?? ['xdg-open']
  return new Promise((resolve) => {
    const child = spawn(opener, [...args, file], { stdio: 'ignore', detached: true })
    child.once('error', ({ message }) => resolve(message))
    child.once('spawn', () => {
      child.unref()
      resolve(undefined)
    })
  })
}
