import type { Latch, Rung } from './alert.ts'

/** There is nothing to save then. */
export function sameLatch(a: Latch | undefined, b: Latch | undefined): boolean {
  if (a === b) return true
  if (a === undefined || b === undefined) return false
  if (a.kind === 'ladder')
    return (
      b.kind === 'ladder' &&
      a.toppedUp === b.toppedUp &&
      sameRung(a.health, b.health) &&
      sameRung(a.distance, b.distance)
    )
  if (a.kind === 'once') return b.kind === 'once' && a.on === b.on && a.at === b.at
  return b.kind === 'unchecked' && a.since === b.since
}

function sameRung(a: Rung | null, b: Rung | null): boolean {
  if (a === null || b === null) return a === b
  const [spokenA, spokenB] = [Object.entries(a.spoken), Object.keys(b.spoken)]
  return (
    a.level === b.level && spokenA.length === spokenB.length && spokenA.every(([level, at]) => b.spoken[level] === at)
  )
}
