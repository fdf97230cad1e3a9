import { expect } from 'chai'
import fc from 'fast-check'
import type { Candidate, RefusalReason, Seizure } from '../../../src/core/plan.ts'
import { REVISIONS } from './second-opinion/calls.ts'
import { type Case, MOST, type Refusal, type Revision, reserveOf, WAD } from './second-opinion/facts.ts'
import { cases } from './second-opinion/worlds.ts'
import { assetOf, bookOf } from './world.ts'

const RUNS = 3000
/** The best few are offered, not all. */
const MOST_OFFERED = 4
/** Indices here are below 100 rays, mostly below 4: fewer units may be nothing in scaled debt. */
const DUST_UNITS = 100n
/** Where no debt is burned beside what is repaid. */
const WITHOUT_BAD_DEBT: readonly string[] = ['aave-v3.0', 'aave-v3.1', 'aave-v3.2', 'sparklend']
const SAID = [
  'totalCollateralBase',
  'totalDebtBase',
  'availableBorrowsBase',
  'currentLiquidationThreshold',
  'ltv',
  'healthFactor',
] as const

/** Whatever the amounts come to: no word for one of these is wrong, and the last pair looked at names it. */
const AMOUNTS: readonly Refusal[] = [
  'dust',
  'no-liquidity',
  'burns-nothing',
  'arithmetic',
  'not-owed',
  'not-collateral',
]
/** Which refusals of a call may stand behind our word for them all. */
const BEHIND: Partial<Record<RefusalReason, readonly Refusal[]>> = {
  'reserve-inactive': ['inactive'],
  'reserve-paused': ['paused'],
  // Said for all pairs at once, before their reserves are looked at.
  'sequencer-grace': ['sentinel', 'inactive', 'paused'],
  'reserve-grace': ['grace'],
  'must-not-leave-dust': AMOUNTS,
  'no-liquidity': AMOUNTS,
  // Said of pairs without value, before their reserves are looked at.
  'nothing-to-seize': [...AMOUNTS, 'inactive', 'paused', 'grace', 'sentinel'],
}

const idOf = (one: Case, asset: string): number =>
  one.market.reserves.findIndex((_, id) => assetOf(id).toLowerCase() === asset.toLowerCase())

function isAccepted(one: Case, revision: Revision, offered: Seizure): void {
  const [c, d] = [idOf(one, offered.collateralAsset), idOf(one, offered.debtAsset)]
  if (offered.firstCover !== 0n) {
    const first = revision.call(one, c, d, offered.firstCover)
    expect(first, 'the first of two calls').to.be.an('object').and.to.have.property('debt', offered.firstCover)
    return
  }
  const { debtCovered: debt, collateralSeized: collateral, protocolFee: fee } = offered
  expect(revision.call(one, c, d, offered.debtToCover), `${c} for ${d}`).to.deep.equal({ debt, collateral, fee })
}

/** What the second opinion says of every pair when all is asked. */
const pairsOf = (one: Case, revision: Revision) =>
  one.account.collaterals.flatMap(([c]) =>
    [...new Set([...one.account.debts, ...(one.account.stable ?? [])].map(([id]) => id))].map((d) => ({
      c,
      d,
      out: revision.call(one, c, d, MOST),
    })),
  )

function isComplete(one: Case, revision: Revision, candidate: Candidate, dust: bigint): void {
  const pairs = pairsOf(one, revision)
  // Ours, not the pool's: no call against stable debt, none that a flash loan cannot pay, and none that repays so little that its
  // own burn would be nothing (from 3.3 on the pool burns all debt beside it, when the last collateral goes).
  const wanted = pairs.filter(
    ({ d, out }) =>
      typeof out !== 'string' &&
      out.collateral > 0n &&
      out.debt > dust &&
      !one.account.stable?.length &&
      out.debt <= reserveOf(one, d).available,
  )
  const once = candidate.seizures.filter(({ firstCover }) => firstCover === 0n)
  const offered = once.map((s) => `${idOf(one, s.collateralAsset)} for ${idOf(one, s.debtAsset)}`)
  if (once.length < MOST_OFFERED)
    for (const { c, d } of wanted)
      expect(offered, `offers ${JSON.stringify(wanted, (_, v) => (typeof v === 'bigint' ? String(v) : v))}`).to.include(
        `${c} for ${d}`,
      )
  expect(candidate.forbidden === undefined, 'a reason').to.equal(candidate.seizures.length > 0)
  if (candidate.forbidden === undefined) return
  const behind = BEHIND[candidate.forbidden]
  if (behind && pairs.length > 0)
    expect(
      pairs.some(({ out }) => typeof out !== 'string' || behind.includes(out)),
      `${candidate.forbidden}: ${pairs.map(({ out }) => out)}`,
    ).to.equal(true)
}

for (const [rules, revision] of REVISIONS)
  describe(`Aave V3 by a second opinion: ${rules}`, function () {
    this.timeout(60_000)
    it(`agrees about ${RUNS} accounts, word by word, and about what may be done to them`, () => {
      const seen = { unhealthy: 0, offered: 0, forbidden: 0, silent: 0 }
      fc.assert(
        fc.property(cases(rules, revision), (one) => {
          const book = bookOf(one.market, rules)
          const said = revision.account(one)
          const view = book.account(0, one.now)
          if (typeof said === 'string') {
            seen.silent++
            expect(view, said).to.equal(undefined)
            expect(book.protocol.inspect(book.ledger, 0, one.now), said).to.equal(undefined)
            return
          }
          for (const word of SAID) expect(view?.[word], word).to.equal(said[word])
          const candidate = book.protocol.inspect(book.ledger, 0, one.now)
          expect(candidate !== undefined, 'inspected').to.equal(said.healthFactor < WAD)
          if (candidate === undefined) return
          seen.unhealthy++
          expect(candidate.healthFactor).to.equal(said.healthFactor)
          for (const seizure of candidate.seizures) isAccepted(one, revision, seizure)
          isComplete(one, revision, candidate, WITHOUT_BAD_DEBT.includes(rules) ? 0n : DUST_UNITS)
          if (candidate.seizures.length > 0) seen.offered++
          else seen.forbidden++
        }),
        { numRuns: RUNS, seed: 1 },
      )
      expect(seen.offered, 'offered').to.be.above(RUNS / 10)
      expect(seen.forbidden, 'forbidden').to.be.above(20)
      expect(seen.silent, 'silent').to.be.above(5)
    })
  })
