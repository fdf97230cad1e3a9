import type { AlertsAfter } from './alerts.ts'
import { figure } from './clock.ts'
import type { Decided } from './decide.ts'
import type { Ingest, Kept, Replay } from './ingest.ts'
import type { Memory } from './memory.ts'
import type { Native } from './native.ts'
import type { NodeFigures } from './node.ts'
import type { Ranked } from './ranked.ts'
import type { Heard } from './socket.ts'
import type { State } from './wave.ts'

export interface Measured {
  readonly ranked: readonly Ranked[]
  readonly native: Native
  readonly decided: Decided
  readonly alerts: readonly AlertsAfter[]
  readonly state: State
  readonly ingest: Ingest
  readonly replay: Replay
  readonly kept: Kept
  readonly memory: readonly Memory[]
  readonly nodes: readonly NodeFigures[]
  /** Undefined without a node. */
  readonly heard: Heard | undefined
}

/** One aim beside what was reached. Keys are the heads of the published table. */
export interface Row extends Readonly<Record<string, unknown>> {
  readonly what: string
  readonly aim: string
  readonly reached: string
  readonly met: string
}

interface Aim {
  readonly what: string
  /** `at least` or `at most` so much of `unit`. */
  readonly bound: 'at least' | 'at most'
  readonly limit: number
  readonly unit: string
  readonly reached: number | undefined
  /** Said when it is missed. */
  readonly why?: string
  readonly note?: string | undefined
}

/** Where the time goes, as measured, and how fast this machine is at the plain sweep (0.6 µs an account where the aims were set). */
const parts = (row: Ranked | undefined): string =>
  row === undefined
    ? ''
    : `screen ${figure(row.screenMs)}, checks ${figure(row.checksMs)}, sizing ${figure(row.sizingMs)} ms; ` +
      `the BigInt sweep takes ${figure((row.bigIntMs * 1e3) / row.accounts)} µs an account here, 0.6 where the aims were set`
const SHARED = 'milliseconds are those of this machine under the load said above'

/** Each aim of the list, in its order. */
export function aimsOf(measured: Measured): Row[] {
  return [
    ...rankedAims(measured),
    ...alertAims(measured),
    ...waveAims(measured),
    ...edgeAims(measured),
    ...stateAims(measured),
  ].map(toRow)
}

/** Where nobody crosses a line; pages on which many are warned stand in a table of their own. */
function alertAims({ alerts: [calm] }: Measured): Aim[] {
  return [
    {
      what: 'all alert rules after a page, 100k accounts each with a subscription, against the screen of the same book',
      ...{ bound: 'at most', limit: 1, unit: '×', reached: calm && calm.rulesMs / calm.screenMs },
      note: calm && `${figure(calm.rulesMs)} ms beside ${figure(calm.screenMs)}; ${calm.page}`,
    },
  ]
}

/** The state of a wave. */
function waveAims({ state }: Measured): Aim[] {
  const { ladderMs, sweepMs, reached, jointMs, cells } = state
  return [
    {
      what: 'ladder of 1M accounts, one group, its portrait with it, in sweeps of the screen of the same book',
      ...{ bound: 'at most', limit: 20, unit: 'sweeps', reached: ladderMs / sweepMs, why: SHARED },
      note: `${figure(ladderMs)} ms, a sweep ${figure(sweepMs)}; a fall of half reaches ${reached.toLocaleString('en-US')}`,
    },
    {
      what: `joint map of two groups at 100k accounts, ${cells} cells`,
      ...{ bound: 'at most', limit: 1, unit: 's', reached: jointMs / 1e3, why: SHARED },
    },
  ]
}

function rankedAims({ ranked, native, nodes }: Measured): Aim[] {
  const at = (accounts: number): Ranked | undefined => ranked.find((row) => row.accounts === accounts)
  const [large, largest] = [at(100_000), at(1_000_000)]
  const [node] = nodes
  const ratio = (them: number | undefined): number | undefined => them && large && them / large.rankedMs
  return [
    {
      what: '100k accounts, page to ranked list: formatUserSummary of 15 rows takes so many times as long (sample of 1,000, extrapolated)',
      ...{ bound: 'at least', limit: 20_000, unit: '×', reached: ratio(large?.summary15Ms), why: parts(large) },
    },
    {
      what: 'the same with 3 rows (extrapolated)',
      ...{ bound: 'at least', limit: 5_000, unit: '×', reached: ratio(large?.summary3Ms), why: parts(large) },
    },
    {
      what: 'a plain BigInt sweep of 100k takes so many times as long',
      ...{ bound: 'at least', limit: 50, unit: '×', reached: ratio(large?.bigIntMs), why: parts(large) },
      note: `${large?.liquidatable} liquidatable`,
    },
    {
      what: 'TypeScript sweep of 1M against native C',
      ...{ bound: 'at most', limit: 3, unit: '×', reached: native.nativeMs && native.ourMs / native.nativeMs },
      note: native.nativeMs === undefined ? 'no C compiler here' : `${figure(native.ourMs)} ms`,
    },
    {
      what: 'page to ranked list, 100k, median',
      ...{ bound: 'at most', limit: 1, unit: 'ms', reached: large?.rankedMs, why: parts(large) },
      note: large && `least ${figure(large.rankedLeastMs)}`,
    },
    {
      what: 'page to ranked list, 1M, median',
      ...{ bound: 'at most', limit: 10, unit: 'ms', reached: largest?.rankedMs, why: parts(largest) },
      note: largest && `${largest.liquidatable} liquidatable, least ${figure(largest.rankedLeastMs)}`,
    },
    {
      what: 'viem multicall of 1,000 on a local node takes so many times as long as 100k here',
      ...{ bound: 'at least', limit: 50, unit: '×', reached: ratio(node?.multicallMs), why: parts(large) },
      note: node && `${figure(node.multicallMs)} ms on Hardhat`,
    },
  ]
}

function edgeAims({ decided, ingest, replay, nodes, heard }: Measured): Aim[] {
  const [node] = nodes
  const borrowers = nodes.map((one) => one.borrowers).join(' and ')
  return [
    {
      what: "log's text to signed transaction (viem's signature), 100k, against one raw eth_call; no socket, no quote's wait",
      ...{ bound: 'at most', limit: 5, unit: '×', reached: node && decided.signedMs / node.callMs },
      note: `${decided.signedMs} ms, of it the signature ${decided.signingMs}; ranked after ${decided.rankedMs}`,
    },
    {
      what: 'head on the socket to signed transaction, 100k in the book, through a real node, against one raw eth_call of it',
      ...{ bound: 'at most', limit: 5, unit: '×', reached: heard && heard.signedMs / heard.callMs },
      why: 'the logs are asked for by block hash, then the answers: two requests, the second runs some forty calls',
      note: heard && `${heard.signedMs} ms, ranked after ${heard.rankedMs}; eth_call ${heard.callMs} ms`,
    },
    {
      what: `requests a block, every one counted, at ${borrowers} borrowers`,
      bound: 'at most',
      limit: 3,
      unit: '',
      reached: nodes.length > 0 ? Math.max(...nodes.map(({ requestsABlock }) => requestsABlock)) : undefined,
      note: nodes.map(({ requestsABlock }) => figure(requestsABlock)).join(' and '),
    },
    {
      what: 'log ingest, JSON to touched accounts, as a share of JSON.parse',
      ...{ bound: 'at least', limit: 40, unit: '%', reached: (100 * ingest.parseUs) / ingest.oursUs },
      note: `${figure(ingest.oursUs)} µs a log of ${ingest.bytesALog} B`,
    },
    {
      what: 'viem getLogs with its event decoded takes so many times as long',
      ...{ bound: 'at least', limit: 8, unit: '×', reached: ingest.viemUs / ingest.oursUs },
      why: 'JSON.parse alone is half of ours: a byte scanner would be needed',
    },
    {
      what: 'replay of a recording, verified',
      ...{ bound: 'at least', limit: 3, unit: 'million events a second', reached: replay.eventsASecond / 1e6 },
      why: `lines are JSON, each in a hash chain: JSON.parse alone makes ${figure(replay.parseASecond / 1e6)}`,
    },
  ]
}

function stateAims({ memory, kept }: Measured): Aim[] {
  const at = (accounts: number): Memory | undefined => memory.find((row) => row.accounts === accounts)
  const [large, largest] = [at(100_000), at(1_000_000)]
  return [
    {
      what: 'memory an account at 1M, all in',
      ...{ bound: 'at most', limit: 200, unit: 'B', reached: largest?.bytesAnAccount },
    },
    {
      what: 'full collection at 1M',
      ...{ bound: 'at most', limit: 10, unit: 'ms', reached: largest?.gcMs, why: SHARED },
    },
    {
      what: 'restart from the store, 100k, in a new process',
      ...{ bound: 'at most', limit: 200, unit: 'ms', reached: large?.coldMs, why: SHARED },
      note: large && largest && `processor time ${figure(large.coldCpuMs)}; 1M: ${figure(largest.coldMs)}`,
    },
    {
      what: "a page's store transaction against one write and fsync of its bytes",
      ...{ bound: 'at most', limit: 3, unit: '×', reached: kept.pageMs / kept.fsyncMs },
      note: `${figure(kept.pageMs)} ms, durable`,
    },
  ]
}

function toRow({ what, bound, limit, unit, reached, why, note }: Aim): Row {
  const aim = `${bound} ${limit.toLocaleString('en-US')} ${unit}`.trim()
  if (reached === undefined) return { what, aim, reached: 'not measured', met: note ?? '' }
  const isMet = bound === 'at least' ? reached >= limit : reached <= limit
  const by = figure(bound === 'at least' ? limit / reached : reached / limit)
  const text = `${figure(reached).toLocaleString('en-US')} ${unit}`.trim()
  return {
    what,
    aim,
    reached: note === undefined ? text : `${text} (${note})`,
    met: isMet ? 'yes' : `no, ${by} × off${why === undefined ? '' : `: ${why}`}`,
  }
}
