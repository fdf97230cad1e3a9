import { type Address, getAddress } from 'viem'
import { UsageError } from '../../core/errors.ts'
import { WAD } from '../../core/math.ts'
import { type Cascade, type CascadeCall, cascade, lossOf } from '../../core/risk/cascade.ts'
import { groupsOf } from '../../core/risk/groups.ts'
import { knownOr } from '../../core/risk/measure.ts'
import type { CascadeAnswer, CascadeRound } from '../../core/risk/move-answers.ts'
import { branchingOf, multiplierOf, sum, volumeOf } from '../../core/risk/multiplier.ts'
import type { RiskQuestions } from '../../core/risk/questions.ts'
import { riskHead, toGroup } from './head.ts'
import { lastExtras } from './recent.ts'
import { factorsOf, groupShocks, toShocks } from './shocks.ts'
import type { RiskWorld } from './world.ts'

/** Throws UsageError for shocks or a pass-through that mean nothing. */
export function cascadeAnswer(world: RiskWorld, about: RiskQuestions['cascade'][0]): CascadeAnswer {
  const head = riskHead(world)
  const { book, exchange } = world
  const shocks = groupShocks(groupsOf(book.protocol.market(book.ledger).reserves), about.shocks)
  const [{ group }] = shocks
  const kappaWad = parseKappa(about.kappa)
  const found = cascade(book, exchange, { factors: factorsOf(shocks), kappaWad })
  const calls = found.rounds.flatMap((round) => round.calls)
  const unsold = sum(calls, ({ unsoldBase }) => unsoldBase)
  const follows = kappaWad === 0n || found.references.some(({ root }) => root === group.root)
  // A pair that no pool trades lacks depth too, and so does a feed that follows no pool.
  const isShort = !exchange || !follows || calls.some(({ sale, unsoldBase }) => !sale && unsoldBase > 0n)
  return {
    ...head,
    shocks: toShocks(shocks),
    kappa: exchange ? about.kappa : 0,
    group: toGroup(group),
    rounds: found.rounds.map((_, i) => toRound(found, group.root, i)),
    accounts: new Set(calls.map(({ account }) => account)).size,
    calls: calls.length,
    seizedBase: `${sum(calls, ({ seizedBase }) => seizedBase)}`,
    repaidBase: `${sum(calls, ({ repaidBase }) => repaidBase)}`,
    bonusBase: `${sum(calls, ({ receivedBase, repaidBase }) => receivedBase - repaidBase)}`,
    badDebtBase: `${sum(calls, ({ badDebtBase }) => badDebtBase)}`,
    deficits: deficitsOf(world, calls),
    lossBase: `${sum(calls, lossOf)}`,
    finalPrice: `${found.finalPrices.get(group.root) ?? 0n}`,
    multiplier: multiplierOf(found, group.root),
    branching: branchingOf(found),
    stopped: found.stopped,
    left: { accounts: found.left.accounts, debtBase: found.left.debtBase.toString() },
    unsoldBase: unsold.toString(),
    lacks: isShort ? ['depth'] : [],
    top: topOf(world, found, about.top),
  }
}

/** A number from 0 to 1 with six decimals, in 18. Throws UsageError. */
export function parseKappa(kappa: number): bigint {
  if (!(kappa >= 0 && kappa <= 1))
    throw new UsageError({
      code: 'BAD_KAPPA',
      what: `pass-through ${kappa}`,
      why: 'it is the part of a fall of the pools that the feeds follow',
      fix: 'Give a number from 0 (they follow nothing) to 1 (they follow all of it), such as 0.5.',
    })
  return (BigInt(Math.round(kappa * 1e6)) * WAD) / 1_000_000n
}

function toRound({ rounds }: Cascade, root: Address, i: number): CascadeRound {
  const { prices, calls } = rounds[i] as Cascade['rounds'][number]
  const seized = sum(calls, ({ seizedBase }) => seizedBase)
  const before = rounds[i - 1]
  return {
    round: i + 1,
    price: `${prices.get(root) ?? 0n}`,
    calls: calls.length,
    seizedBase: seized.toString(),
    repaidBase: `${sum(calls, ({ repaidBase }) => repaidBase)}`,
    soldForBase: `${sum(calls, ({ soldForBase }) => soldForBase)}`,
    badDebtBase: `${sum(calls, ({ badDebtBase }) => badDebtBase)}`,
    branching: before && volumeOf(before) > 0n ? Number(seized) / Number(volumeOf(before)) : null,
  }
}

function deficitsOf(world: RiskWorld, calls: readonly CascadeCall[]): CascadeAnswer['deficits'] {
  const insurance = lastExtras(world)?.insurance ?? {}
  const { reserves } = world.book.protocol.market(world.book.ledger)
  const burnt = new Map<Address, bigint>()
  for (const { deficits } of calls)
    for (const { asset, valueBase } of deficits) burnt.set(asset, (burnt.get(asset) ?? 0n) + valueBase)
  return [...burnt]
    .sort(([, a], [, b]) => (a > b ? -1 : a < b ? 1 : 0))
    .map(([asset, valueBase]) => ({
      asset: getAddress(asset),
      symbol: reserves.find((one) => one.asset === asset)?.symbol ?? '',
      valueBase: valueBase.toString(),
      insuranceUsd: knownOr(insurance[asset] ?? null, 'coverage'),
    }))
}

/** Most seized first; `round`: that of the first call. */
function topOf({ book }: RiskWorld, { rounds }: Cascade, top: number): CascadeAnswer['top'] {
  const found = new Map<number, { round: number; calls: CascadeCall[] }>()
  for (const [i, { calls }] of rounds.entries())
    for (const call of calls) {
      const one = found.get(call.account) ?? { round: i + 1, calls: [] }
      one.calls.push(call)
      found.set(call.account, one)
    }
  return [...found]
    .map(([account, { round, calls }]) => ({ account, round, calls, seized: sum(calls, (one) => one.seizedBase) }))
    .sort((a, b) => (a.seized > b.seized ? -1 : a.seized < b.seized ? 1 : a.account - b.account))
    .slice(0, top)
    .map(({ account, round, calls, seized }) => ({
      address: getAddress(book.ledger.address(account)),
      seizedBase: seized.toString(),
      repaidBase: `${sum(calls, ({ repaidBase }) => repaidBase)}`,
      badDebtBase: `${sum(calls, ({ badDebtBase }) => badDebtBase)}`,
      round,
    }))
}
