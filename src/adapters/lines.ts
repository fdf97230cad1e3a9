import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** A file of JSON lines that grows: what was appended is on disk, whatever happens to the process next. */
export interface Lines {
  append(value: object): void
  close(): void
}

/** Starts the file anew. */
export function createLines(path: string): Lines {
  mkdirSync(dirname(path), { recursive: true })
  return writer(openSync(path, 'w'))
}

/** The values of a file and what is appended to it from here; undefined when there is no file. */
export function resumeLines(path: string): { readonly values: readonly unknown[]; readonly lines: Lines } | undefined {
  if (!existsSync(path)) return undefined
  const bytes = readFileSync(path)
  // A process that was killed while it wrote leaves half a line, which was never finished and so never happened.
  const end = bytes.lastIndexOf('\n') + 1
  const values = bytes
    .subarray(0, end)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line))
  truncateSync(path, end)
  return { values, lines: writer(openSync(path, 'a')) }
}

function writer(file: number): Lines {
  return {
    append(value) {
      writeSync(file, `${JSON.stringify(value)}\n`)
      fsyncSync(file)
    },
    close: () => closeSync(file),
  }
}
