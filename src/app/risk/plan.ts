import { type Address, getAddress, isAddress } from 'viem'
import { parseDecimal, SCALE } from '../../config/decimals.ts'
import { UsageError } from '../../core/errors.ts'
import { decimalOfWad, mulDivCeil, UINT256_MAX, WAD } from '../../core/math.ts'
import type { AccountView, Portion, ReserveView } from '../../core/protocol.ts'
import type { PlanAnswer, PlanOption } from '../../core/risk/move-answers.ts'
import { type StopOption, stopPlan } from '../../core/risk/planner.ts'
import type { RiskQuestions } from '../../core/risk/questions.ts'
import type { AccountId } from '../../core/types.ts'
import { toBlockRef } from '../present.ts'
import { isNamed, parseShock } from '../shock.ts'
import { chanceAnswer } from './plan-chance.ts'
import type { RiskWorld } from './world.ts'

/** Health at the stop where nobody says another: five per cent above liquidation. */
const TARGET = (105n * WAD) / 100n

/** What an owner should know before prices move. Throws UsageError for an account that is not there, or a stop that makes no sense. */
export function planAnswer(world: RiskWorld, about: RiskQuestions['plan'][0]): PlanAnswer {
  const { book, chainId, distrusted } = world
  const { head, ledger } = book
  if (head === undefined) throw new RangeError(`market ${book.name}: no plan before its first page`)
  const account = accountOf(world, about.address)
  const view = book.account(account, head.timestamp)
  if (view === undefined || view.source !== 'mirror') throw unknownPrices(book.name, about.address)
  return {
    market: book.name,
    chainId,
    block: toBlockRef(head),
    ...(distrusted && { quarantined: true }),
    address: getAddress(ledger.address(account)),
    healthFactor: toHealth(view.healthFactor),
    stop: about.stop === undefined ? null : stopAnswer(world, account, view, { ...about, stop: about.stop }),
    ...chanceAnswer(world, view),
  }
}

function accountOf({ book }: RiskWorld, address: string): AccountId {
  const account = isAddress(address, { strict: false }) ? book.find(address.toLowerCase() as Address) : undefined
  if (account !== undefined && book.protocol.knows(book.ledger, account)) return account
  throw new UsageError({
    code: 'UNKNOWN_ACCOUNT',
    what: `${address} has never borrowed in ${book.name}`,
    why: 'only borrowers have a health to plan for',
    fix: 'Name the address of a borrower of this market.',
  })
}

const unknownPrices = (market: string, address: string): UsageError =>
  new UsageError({
    code: 'UNKNOWN_HEALTH',
    what: `the holdings of ${address} in ${market} cannot be valued`,
    why: 'the oracle has no price for one of them, or the rules of the pool are not known here',
    fix: 'Try again once `plimsoll verify` finds no fault with the market.',
  })

function stopAnswer(
  { book }: RiskWorld,
  account: AccountId,
  view: AccountView,
  about: { readonly stop: string; readonly target?: string | undefined },
): PlanAnswer['stop'] {
  const { ledger, protocol, head } = book
  const { reserve, factorWad } = parseStop(protocol.market(ledger).reserves, about.stop)
  const target = about.target === undefined ? TARGET : parseTarget(about.target)
  const suppose = (): void => protocol.shock(ledger, new Map([[reserve.root, factorWad]]))
  const plan = head && stopPlan(book, account, { suppose, target, timestamp: head.timestamp })
  if (plan === undefined) throw unknownPrices(book.name, view.address)
  return {
    asset: getAddress(reserve.asset),
    price: ((reserve.priceUsd8 * factorWad) / WAD).toString(),
    healthFactor: toHealth(plan.healthAtStop),
    targetHealth: target.toString(),
    options: plan.options.map((option) => toOption(option, view)),
  }
}

const badStop = (text: string, why: string): UsageError =>
  new UsageError({
    code: 'BAD_STOP',
    what: `stop ${text}`,
    why,
    fix: 'Name an asset and its price in dollars, or a change in per cent: WETH=1800, WETH=-15%.',
  })

/** `WETH=1800` (dollars, 8 decimals) or `WETH=-15%`. The factor is rounded up, so that the price is met to the unit. */
function parseStop(
  reserves: readonly ReserveView[],
  text: string,
): { readonly reserve: ReserveView; readonly factorWad: bigint } {
  const [, asset = '', value = ''] = /^([^=\s]+)=([^=\s]+)$/.exec(text) ?? []
  if (asset === '') throw badStop(text, 'it has not the form ASSET=PRICE or ASSET=PER-CENT%')
  const named = reserves.filter((reserve) => isNamed(reserve, asset))
  const [reserve, second] = named.length > 0 ? named : reserves.filter((one) => isNamed(one, `W${asset}`))
  if (reserve === undefined) throw badStop(text, `the market lists no ${asset}`)
  if (second && second.root !== reserve.root)
    throw badStop(text, `several reserves are called ${asset}: give an address`)
  if (BigInt(reserve.root) === 0n) throw badStop(text, 'it has no price feed')
  if (value.endsWith('%')) return { reserve, factorWad: parseShock(text).factorWad }
  const priceUsd8 = parseDecimal(value, SCALE.usd)
  if (priceUsd8 === undefined || priceUsd8 <= 0n)
    throw badStop(text, 'a price is a plain decimal above 0, with 8 decimals at most')
  if (reserve.priceUsd8 === 0n) throw badStop(text, 'its oracle does not answer')
  return { reserve, factorWad: mulDivCeil(priceUsd8, WAD, reserve.priceUsd8) }
}

function parseTarget(text: string): bigint {
  const target = parseDecimal(text, SCALE.health)
  if (target !== undefined && target >= WAD) return target
  throw new UsageError({
    code: 'BAD_TARGET',
    what: `target ${text}`,
    why: 'a target is a health of at least 1, as a plain decimal',
    fix: `Give one such as ${decimalOfWad(TARGET)}.`,
  })
}

const toHealth = (health: bigint): string | null => (health === UINT256_MAX ? null : health.toString())

const toOption = ({ way, healthNow, healthAtStop, obstacle }: StopOption, view: AccountView): PlanOption => ({
  kind: way.kind,
  ...toPortion(way, view),
  repays: way.repays ? toPortion(way.repays, view) : null,
  healthNow: healthNow.toString(),
  healthAtStop: healthAtStop.toString(),
  obstacle: obstacle ?? null,
})

/** Valued at present prices, rounded up. */
function toPortion({ asset, symbol, decimals, amount }: Portion, { collaterals, debts }: AccountView): PlanPortionOf {
  const price = [...collaterals, ...debts].find((holding) => holding.asset === asset)?.priceUsd8 ?? 0n
  const valueBase = mulDivCeil(amount, price, 10n ** BigInt(decimals)).toString()
  return { asset: getAddress(asset), symbol, decimals, amount: amount.toString(), valueBase }
}

type PlanPortionOf = NonNullable<PlanOption['repays']>
