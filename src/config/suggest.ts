/** Edits (insert, delete, replace) from one word to the other. */
export function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (const [i, a] of [...from].entries()) {
    const next = [i + 1]
    for (const [j, b] of [...to].entries())
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (a === b ? 0 : 1)))
    row = next
  }
  return row[to.length]!
}

/** The known word that was probably meant, if one is near enough: a third of the letters may be wrong. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const scored = known.map((name) => ({ name, edits: distance(word.toLowerCase(), name.toLowerCase()) }))
  const best = scored.reduce<(typeof scored)[number] | undefined>(
    (a, b) => (a && a.edits <= b.edits ? a : b),
    undefined,
  )
  const allowed = Math.min(Math.max(2, Math.floor(word.length / 3)), word.length - 1)
  return best !== undefined && best.edits <= allowed ? best.name : undefined
}

/** `Did you mean "a"?` or the list of what there is. */
export function didYouMean(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  if (near !== undefined) return `Did you mean "${near}"?`
  return known.length > 0 ? `Known here: ${known.join(', ')}.` : 'Remove it.'
}
