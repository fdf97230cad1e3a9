import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** A process of ours whose lines are read as they come. */
export interface Child {
  readonly pid: number
  /** The first line of output or error that `match` accepts; rejects when the process ends before. */
  line<T>(match: (line: string) => T | undefined): Promise<T>
  onLine(listener: (line: string) => void): () => void
  write(text: string): void
  /** Sends the signal and waits until the process is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>
  readonly exited: Promise<number | null>
}

const running = new Set<ChildProcess>()
// Whatever ends this process takes its children with it: nothing is left running.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** Runs a script under this very Node. */
export function startChild(script: string, args: readonly string[], { env = {}, cwd }: ChildOptions = {}): Child {
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
    // A group of its own: a Ctrl-C on the terminal reaches us first, and we end it in order.
    detached: true,
  })
  running.add(child)
  const listeners = new Set<(line: string) => void>()
  const recent: string[] = []
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      recent.push(line)
      if (recent.length > 200) recent.shift()
      for (const listener of [...listeners]) listener(line)
    })
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => {
      running.delete(child)
      resolve(code)
    })
  })
  const onLine = (listener: (line: string) => void): (() => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  return {
    pid: child.pid ?? 0,
    onLine,
    line: (match) => firstLine(onLine, exited, recent, match, script),
    write: (text) => void child.stdin.write(text),
    exited,
    async kill(signal = 'SIGTERM') {
      child.kill(signal)
      await exited
    },
  }
}

function firstLine<T>(
  onLine: (listener: (line: string) => void) => () => void,
  exited: Promise<number | null>,
  recent: readonly string[],
  match: (line: string) => T | undefined,
  script: string,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = onLine((line) => {
      const found = match(line)
      if (found === undefined) return
      stop()
      resolve(found)
    })
    void exited.then((code) => {
      stop()
      reject(
        new Error(`${script} ended with ${code} before it said what was waited for:\n${recent.slice(-15).join('\n')}`),
      )
    })
  })
}

/** The object in a JSON line whose `event` is this. */
export const event =
  <T>(name: string) =>
  (line: string): T | undefined => {
    if (!line.startsWith('{')) return undefined
    const parsed: unknown = JSON.parse(line)
    return (parsed as { event?: string }).event === name ? (parsed as T) : undefined
  }
