/** Routes of the wave: one for each question. */
import { noParameters } from './parameters.ts'
import { riskParameters as query } from './risk-parameters.ts'
import type { Route } from './route.ts'

const of = (schema: Route['answer']['schema']) =>
  ({ open: false, answer: { media: 'application/json', schema }, also: [400, 404, 503] }) as const

export const RISK_ROUTES = {
  riskOverview: {
    ...of('RiskOverview'),
    path: '/api/risk/overview',
    summary: 'How a market stands, in one answer.',
    query: query.market,
  },
  riskLadder: {
    ...of('RiskLadder'),
    path: '/api/risk/ladder',
    summary: 'How much is liquidated at which fall (or rise) of a group, and by whom.',
    query: query.ladder,
  },
  riskAbsorption: {
    ...of('RiskAbsorption'),
    path: '/api/risk/absorption',
    summary: 'Whether pools can take what falls make seizable.',
    query: query.group,
  },
  riskCascade: {
    ...of('RiskCascade'),
    path: '/api/risk/cascade',
    summary: 'A shock, what it liquidates, what selling that does to prices, to the end.',
    query: query.cascade,
  },
  riskGrid: {
    ...of('RiskGrid'),
    path: '/api/risk/grid',
    summary: 'Cascades over a grid of falls and pass-throughs.',
    query: query.group,
  },
  riskJoint: {
    ...of('RiskJoint'),
    path: '/api/risk/joint',
    summary: 'Two groups moving together.',
    query: query.joint,
  },
  riskCohorts: {
    ...of('RiskCohorts'),
    path: '/api/risk/cohorts',
    summary: 'Who holds the leverage, by size; who left before the last fall.',
    query: query.market,
  },
  riskPhase: {
    ...of('RiskPhase'),
    path: '/api/risk/phase',
    summary: 'The phase of the wave, why, and what would change it.',
    query: query.group,
  },
  riskCompare: {
    ...of('RiskCompare'),
    path: '/api/risk/compare',
    summary: 'The same shock under other rules of liquidation.',
    query: query.compare,
  },
  riskPlan: {
    ...of('RiskPlan'),
    path: '/api/risk/plan/{market}/{address}',
    summary: 'What an owner does now to stand a price, and how likely health falls below 1.',
    query: query.plan,
  },
  riskChains: {
    ...of('RiskChains'),
    path: '/api/risk/chains',
    summary: 'All markets side by side.',
    query: noParameters,
  },
  riskWave: {
    ...of('RiskWave'),
    path: '/api/risk/wave',
    summary: 'The last wave, phase by phase.',
    query: query.group,
  },
} as const satisfies Record<string, Route>

export type RiskRouteName = keyof typeof RISK_ROUTES
