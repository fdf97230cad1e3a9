/** What a measure lacks, in plain words, with what to do about it. */
import type { Source } from '../../../core/risk/measure.ts'
import { isSource, SOURCE_WORDS } from '../../../core/risk/source-words.ts'
import { printable } from '../../backtest/text.ts'
import { type Look, styled, tableOf, wrap } from './look.ts'

const KEEP = 'keep plimsoll run going'
/** What recordings tell too. */
const FILL = `${KEEP}, or plimsoll risk backfill FILE`

const TODO: Readonly<Record<Source, string>> = {
  hours: FILL,
  ladder: FILL,
  leverage: FILL,
  top10Share: FILL,
  utilisation: 'comes with the first hour of plimsoll run',
  deficit: FILL,
  netFlow: FILL,
  liquidators: FILL,
  oracleUpdates: FILL,
  events: FILL,
  oracle: `${KEEP}; most feeds have no cap`,
  heartbeat: 'comes with its answers on record',
  depth: 'set chains.CHAIN.pools to auto, or to the pools',
  twap: 'set chains.CHAIN.pools to auto, or to the pools',
  funding: 'set chains.CHAIN.gmx (reader, dataStore, market)',
  carry: KEEP,
  yield: FILL,
  coverage: 'nothing where the market has none',
  failedCalls: 'nothing: they are not looked for',
  supply: KEEP,
}

/** Fields whose names need more than a space between their words. */
const FIELDS: Readonly<Record<string, string>> = {
  absorption10: 'absorption at −10 %',
  largestUsd: 'largest sale',
  ratio: 'ratio',
  supply24h: 'stablecoins in 24 h',
  supply7d: 'stablecoins in 7 d',
  overLadder10: 'dry powder over the ladder',
  worstPeg: 'peg',
  largestJump24h: 'largest jump',
  ageOfHeartbeat: 'age of the answer',
  headroom: 'headroom of the cap',
  headroomDays: 'days of headroom',
  largestSupplyJump24h: 'supply jump',
  stableIssued24hUsd: 'stablecoins issued',
  medianLatencyBlocks: 'latency',
  hhi: 'share of the liquidators',
  probability24h: 'chance of liquidation',
  netSupplyUsd: 'net supply',
  netBorrowUsd: 'net borrowing',
}

const wordsOf = (field: string): string =>
  FIELDS[field] ?? field.replace(/Usd$/, '').replaceAll(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`)

/** Every source an answer lacks, with the fields that would need it: measures, and lists named `lacks` of a whole answer. */
function lacksIn(answer: object): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>()
  const look = (value: unknown, name: string): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, inside] of Object.entries(value)) {
      if (key === 'lacks' && Array.isArray(inside)) for (const source of inside) note(String(source), name)
      else look(inside, Array.isArray(value) ? name : key)
    }
  }
  const note = (source: string, name: string): void => {
    found.set(source, (found.get(source) ?? new Set()).add(name))
  }
  look(answer, '')
  return new Map([...found].map(([source, names]) => [source, [...names].filter((name) => name !== '').map(wordsOf)]))
}

interface Missing {
  readonly todo: string
  readonly whats: readonly string[]
  readonly fields: readonly string[]
}

/** One row for each thing to do. */
function missingIn(answer: object): readonly Missing[] {
  const rows = [...lacksIn(answer)].map(([source, fields]) => {
    return isSource(source)
      ? { what: SOURCE_WORDS[source], todo: TODO[source], fields }
      : { what: printable(source), todo: 'see docs/risk.md', fields }
  })
  return [...Map.groupBy(rows, ({ todo }) => todo)].map(([todo, same]) => ({
    todo,
    whats: same.map(({ what }) => what),
    fields: [...new Set(same.flatMap(({ fields }) => fields))],
  }))
}

const TODO_HEAD = 'what to do'
const GAPS = 6
/** From so many characters on there is room to say which figures miss it. */
const WIDE = 110

/** What is missing, and what to do about it; nothing where nothing is. */
export function lackingTable(answer: object, look: Look): string {
  const rows = missingIn(answer)
  if (rows.length === 0) return ''
  const todoWidth = Math.min(
    look.width >= WIDE ? 42 : 38,
    Math.max(TODO_HEAD.length, ...rows.map(({ todo }) => todo.length)),
  )
  const room = look.width - todoWidth - GAPS
  const table = tableOf(
    rows,
    [
      {
        head: 'not known without',
        cell: ({ whats }) => wrap(whats.join(', '), look.width >= WIDE ? Math.floor(room / 2) : room),
        left: true,
      },
      { head: TODO_HEAD, cell: ({ todo }) => wrap(todo, todoWidth), left: true },
      {
        head: 'needed for',
        cell: ({ fields }) => wrap(fields.join(', ') || 'the answer', Math.floor(room / 2) - 2),
        left: true,
        from: WIDE,
      },
    ],
    look,
  )
  return styled('dim', table, look)
}
