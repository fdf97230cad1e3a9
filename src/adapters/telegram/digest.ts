/** Pending entries as messages: one each, but a burst of alerts of one block becomes one message. Order is kept. */
import type { JournalEntry } from '../../core/ports.ts'
import { describe, type Naming } from './describe.ts'
import { count, escapeHtml, health, integerOf, shortAddress, table, usd, words } from './text.ts'

export interface Outgoing {
  readonly text: string
  /** The journal up to here is told once this is delivered. */
  readonly seq: number
}

/** More alerts than this in one block are folded. */
const MOST_ALERTS = 10
const LARGEST = 5
/** `below 1.05`, `recovered`: a handful by configuration, but nothing here relies on it. */
const MOST_LEVELS = 12

export function messagesOf(entries: readonly JournalEntry[], naming: Naming): Outgoing[] {
  const told = entries.flatMap((entry) => {
    const text = describe(entry, naming)
    return text === undefined ? [] : [{ entry, text, seq: entry.seq }]
  })
  return runs(told).flatMap((run) =>
    run.length > MOST_ALERTS
      ? [
          {
            text: digest(
              run.map(({ entry }) => entry),
              naming,
            ),
            seq: run.at(-1)!.seq,
          },
        ]
      : run.map(({ text, seq }) => ({ text, seq })),
  )
}

interface Told {
  readonly entry: JournalEntry
  readonly text: string
  readonly seq: number
}

/** Neighbours that are alerts of the same block stay together, everything else stands alone. */
function runs(told: readonly Told[]): Told[][] {
  const found: Told[][] = []
  for (const one of told) {
    const last = found.at(-1)
    if (last && together(last[0]!.entry, one.entry)) last.push(one)
    else found.push([one])
  }
  return found
}
const together = (a: JournalEntry, b: JournalEntry): boolean =>
  a.kind === 'alert' && b.kind === 'alert' && a.chainId === b.chainId && a.block === b.block

function digest(alerts: readonly JournalEntry[], naming: Naming): string {
  const { block, chainId } = alerts[0]!
  const levels = new Map<string, number>()
  for (const { data } of alerts) levels.set(level(data), (levels.get(level(data)) ?? 0) + 1)
  const counted = [...levels].slice(0, MOST_LEVELS).map(([name, number]): [string, string] => [name, String(number)])
  const largest = alerts.toSorted((a, b) => (debt(a) === debt(b) ? 0 : debt(a) < debt(b) ? 1 : -1)).slice(0, LARGEST)
  return [
    `<b>🔔 ${alerts.length} alerts in one block</b>`,
    escapeHtml(`${words(naming.chain(chainId))}, block ${count(block)}`),
    table(counted),
    'Largest debts:',
    table(
      largest.map(({ data }) => [
        shortAddress(data['address']),
        `${health(data['healthFactor'])}  ${usd(data['debtBase'])}`,
      ]),
    ),
  ].join('\n')
}

const level = (data: JournalEntry['data']): string =>
  data['type'] === 'recovered' ? 'recovered' : `below ${words(data['threshold'], 24)}`
const debt = ({ data }: JournalEntry): bigint => integerOf(data['debtBase']) ?? 0n
