import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Stage } from '../stage/stage.ts'

/** `plimsoll risk report --html` over the daemon's own store; the file stays where the demo's folder does not. */
export async function writeWaveReport(stage: Stage): Promise<string> {
  const file = join(tmpdir(), 'plimsoll-demo-risk.html')
  const { code, output } = await stage.command('risk', 'report', '--html', file)
  if (code !== 0) throw new Error(`plimsoll risk report ended with ${code}:\n${output.join('\n')}`)
  return file
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
