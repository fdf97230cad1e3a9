import { type Address, isAddress } from 'viem'
import type { Advice } from '../../core/answers.ts'
import type { JournalEntry } from '../../core/journal.ts'
import type { Advisor } from '../../core/people/ports.ts'
import { compose } from '../../core/people/words/compose.ts'
import type { Naming } from '../../core/people/words/reader.ts'
import type { Render } from './courier.ts'

export interface RenderOptions {
  readonly naming: Naming
  readonly advisor: Advisor
  /** Whether somebody may press buttons there. */
  isHeard(channel: string): boolean
  /** Unix seconds. */
  readonly nowS: () => number
}

/** Alerts whose reader can still do something about the position. */
const ADVISED: ReadonlySet<unknown> = new Set(['threshold', 'liquidatable', 'fall', 'time', 'topped-up'])

/** The words of a message; one that tells an owner of danger has the ways out, as they are when it is sent. */
export function rendering({ naming, advisor, isHeard, nowS }: RenderOptions): Render {
  return async (rows, channel) => {
    const [first] = rows
    const alone = rows.length === 1 ? first?.entry : undefined
    // Whoever watches an address is its owner there, whatever else they are.
    const isOwners = alone !== undefined && alone.data['to'] === channel.name
    const advice = isOwners ? await adviceOn(alone, advisor) : undefined
    const role = isOwners ? 'owner' : channel.role
    return compose(rows, {
      language: channel.language,
      role,
      naming,
      nowS: nowS(),
      isHeard: isHeard(channel.name),
      advice,
    })
  }
}

/** `failed` in place of an error: the alert itself must not wait for a node that does not answer. */
async function adviceOn(
  { kind, market, data }: JournalEntry,
  advisor: Advisor,
): Promise<Advice | 'failed' | undefined> {
  const { type, address } = data
  if (kind !== 'alert' || !ADVISED.has(type) || !isOwn(address)) return undefined
  try {
    return await advisor.advise(market, address)
  } catch {
    return 'failed'
  }
}

const isOwn = (address: unknown): address is Address =>
  typeof address === 'string' && isAddress(address, { strict: false })
