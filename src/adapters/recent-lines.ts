/** pino's numbers. */
const WARN = 40
const NAMES: Readonly<Record<number, string>> = { 40: 'WARN', 50: 'ERROR', 60: 'FATAL' }
const LONGEST = 500

/** The last lines of the log at `warn` and above, as people read them: for those who cannot see the terminal. */
export class RecentLines {
  readonly #lines: string[] = []
  readonly #most: number

  constructor(most = 200) {
    this.#most = most
  }

  /** One line of the log as JSON, already scrubbed. */
  readonly push = (line: string): void => {
    const level = Number(/^\{"level":(\d+)/.exec(line)?.[1] ?? 0)
    if (level < WARN) return
    this.#lines.push(readable(line, level).slice(0, LONGEST))
    if (this.#lines.length > this.#most) this.#lines.shift()
  }

  /** Newest last. */
  last(limit: number): readonly string[] {
    return limit > 0 ? this.#lines.slice(-limit) : []
  }
}

function readable(line: string, level: number): string {
  try {
    const { time, msg, chain, err } = JSON.parse(line) as Line
    const at = new Date(time).toISOString().slice(0, 19).replace('T', ' ')
    const words = [msg, err?.message].filter(Boolean).join(': ').replaceAll(/\s+/g, ' ')
    return [at, NAMES[level] ?? `${level}`, chain && `[${chain}]`, words].filter(Boolean).join(' ')
  } catch {
    // A secret that was cut out may have held a quote: the line is still worth showing as it is.
    return line.trim()
  }
}

interface Line {
  readonly time: number
  readonly msg?: string
  readonly chain?: string
  readonly err?: { readonly message?: string }
}
