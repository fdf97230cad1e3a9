import type { OracleAnswer, ReserveStress, RiskOverview } from '../../../core/risk/answers.ts'
import type { Measure } from '../../../core/risk/measure.ts'
import { grid } from '../../page/grid.ts'
import { type Html, html } from '../../page/html.ts'
import { note, part } from './part.ts'
import { count, dollars, lackWords, measuredShort, orUnknown, plain, price, share, symbol } from './words.ts'

/** Row 9. */
export const reservesPart = ({ reserves }: RiskOverview): Html =>
  part(
    'Reserves under stress',
    grid<ReserveStress>(
      [
        { head: 'asset', cell: (r) => symbol(r.symbol) },
        { head: 'supplied', cell: (r) => orUnknown(r.suppliedUsd, dollars), kind: 'num' },
        { head: 'borrowed', cell: (r) => orUnknown(r.borrowedUsd, dollars), kind: 'num' },
        { head: 'utilisation', cell: (r) => orUnknown(r.utilisation, share), kind: 'num' },
        { head: 'kink', cell: (r) => measuredShort(r.kink, share), kind: 'num' },
        { head: 'to the kink', cell: (r) => measuredShort(r.distanceToKink, share), kind: 'num' },
        { head: 'idle', cell: (r) => dollars(r.idleUsd), kind: 'num' },
        { head: 'idle after −10 %', cell: idleAfter, kind: 'num' },
        { head: 'borrow rate', cell: (r) => share(r.borrowRateAnnual), kind: 'num' },
        { head: 'supply rate', cell: (r) => share(r.supplyRateAnnual), kind: 'num' },
      ],
      reserves,
    ),
    note(
      `Idle after −10 %: what is left once liquidations at that fall have taken the underlying out; where there is not enough they revert.${lacksWords(reserves.flatMap(({ kink, distanceToKink }) => [kink, distanceToKink]))}`,
    ),
  )

const idleAfter = ({ idleAfter10Usd }: ReserveStress): string | Html =>
  idleAfter10Usd !== null && idleAfter10Usd < 0
    ? html`<b>${dollars(idleAfter10Usd)}: they revert</b>`
    : orUnknown(idleAfter10Usd, dollars)

/** Row 18. */
export const oraclesPart = ({ oracles }: RiskOverview): Html =>
  part(
    'Oracles',
    grid<OracleAnswer>(
      [
        { head: 'feed of', cell: (o) => symbol(o.symbol) },
        { head: 'answer', cell: (o) => price(o.price), kind: 'num' },
        { head: 'largest jump, 24 h', cell: (o) => measuredShort(o.largestJump24h, share), kind: 'num' },
        { head: 'age over heartbeat', cell: (o) => measuredShort(o.ageOfHeartbeat, plain), kind: 'num' },
        { head: 'headroom', cell: headroom, kind: 'num' },
        { head: 'gone in days', cell: (o) => measuredShort(o.headroomDays, count), kind: 'num' },
        { head: 'supply jump, 24 h', cell: (o) => measuredShort(o.largestSupplyJump24h, share), kind: 'num' },
      ],
      oracles,
    ),
    note(
      `Age over heartbeat: above 1 the feed should have spoken. Headroom: of a capped feed, cap over ratio less 1; negative: it answers so much too low. Supply jump: of a collateral from hour to hour, which is where minting out of nothing shows.${lacksWords(oracles.flatMap((o) => [o.largestJump24h, o.ageOfHeartbeat, o.headroom, o.largestSupplyJump24h]))}`,
    ),
  )

const headroom = ({ headroom: room }: OracleAnswer): string | Html =>
  (room.value ?? 0) < 0 ? html`<b>${share(room.value ?? 0)}: too low</b>` : measuredShort(room, share)

function lacksWords(measures: readonly Measure[]): string {
  const lacks = [...new Set(measures.flatMap((one) => one.lacks))]
  return lacks.length === 0 ? '' : ` Where it is not known it lacks ${lackWords(lacks)}.`
}
