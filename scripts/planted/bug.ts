/** A test by its file and a piece of its title, as `mocha FILE --fgrep TITLE` finds it. */
export interface Catcher {
  readonly file: string
  readonly title: string
  /** Tests of the file build on each other: all of them run, up to the first failure, which must be this one. */
  readonly inOrder?: true
}

/** The text of a source file, and what is put in its place. */
export type Change = readonly [find: string, put: string]

/** A mistake that somebody could make, planted on purpose, and the test that must notice it. */
export interface Bug {
  readonly id: string
  /** What goes wrong, in one line. */
  readonly what: string
  readonly file: string
  readonly changes: readonly Change[]
  readonly caughtBy: Catcher
}

/** `source` with the bug in it. Each change must match exactly once: a stale one is an error, not a bug that was caught. */
export const plant = (source: string, { id, file, changes }: Bug): string =>
  changes.reduce((text, [find, put]) => {
    const matches = text.split(find).length - 1
    if (matches !== 1) throw new Error(`${id}: ${matches} matches in ${file}, not one, for: ${find}`)
    return text.replace(find, () => put)
  }, source)
