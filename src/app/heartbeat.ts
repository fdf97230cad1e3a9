import type { Logger } from 'pino'
import type { Sink } from '../core/ports.ts'
import type { ChainState } from './chain-state.ts'

const EVERY_MS = 60_000

/** Says now and then what was scanned and why candidates were refused: "is it even working?" */
export class Heartbeat {
  readonly #states: readonly ChainState[]
  readonly #log: Logger
  #refusals = new Map<string, number>()
  readonly #done = { plan: 0, sent: 0, confirmed: 0, lost: 0 }

  constructor(states: readonly ChainState[], log: Logger) {
    this.#states = states
    this.#log = log
  }

  readonly sink: Sink = ({ kind, data }) => {
    if (kind === 'refusal') {
      const reason = String(data['reason'])
      this.#refusals.set(reason, (this.#refusals.get(reason) ?? 0) + 1)
    }
    if (kind === 'plan' || kind === 'sent' || kind === 'confirmed' || kind === 'lost') this.#done[kind]++
  }

  /** A timer for the caller to clear. */
  start(): NodeJS.Timeout {
    return setInterval(() => this.beat(), EVERY_MS)
  }

  beat(): void {
    for (const state of this.#states) {
      const accounts = state.books.reduce((sum, book) => sum + book.debtors, 0)
      const { p50, max } = state.requestsPerBlock
      const block = state.head?.number.toString() ?? 'none yet'
      const requests = `${p50} requests a block (most ${max})`
      this.#log.info({ chain: state.name }, `block ${block}, ${accounts} accounts with debt screened, ${requests}`)
      for (const { name } of state.books) this.#log.info({ chain: state.name, market: name }, trustOf(state, name))
    }
    const refused = [...this.#refusals].map(([reason, count]) => `${reason} ${count}`).join(', ') || 'nothing'
    const { plan, sent, confirmed, lost } = this.#done
    this.#log.info(`planned ${plan}, sent ${sent}, confirmed ${confirmed}, lost ${lost}; refused: ${refused}`)
    this.#refusals = new Map()
  }
}

/** Whether what was scanned can be believed. */
function trustOf(state: ChainState, market: string): string {
  const audit = state.audits.get(market)
  const last = audit
    ? `audited at block ${audit.block}: ${audit.checked} accounts compared, ${audit.mismatched} differ`
    : 'not audited yet'
  const resyncs = state.resyncs.get(market) ?? 0
  const standing = state.distrust(market) ?? (state.proven.has(market) ? '' : 'not proven yet, nothing is sent')
  return [`${market} ${last}`, resyncs > 0 && `read anew ${resyncs} times`, standing].filter(Boolean).join('; ')
}
