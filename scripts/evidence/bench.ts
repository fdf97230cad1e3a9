import { loadavg } from 'node:os'
import { aimsOf, type Measured } from '../bench/aims.ts'
import { type AlertsAfter, alertsAt } from '../bench/alerts.ts'
import { figure } from '../bench/clock.ts'
import { decided } from '../bench/decide.ts'
import { ingest, keepPage, replay } from '../bench/ingest.ts'
import { type Memory, memory } from '../bench/memory.ts'
import { native } from '../bench/native.ts'
import { atNode, type NodeFigures } from '../bench/node.ts'
import { crash, type Ranked, ranked } from '../bench/ranked.ts'
import { heard } from '../bench/socket.ts'
import { stateOfWave } from '../bench/wave.ts'
import type { Context } from './main.ts'

const SIZES = [1_000, 10_000, 100_000, 1_000_000]
const MEMORY_SIZES = [100_000, 1_000_000]
const DEVNET = 300
const LONG_DEVNET = 10_000

/**
 * Speed, each aim beside what was reached: subject and reference in turn, medians. `--long`: also a devnet of 10,000
 * accounts (minutes to seed) and `verify` on it. `--no-node`: nothing that needs a devnet.
 */
export async function run({ seed, args, say }: Context): Promise<Record<string, unknown>> {
  // Other work on the machine slows everything by as much as it takes: ratios hold, milliseconds do not.
  const load = loadavg()[0] ?? 0
  const sizes: Ranked[] = []
  for (const accounts of SIZES) {
    say(`page to ranked list, ${accounts.toLocaleString('en-US')} accounts`)
    sizes.push(await ranked(accounts, seed))
  }
  say('alert rules after a page')
  const alerts = alertsAt(seed)
  say('ladder and joint map')
  const state = await stateOfWave(seed)
  say('a crash; log to transaction; the sweep in C; logs; a recording; the store')
  const crashed = await crash(seed)
  const edges = { decided: await decided(seed), native: await native() }
  const streams = { ingest: await ingest(), replay: await replay(), kept: await keepPage() }
  const weights: Memory[] = []
  for (const accounts of MEMORY_SIZES) {
    say(`memory and restart, ${accounts.toLocaleString('en-US')} accounts`)
    weights.push(await memory(accounts, seed))
  }
  const nodes: NodeFigures[] = []
  const populations = args.includes('--no-node') ? [] : args.includes('--long') ? [DEVNET, LONG_DEVNET] : [DEVNET]
  for (const accounts of populations) nodes.push(await atNode({ accounts, seed, verify: accounts > DEVNET, say }))
  const onSocket = populations.length > 0 ? await heard(seed, say) : undefined
  const measured: Measured = {
    ranked: sizes,
    alerts,
    state,
    ...edges,
    ...streams,
    memory: weights,
    nodes,
    heard: onSocket,
  }
  const aims = aimsOf(measured)
  for (const { what, aim, reached, met } of aims) say(`${what}\n    aim ${aim}; reached ${reached}; ${met}`)
  return {
    'load of the machine before': figure(load),
    aims,
    'page to ranked list': sizes.map(rankedRow),
    'ether falls by 10 %': [crashed],
    'alert rules after a page': alerts.map(alertRow),
    'state at rest': weights.map(memoryRow),
    ...(nodes.length > 0 && { 'at a local node': nodes.map(nodeRow) }),
  }
}

const rankedRow = (row: Ranked): Record<string, unknown> => ({
  accounts: row.accounts,
  liquidatable: row.liquidatable,
  'ms, median': figure(row.rankedMs),
  'ms, least': figure(row.rankedLeastMs),
  'of it screen + checks + sizing': [row.screenMs, row.checksMs, row.sizingMs].map(figure).join(' + '),
  'BigInt sweep, ms': `${figure(row.bigIntMs)}${row.accounts > 100_000 ? ' (extrapolated from 100,000)' : ''}`,
  'formatUserSummary 15 rows, ms': `${figure(row.summary15Ms)}${extrapolated(row)}`,
  '3 rows, ms': `${figure(row.summary3Ms)}${extrapolated(row)}`,
})

const alertRow = (row: AlertsAfter): Record<string, unknown> => ({
  page: row.page,
  alerts: row.alerts,
  'screen, ms': figure(row.screenMs),
  'rules, ms': figure(row.rulesMs),
  'rules, least ms': figure(row.rulesLeastMs),
})

const extrapolated = ({ accounts }: Ranked): string => (accounts > 1_000 ? ' (extrapolated from 1,000)' : '')

const memoryRow = (row: Memory): Record<string, unknown> => ({
  accounts: row.accounts,
  'B an account': figure(row.bytesAnAccount),
  'full collection, ms': figure(row.gcMs),
  'restart, ms': figure(row.coldMs),
  'of processor time, ms': figure(row.coldCpuMs),
  'restart, code warm, ms': figure(row.warmMs),
  'checkpoint, ms': figure(row.checkpointMs),
})

const nodeRow = (row: NodeFigures): Record<string, unknown> => ({
  borrowers: row.borrowers,
  'requests a block': figure(row.requestsABlock),
  'viem multicall of 1,000, ms': figure(row.multicallMs),
  'one raw eth_call, ms': figure(row.callMs),
  verify: row.verified ?? 'not asked',
})
