import { existsSync } from 'node:fs'
import type { ControlPort } from '../core/people/ports.ts'

const LOOK_MS = 1_000

/** The kill file of a store, while it exists; a store in memory has none. */
export function killFile(storePath: string): () => string | undefined {
  const path = `${storePath}.pause`
  return () => (storePath !== ':memory:' && existsSync(path) ? path : undefined)
}

/** The file pauses; taking it away does not resume: somebody must say so. */
export function obeyKillFile(heldBy: () => string | undefined, control: Pick<ControlPort, 'pause'>): void {
  const path = heldBy()
  if (path !== undefined) control.pause({ via: 'signal', id: path })
}

/** A timer for the caller to clear. */
export function watchKillFile(
  heldBy: () => string | undefined,
  control: Pick<ControlPort, 'pause'>,
  onError: (error: unknown) => void,
): NodeJS.Timeout {
  return setInterval(() => {
    try {
      obeyKillFile(heldBy, control)
    } catch (error) {
      onError(error)
    }
  }, LOOK_MS)
}
