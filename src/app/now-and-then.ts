const REPEAT_MS = 3_600_000

/** The same again and again, such as a question that fails at every look, is said once an hour. */
export function nowAndThen(say: (problem: string) => void): (problem: string) => void {
  const said = new Map<string, number>()
  return (problem) => {
    const nowMs = performance.now()
    if (nowMs - (said.get(problem) ?? Number.NEGATIVE_INFINITY) < REPEAT_MS) return
    said.set(problem, nowMs)
    say(problem)
  }
}
