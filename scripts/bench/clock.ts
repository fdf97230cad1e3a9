/** Milliseconds of one subject. */
export interface Timing {
  readonly medianMs: number
  /** The one round that nothing disturbed. */
  readonly leastMs: number
  readonly rounds: number
}

/** Each subject in turn, round after round in this very process, so that what slows the machine slows all of them. */
export async function inTurn<K extends string>(
  rounds: number,
  subjects: Readonly<Record<K, () => unknown>>,
): Promise<Record<K, Timing>> {
  const names = Object.keys(subjects) as K[]
  const taken = new Map<K, number[]>(names.map((name) => [name, []]))
  // The first rounds warm up and are not counted.
  const warm = Math.min(3, rounds)
  for (let round = -warm; round < rounds; round++)
    for (const name of names) {
      const started = performance.now()
      await subjects[name]()
      if (round >= 0) taken.get(name)?.push(performance.now() - started)
    }
  const timings = names.map((name): [K, Timing] => [name, timingOf(taken.get(name) ?? [])])
  return Object.fromEntries(timings) as Record<K, Timing>
}

export function timingOf(taken: readonly number[]): Timing {
  const sorted = [...taken].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return { medianMs: at(0.5), leastMs: at(0), rounds: sorted.length }
}

/** Three significant digits. */
export const figure = (value: number): number => Number(value.toPrecision(3))
