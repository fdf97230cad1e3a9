/** What HTTP asks about the wave. Questions cost a thread's time: a few at a time, the others wait or are turned away. */
import type { Context, Handler } from 'hono'
import { getAddress, isAddress } from 'viem/utils'
import { type Queries, SCHEMA_VERSION } from '../../core/answers.ts'
import type { RiskDesk } from '../../core/ports.ts'
import type { RiskQuestion, RiskQuestions } from '../../core/risk/questions.ts'
import { createGate } from './gate.ts'
import { readQuery } from './parameters.ts'
import { badAddress, checkMarket, notReady } from './problems.ts'
import { riskParameters as parameters } from './risk-parameters.ts'
import { riskBusy, riskLate, riskOff } from './risk-problems.ts'
import type { RiskRouteName } from './risk-routes.ts'

export interface RiskDoor {
  /** Undefined: nobody here measures the wave. */
  readonly risk?: RiskDesk | undefined
  readonly queries: Pick<Queries, 'markets'>
  /** What a client waits for an answer at most, 30 s when left out. */
  readonly riskWaitMs?: number | undefined
}

const AT_ONCE = 2
const WAITING = 8

type Ask = <Q extends RiskQuestion>(c: Context, question: Q, about: RiskQuestions[Q][0]) => Promise<Response>

export function riskHandlers(door: RiskDoor): Record<RiskRouteName, Handler> {
  const ask = asking(door)
  const market = (named: string | undefined): string => marketOf(named, door.queries.markets())
  const ofMarket =
    (question: 'overview' | 'cohorts'): Handler =>
    (c) =>
      ask(c, question, { market: market(readQuery(c, parameters.market).market) })
  const ofGroup =
    (question: 'absorption' | 'grid' | 'phase' | 'wave'): Handler =>
    (c) => {
      const { group, ...query } = readQuery(c, parameters.group)
      return ask(c, question, { market: market(query.market), group })
    }
  return {
    riskOverview: ofMarket('overview'),
    riskCohorts: ofMarket('cohorts'),
    riskAbsorption: ofGroup('absorption'),
    riskGrid: ofGroup('grid'),
    riskPhase: ofGroup('phase'),
    riskWave: ofGroup('wave'),
    riskLadder: (c) => {
      const query = readQuery(c, parameters.ladder)
      return ask(c, 'ladder', { ...query, market: market(query.market) })
    },
    riskCascade: (c) => {
      const { shock, kappa, top, ...query } = readQuery(c, parameters.cascade)
      return ask(c, 'cascade', { market: market(query.market), shocks: shock, kappa, top })
    },
    riskJoint: (c) => {
      const { groups, ...query } = readQuery(c, parameters.joint)
      return ask(c, 'joint', { market: market(query.market), groups })
    },
    riskCompare: (c) => {
      const { shock, ...query } = readQuery(c, parameters.compare)
      return ask(c, 'compare', { market: market(query.market), shocks: shock })
    },
    riskPlan: (c) => {
      const address = c.req.param('address') ?? ''
      if (!isAddress(address)) throw badAddress(address)
      const named = market(c.req.param('market') ?? '')
      return ask(c, 'plan', { market: named, address: getAddress(address), ...readQuery(c, parameters.plan) })
    },
    riskChains: (c) => ask(c, 'chains', {}),
  }
}

function marketOf(named: string | undefined, markets: readonly string[]): string {
  if (named !== undefined) checkMarket(named, markets)
  const market = named ?? markets[0]
  if (market === undefined) throw notReady(undefined)
  return market
}

function asking({ risk, riskWaitMs = 30_000 }: RiskDoor): Ask {
  const gate = createGate({ atOnce: AT_ONCE, waiting: WAITING })
  return async (c, question, about) => {
    if (risk === undefined) throw riskOff()
    const left = c.req.raw.signal
    const answer = gate.pass(() => risk.ask(question, about), left)
    if (answer === undefined) throw riskBusy(AT_ONCE, WAITING)
    try {
      return c.json({ schemaVersion: SCHEMA_VERSION, ...(await inTime(answer, riskWaitMs)) })
    } catch (error) {
      // Whoever asked has left: nobody reads this, and nothing failed.
      if (left.aborted) return c.body(null, 204)
      throw error
    }
  }
}

/** A desk that does not answer keeps its place in the gate: nothing piles up behind it. */
async function inTime<T>(answer: Promise<T>, waitMs: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(riskLate(waitMs)), waitMs)
  try {
    return await Promise.race([answer, promise])
  } finally {
    clearTimeout(timer)
  }
}
