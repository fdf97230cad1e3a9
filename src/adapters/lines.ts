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

/**
 * The values of a file and what is appended to it from here; undefined when there is no file. A process that was killed while
 * it wrote leaves half a line, which never happened; so does a line that is damaged, with everything after it.
 */
export function resumeLines(path: string): { readonly values: readonly unknown[]; readonly lines: Lines } | undefined {
  if (!existsSync(path)) return undefined
  const bytes = readFileSync(path)
  const values: unknown[] = []
  let end = 0
  for (let next = bytes.indexOf('\n'); next >= 0; next = bytes.indexOf('\n', end)) {
    const value = parse(bytes.toString('utf8', end, next))
    if (value === undefined) break
    values.push(value)
    end = next + 1
  }
  truncateSync(path, end)
  return { values, lines: writer(openSync(path, 'a')) }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
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
