/** What a measure lacks, in plain words, with what to do about it. */
import type { Source } from '../../../core/risk/measure.ts'
import { printable } from '../../backtest/text.ts'
import { type Look, styled, tableOf, wrap } from './look.ts'

const KEEP = 'keep plimsoll run going'
/** What recordings tell too. */
const FILL = `${KEEP}, or plimsoll risk backfill FILE`

const SOURCES: Readonly<Record<Source, readonly [what: string, todo: string]>> = {
  hours: ['a long enough history', FILL],
  ladder: ['the ladder of past hours', FILL],
  leverage: ['the leverage of past hours', FILL],
  top10Share: ['the largest borrowers of past hours', FILL],
  utilisation: ['rates and totals of the reserves', 'comes with the first hour of plimsoll run'],
  deficit: ['deficits of past hours', FILL],
  netFlow: ['flows of past hours', FILL],
  liquidators: ['liquidations on record', FILL],
  oracleUpdates: ['answers of the feeds on record', FILL],
  events: ['events on record', FILL],
  oracle: ['answers of a feed, or a cap of it', `${KEEP}; most feeds have no cap`],
  heartbeat: ['the heartbeat of this feed', 'comes with its answers on record'],
  depth: ['pools to sell into', 'set chains.CHAIN.pools to auto, or to the pools'],
  twap: ['mean prices of pools', 'set chains.CHAIN.pools to auto, or to the pools'],
  funding: ['funding of a perpetual exchange', 'set chains.CHAIN.gmx (reader, dataStore, market)'],
  carry: ['yield of the collateral less the cost of the debt', KEEP],
  yield: ['the yield of staked collateral', FILL],
  coverage: ['insurance (Umbrella) of this market', 'nothing where the market has none'],
  failedCalls: ['calls that failed: no log tells of them', 'nothing: they are not looked for'],
  supply: ['the supply of stablecoins of past hours', KEEP],
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

const isSource = (name: string): name is Source => Object.hasOwn(SOURCES, name)

interface Missing {
  readonly todo: string
  readonly whats: readonly string[]
  readonly fields: readonly string[]
}

/** One row for each thing to do. */
function missingIn(answer: object): readonly Missing[] {
  const rows = [...lacksIn(answer)].map(([source, fields]) => {
    const [what, todo] = isSource(source) ? SOURCES[source] : [printable(source), 'see docs/risk.md']
    return { what, todo, fields }
  })
  return [...Map.groupBy(rows, ({ todo }) => todo)].map(([todo, same]) => ({
    todo,
    whats: same.map(({ what }) => what),
    fields: [...new Set(same.flatMap(({ fields }) => fields))],
  }))
}

const TODO = 'what to do'
const GAPS = 6
/** From so many characters on there is room to say which figures miss it. */
const WIDE = 110

/** What is missing, and what to do about it; nothing where nothing is. */
export function lackingTable(answer: object, look: Look): string {
  const rows = missingIn(answer)
  if (rows.length === 0) return ''
  const todoWidth = Math.min(
    look.width >= WIDE ? 42 : 38,
    Math.max(TODO.length, ...rows.map(({ todo }) => todo.length)),
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
      { head: TODO, cell: ({ todo }) => wrap(todo, todoWidth), left: true },
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
