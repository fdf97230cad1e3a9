import type { Concentration, RiskOverview } from '../../../core/risk/answers.ts'
import { absorptionSentence, absorptionTable } from './absorption.ts'
import { stepText } from './ladder.ts'
import { facts } from './look.ts'
import { oraclesTable, reservesTable } from './overview-tables.ts'
import { phaseSentence } from './phase.ts'
import { parts, type Screen, sheetOf } from './screen.ts'
import { lackingTable } from './sources.ts'
import {
  answer,
  briefly,
  count,
  heading,
  measured,
  money,
  plural,
  share,
  short,
  signed,
  symbol,
  symbolOf,
  times,
} from './words.ts'

/** `plimsoll risk`: how a market stands, on one screen. */
export const overviewScreen: Screen<'overview'> = {
  text: (told, look) =>
    told.accounts === 0
      ? parts(
          `${heading(told, look)}\n${answer(NOBODY, look)}`,
          reservesTable(told.reserves, look),
          oraclesTable(told.oracles, look),
        )
      : parts(
          [
            heading(told, look),
            answer(absorptionSentence(told.absorption, symbolOf(told.group)), look),
            answer(phaseSentence(told.phase, told.block.timestamp), look),
          ].join('\n'),
          facts([...bookFacts(told), ...sourceFacts(told)], look),
          absorptionTable(told.absorption, look),
          reservesTable(told.reserves, look),
          oraclesTable(told.oracles, look),
          lackingTable(told, look),
        ),
  sheet: ({ reserves }) =>
    sheetOf(reserves, [
      ['asset', ({ asset }) => asset],
      ['symbol', ({ symbol }) => symbol],
      ['supplied_usd', ({ suppliedUsd }) => suppliedUsd],
      ['borrowed_usd', ({ borrowedUsd }) => borrowedUsd],
      ['utilisation', ({ utilisation }) => utilisation],
      ['kink', ({ kink }) => kink.value],
      ['idle_usd', ({ idleUsd }) => idleUsd],
      ['idle_after_10_usd', ({ idleAfter10Usd }) => idleAfter10Usd],
      ['borrow_rate_annual', ({ borrowRateAnnual }) => borrowRateAnnual],
      ['supply_rate_annual', ({ supplyRateAnnual }) => supplyRateAnnual],
    ]),
}

const NOBODY =
  'Nobody has debt here: nothing can be liquidated. The measures appear with the block in which somebody borrows.'

/** In a small market every step has one. */
const MOST_CLIFFS = 5

/** The largest, nearest first. */
function cliffsText(cliffs: RiskOverview['cliffs']): string {
  const largest = cliffs.toSorted((a, b) => b.collateralUsd - a.collateralUsd).slice(0, MOST_CLIFFS)
  const each = largest
    .toSorted((a, b) => a.fromPct - b.fromPct)
    .map((one) => `${stepText(one, '−')}: ${briefly(one.address)} has ${share(one.share)}, ${money(one.collateralUsd)}`)
  const others = cliffs.length - largest.length
  return `${each.join('; ')}${others === 0 ? '' : `; and ${others} smaller`}`
}

type Facts = readonly (readonly [label: string, text: string])[]

/** From the book alone. */
function bookFacts({
  accounts,
  collateralUsd,
  debtUsd,
  leverage,
  concentration,
  cliffs,
  toxicity,
}: RiskOverview): Facts {
  const below = leverage.below.map(({ health, share: part }) => `${share(part)} below ${health}`).join(', ')
  return [
    ['debt', `${money(debtUsd)} of ${plural(accounts, 'account')}, against ${money(collateralUsd)} of collateral`],
    [
      'leverage',
      `${times(leverage.aggregate)} in all; weighted by debt: mean ${times(leverage.mean)}, half above ${times(leverage.p50)}, a tenth above ${times(leverage.p90)}`,
    ],
    [
      'thin',
      `of the debt ${below} of health; ${share(leverage.correlatedShare)} is against collateral of its own group`,
    ],
    ['largest', largest(concentration)],
    ['cliffs', cliffs.length === 0 ? 'none: no account has a quarter of a per cent of the ladder' : cliffsText(cliffs)],
    [
      'toxic',
      toxicity.accounts === 0
        ? 'nothing: no liquidation would lower a health'
        : `${plural(toxicity.accounts, 'account')} with ${money(toxicity.debtUsd)} of debt that a liquidation makes worse; ${money(toxicity.lossUsd)} is lost whatever is done`,
    ],
  ]
}

function largest({ debt, atRisk10 }: RiskOverview['concentration']): string {
  const ten = (one: Concentration): string => `the ten largest ${share(one.top10)}, the largest ${share(one.top1)}`
  const risk = atRisk10 === null ? '' : `; of what −10 % makes liquidatable ${ten(atRisk10)}`
  return debt === null ? '' : `owe: ${ten(debt)}${risk}`
}

const pegText = ({ symbol: name, twapUsd }: RiskOverview['dryPowder']['pegs'][number]): string =>
  `${symbol(name)} ${twapUsd.toFixed(4)}`

/** From events, pools, feeds and other sources: a line stands only where something of it is known. */
function sourceFacts({ coverage, dryPowder, carry, flows, competition, phase: { binS } }: RiskOverview): Facts {
  const both = (...texts: readonly string[]): string => texts.filter((text) => text !== '').join('; ')
  const told = (measure: { readonly value: number | null }, say: (value: number) => string): string =>
    measure.value === null ? '' : say(measure.value)
  return [
    [
      'bad debt',
      both(
        `${money(coverage.unrealisedUsd)} not realised yet`,
        told(coverage.createdUsd, (usd) => `deficits ${money(usd)}, covered ${measured(coverage.coveredUsd, money)}`),
        told(coverage.insuranceUsd, (usd) => `insurance ${money(usd)}`),
        told(coverage.ratio, (ratio) => `coverage ${short(ratio)} times the deficit of −20 %`),
      ),
    ],
    [
      'dry powder',
      both(
        `${money(dryPowder.idleStableUsd)} of stablecoins idle here`,
        told(dryPowder.overLadder10, (ratio) => `${short(ratio)} times the ladder at −10 %`),
        told(
          dryPowder.supply24h,
          (change) => `supply ${signed(change)} in 24 h, ${measured(dryPowder.supply7d, signed)} in 7 d`,
        ),
        told(dryPowder.worstPeg, (peg) => `worst peg ${signed(peg)} (${dryPowder.pegs.map(pegText).join(', ')})`),
      ),
    ],
    [
      'carry',
      both(
        told(carry.funding, (funding) => `funding ${signed(funding)} a year`),
        told(carry.carry, (one) => `carry ${signed(one)} a year`),
        told(carry.underwaterShare, (part) => `${share(part)} of debt costs more than its collateral yields`),
      ),
    ],
    [
      binS === 3600 ? `flows ${flows.hours} h` : `flows ${flows.hours} bins`,
      both(
        told(flows.netSupplyUsd, (usd) => `supplied less withdrawn ${money(usd)}`),
        told(flows.netBorrowUsd, (usd) => `borrowed less repaid ${money(usd)}`),
      ),
    ],
    [
      'keepers',
      both(
        told(competition.liquidators, (some) => `${count(some)} liquidators`),
        told(competition.hhi, (hhi) => `HHI ${short(hhi)}`),
        told(competition.medianLatencyBlocks, (blocks) => `median latency ${plural(blocks, 'block')}`),
        told(competition.failed, (failed) => `${share(failed)} of calls failed`),
      ),
    ],
  ]
}
