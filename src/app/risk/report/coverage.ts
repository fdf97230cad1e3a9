import type { RiskOverview } from '../../../core/risk/answers.ts'
import { type Html, html } from '../../page/html.ts'
import { facts, note, part } from './part.ts'
import { bins, count, dollars, measured, plain, share, signedPct, symbol, times } from './words.ts'

/** Rows 6 and 17. */
export const coveragePart = ({ coverage, toxicity }: RiskOverview): Html =>
  part(
    'Losses and what covers them',
    facts([
      ['bad debt not yet realised', dollars(coverage.unrealisedUsd)],
      ['deficits created, on record', measured(coverage.createdUsd, dollars)],
      ['deficits covered, on record', measured(coverage.coveredUsd, dollars)],
      ['insurance (offset and slashable stake)', measured(coverage.insuranceUsd, dollars)],
      ['insurance over the deficit of a fall of 20 %', measured(coverage.ratio, times)],
      [
        'liquidation makes it worse for',
        `${count(toxicity.accounts)} accounts with ${dollars(toxicity.debtUsd)} of debt`,
      ],
      ['lost whatever is done', dollars(toxicity.lossUsd)],
    ]),
    note(
      'Worse: (1 + bonus) × threshold is above health, so that each call lowers it. Lost: debt over collateral is above 1/(1 + bonus).',
    ),
  )

/** Rows 13, 14, 12 (this market's part) and 19. */
export const marketPart = ({ dryPowder: p, carry: c, flows: f, competition: k, phase: { binS } }: RiskOverview): Html =>
  html`${part(
    'Dry powder, funding and carry',
    facts([
      ['idle stable coins in the reserves', dollars(p.idleStableUsd)],
      ['supply of stable coins, 24 h', measured(p.supply24h, share)],
      ['supply of stable coins, 7 d', measured(p.supply7d, share)],
      ['idle and buy-side depth over the ladder at −10 %', measured(p.overLadder10, times)],
      ['furthest from the peg', measured(p.worstPeg, share)],
      ...p.pegs.map((one): [string, string] => [
        `${symbol(one.symbol)} in its deepest pool, mean of half an hour`,
        `$${one.twapUsd.toFixed(4)}, ${signedPct(one.fromOracle * 100)} of its oracle`,
      ]),
      ['funding, a year', measured(c.funding, share)],
      ['carry (yield less borrow rate), a year', measured(c.carry, share)],
      ['debt whose carry is negative', measured(c.underwaterShare, share)],
    ]),
  )}${part(
    'Flows, liquidators, latency',
    facts([
      [`supplied less withdrawn, ${bins(f.hours, binS)}`, measured(f.netSupplyUsd, dollars)],
      [`borrowed less repaid, ${bins(f.hours, binS)}`, measured(f.netBorrowUsd, dollars)],
      ['liquidators', measured(k.liquidators, count)],
      ['Herfindahl and Hirschman, by what they repaid', measured(k.hhi, plain)],
      ['blocks from health below 1 to the call, middle', measured(k.medianLatencyBlocks, plain)],
      ['failed calls of all calls', measured(k.failed, share)],
    ]),
  )}`
