/** The courier over a clock that only moves when nothing else is left to do: how late a chat is, whatever comes. */
import { expect } from 'chai'
import fc from 'fast-check'
import { startCourier } from '../../src/adapters/telegram/courier.ts'
import { describe as describeEntry, isTold } from '../../src/adapters/telegram/describe.ts'
import type { JournalEntry } from '../../src/core/ports.ts'
import { addressOf, alertData, entry, naming, sentData, settledData } from './telegram-support.ts'

const SPACING_MS = 1_000

interface Arrival {
  readonly afterMs: number
  readonly entry: Omit<JournalEntry, 'seq'>
}
interface Told {
  readonly atMs: number
  readonly text: string
  readonly from: number
  readonly to: number
}

/** Plays the arrivals; what was told when, and when each entry (by seq) arrived. */
async function play(
  arrivals: readonly Arrival[],
): Promise<{ told: Told[]; entries: JournalEntry[]; arrived: number[] }> {
  const entries: JournalEntry[] = []
  const arrived: number[] = [0]
  const told: Told[] = []
  const timers: { readonly atMs: number; readonly ring: () => void }[] = []
  const stop = new AbortController()
  let nowMs = 0
  let text = ''
  const log = (): void => {}
  const courier = startCourier({
    name: 'chat',
    journal: (after, limit) => entries.slice(after, after + limit),
    lastSeq: () => 0,
    cursor: {
      get: () => '0',
      set: (_name, value) => void told.push({ atMs: nowMs, text, from: told.at(-1)?.to ?? 0, to: Number(value) }),
    },
    send: async (message) => {
      text = message
      return { kind: 'done', value: undefined }
    },
    pause: (ms) => new Promise((ring) => void timers.push({ atMs: nowMs + ms, ring })),
    spacingMs: SPACING_MS,
    naming,
    clean: (message) => message,
    log: { info: log, warn: log, error: log },
    signal: stop.signal,
  })
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 4; i++) await new Promise((resolve) => setImmediate(resolve))
  }
  const advance = async (toMs: number): Promise<void> => {
    for (let timer = timers[0]; timer !== undefined && timer.atMs <= toMs; timer = timers[0]) {
      timers.shift()
      nowMs = timer.atMs
      timer.ring()
      await settle()
    }
    nowMs = toMs
  }
  await settle()
  for (const arrival of arrivals) {
    if (arrival.afterMs > 0) {
      await settle()
      await advance(nowMs + arrival.afterMs)
    }
    entries.push({ ...arrival.entry, seq: entries.length + 1 })
    arrived.push(nowMs)
    courier.wake()
  }
  await settle()
  while (timers.length > 0) await advance(nowMs + SPACING_MS)
  stop.abort()
  await courier.done
  return { told, entries, arrived }
}

const kinds: fc.Arbitrary<Partial<JournalEntry>> = fc.oneof(
  fc.nat(5).map((n) => ({ data: alertData({ address: addressOf(n) }) })),
  fc.nat(5).map((n) => ({ kind: 'sent' as const, data: sentData({ hash: `0x${n}` }) })),
  fc.nat(5).map((n) => ({ kind: 'confirmed' as const, data: settledData({ hash: `0x${n}` }) })),
  fc.constant({ kind: 'lost' as const, data: settledData({ reason: 'reverted' }) }),
  fc.constant({ kind: 'refusal' as const, data: {} }),
  fc.constant({ kind: 'breaker' as const, market: '', data: { reason: 'stale-head', detail: 'x' } }),
)
const arrival = fc.record({
  // Together, close together, or at leisure.
  afterMs: fc.oneof(
    fc.constant(0),
    fc.constant(0),
    fc.integer({ min: 1, max: 400 }),
    fc.integer({ min: 1, max: 3_000 }),
  ),
  entry: kinds.map((over) => entry(over)),
})

describe('adapters/telegram: pace', () => {
  it('every entry is in exactly one message, in order, and none waits for more than two intervals', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(arrival, { maxLength: 60 }), async (arrivals) => {
        const { told, entries, arrived } = await play(arrivals)
        let count = 0
        for (const [i, { atMs, text, from, to }] of told.entries()) {
          const here = entries.slice(from, to).filter(isTold)
          const [oldest] = here
          expect(oldest).not.to.equal(undefined)
          count += here.length
          if (here.length === 1) expect(text).to.equal(describeEntry(oldest!, naming))
          else expect(text).to.include(`${here.length} events`)
          expect(atMs - arrived[oldest!.seq]!).to.be.at.most(2 * SPACING_MS)
          expect(atMs - (told[i - 1]?.atMs ?? -SPACING_MS)).to.be.at.least(SPACING_MS)
        }
        expect(count).to.equal(entries.filter(isTold).length)
      }),
      { numRuns: 150 },
    )
  })

  it('thirty entries a second for a minute: a message a second, and silence two intervals after the last', async () => {
    const arrivals = Array.from({ length: 1_800 }, (_, i) => ({
      afterMs: i % 3 === 0 ? 100 : 0,
      entry: entry({ data: alertData({ address: addressOf(i) }) }),
    }))
    const { told, arrived } = await play(arrivals)
    expect(told.length).to.be.at.most(62)
    expect(told.at(-1)!.atMs - arrived.at(-1)!).to.be.at.most(2 * SPACING_MS)
    expect(told.at(-1)!.to).to.equal(1_800)
  })

  it('what a chat missed in weeks comes as few digests', async () => {
    const missed = Array.from({ length: 25_000 }, () => ({ afterMs: 0, entry: entry() }))
    const { told } = await play(missed)
    expect(told.map(({ to }) => to)).to.deep.equal([10_000, 20_000, 25_000])
  })
})
