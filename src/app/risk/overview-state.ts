import { type Address, getAddress } from 'viem'
import type { ReserveStress, RiskHead, RiskOverview } from '../../core/risk/answers.ts'
import { concentrationOf } from '../../core/risk/concentration.ts'
import { deficitAfterUsd, unrealisedUsd } from '../../core/risk/deficit.ts'
import { type Ladder, ladderOf } from '../../core/risk/ladder.ts'
import { isCounted, leverageOf } from '../../core/risk/leverage.ts'
import { collateralOf, type Portrait, portraitOf } from '../../core/risk/portrait.ts'
import { isStable } from '../../core/risk/stable.ts'
import { stressOf } from '../../core/risk/stress.ts'
import { toxicityOf } from '../../core/risk/toxicity.ts'
import { chosenGroup, riskHead, toGroup } from './head.ts'
import { addressOf } from './ladder.ts'
import type { RiskWorld } from './world.ts'

/** What an overview takes from the book alone, and figures that its other parts are measured against. */
export interface OverviewState
  extends RiskHead,
    Pick<
      RiskOverview,
      | 'accounts'
      | 'collateralUsd'
      | 'debtUsd'
      | 'group'
      | 'leverage'
      | 'concentration'
      | 'cliffs'
      | 'toxicity'
      | 'reserves'
    > {
  /** Of the group's ladder. */
  readonly points: Ladder['points']
  /** Σ max(0, D − C). */
  readonly unrealisedUsd: number
  /** Stable coins in reserves that nobody has borrowed. */
  readonly idleStableUsd: number
  /** Of the group's ladder at −5 % and −10 %, those below 1 already among it: collateral, and what calls take. */
  readonly ladder5Usd: number
  readonly ladder10Usd: number
  readonly seizable10Usd: number
  /** Bad debt if the group falls by 20 %. */
  readonly deficit20Usd: number
}

const USD8 = 1e8
const DEFICIT_MOVE = -0.2

/** `kinks`: by asset in lower case, 0 to 1, as far as anybody asked. Throws UsageError where the market's rules are not known. */
export function overviewState(world: RiskWorld, kinks: ReadonlyMap<Address, number> = new Map()): OverviewState {
  const head = riskHead(world)
  const portrait = portraitOf(world.book)
  const group = chosenGroup(portrait, undefined)
  const collateral = collateralOf(portrait)
  const ladder = ladderOf(portrait, group.root, 'fall', 0)
  const at = (pct: number) => ladder.points.find(({ fallPct }) => fallPct === pct)
  const reserves = reservesOf(portrait, ladder, kinks)
  return {
    ...head,
    ...sumsOf(portrait, collateral),
    group: toGroup(group),
    leverage: leverageOf(portrait, collateral),
    concentration: {
      debt: concentrationOf(portrait.debit),
      atRisk10: concentrationOf(ladder.near.collateralBase),
    },
    cliffs: cliffsOf(portrait, ladder),
    toxicity: toxicityOf(portrait),
    reserves,
    points: ladder.points,
    unrealisedUsd: unrealisedUsd(portrait, collateral),
    idleStableUsd: idleStable(portrait, reserves),
    ladder5Usd: at(5)?.collateralUsd ?? 0,
    ladder10Usd: at(10)?.collateralUsd ?? 0,
    seizable10Usd: at(10)?.sequenceUsd ?? 0,
    deficit20Usd: deficitAfterUsd(portrait, group.root, DEFICIT_MOVE),
  }
}

/** Accounts with debt whose every part has a price. */
function sumsOf({ credit, debit, size }: Portrait, collateral: Float64Array) {
  let [accounts, held, owed] = [0, 0, 0]
  for (let account = 0; account < size; account++) {
    const [has, owes] = [collateral[account] as number, debit[account] as number]
    if (!isCounted(has, owes, credit[account] as number)) continue
    accounts++
    held += has
    owed += owes
  }
  return { accounts, collateralUsd: held / USD8, debtUsd: owed / USD8 }
}

const cliffsOf = (portrait: Portrait, { rungs }: Ladder): RiskOverview['cliffs'] =>
  rungs.flatMap(({ fromPct, toPct, collateralUsd, cliff }) =>
    cliff
      ? [
          {
            ...{ fromPct, toPct, address: addressOf(portrait, cliff.account), share: cliff.share },
            collateralUsd: collateralUsd * cliff.share,
          },
        ]
      : [],
  )

/** All debt is mirrored, so that what is borrowed is the sum of it; a reserve without a price has none. */
function reservesOf(
  { book, rate, terms, reserves }: Portrait,
  { near }: Ladder,
  kinks: ReadonlyMap<Address, number>,
): ReserveStress[] {
  const { debt } = book.sheet.totals(rate.length)
  const borrowedBase = new Float64Array(reserves.length)
  for (let column = 0; column < rate.length; column++) {
    const [place, owed] = [terms.reserve[column] as number, debt[column] as number]
    if (place >= 0 && owed > 0) borrowedBase[place] = (borrowedBase[place] as number) + owed * (rate[column] as number)
  }
  return reserves.map(({ asset, symbol, available, decimals, priceUsd8, supplyRateRay, borrowRateRay }, place) => {
    const idleUsd = (Number(available) / 10 ** decimals) * (Number(priceUsd8) / USD8)
    const borrowed = (borrowedBase[place] as number) / USD8
    const borrowedUsd = Number.isNaN(borrowed) ? null : borrowed
    const seized10Usd = (near.seizedBase[place] as number) / USD8
    const { suppliedUsd, utilisation, kink, distanceToKink, idleAfter10Usd } = stressOf({
      ...{ idleUsd, borrowedUsd, kink: kinks.get(asset) ?? null, seized10Usd },
    })
    return {
      ...{ asset: getAddress(asset), symbol, suppliedUsd, borrowedUsd, utilisation, kink, distanceToKink, idleUsd },
      borrowRateAnnual: Number(borrowRateRay) / 1e27,
      supplyRateAnnual: Number(supplyRateRay) / 1e27,
      idleAfter10Usd,
    }
  })
}

function idleStable({ reserves }: Portrait, stress: readonly ReserveStress[]): number {
  return reserves.reduce((sum, one, i) => (isStable(one) ? sum + (stress[i]?.idleUsd ?? 0) : sum), 0)
}
