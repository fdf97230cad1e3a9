import type { Candidate, Seizure } from '../../../src/core/plan.ts'
import {
  after,
  type Best,
  bestOf,
  type Called,
  call,
  gain,
  judge,
  type Pair,
  type Position,
  pairOf,
} from './pool-call.ts'
import { assetOf, bookOf, NOW } from './world.ts'

const PREMIUM_BPS = 5n
const CENT = 10n ** 6n

/** The product's answer for one position, every one of its calls made, and the best call that there is. */
export interface Comparison {
  readonly candidate: Candidate | undefined
  /** Calls of ours that the pool refuses, or answers with other amounts. */
  readonly wrong: readonly string[]
  readonly best: (Best & { readonly pair: Pair }) | undefined
  readonly tried: number
}

export function compare(position: Position, grid: number): Comparison {
  const { reserves, eModes, account, version } = position
  const revision = version === '3.6' ? 10n : 11n
  const { protocol, ledger } = bookOf({ reserves, eModes, accounts: [account], revision })
  const candidate = protocol.inspect(ledger, 0, NOW)
  let best: Comparison['best']
  let tried = 0
  for (const held of account.collaterals)
    for (const owing of account.debts) {
      const pair = pairOf(position, held, owing)
      const found = bestOf(pair, PREMIUM_BPS, grid)
      tried += found.tried
      if (found.best && (best === undefined || found.best.gain > best.gain)) best = { ...found.best, pair }
    }
  const wrong = (candidate?.seizures ?? []).flatMap((seizure) => differs(position, seizure))
  return { candidate, wrong, best, tried }
}

function differs(position: Position, seizure: Seizure): string[] {
  const { collaterals, debts } = position.account
  const held = collaterals.find(([id]) => assetOf(id) === seizure.collateralAsset)
  const owing = debts.find(([id]) => assetOf(id) === seizure.debtAsset)
  if (held === undefined || owing === undefined) return ['not of the account']
  const pair = pairOf(position, held, owing)
  const out = made(position, held, owing, seizure)
  if (out === 'revert') return ['reverts']
  const { debtToCover, debtCovered, collateralSeized, protocolFee, grossBase } = seizure
  const ours = [debtCovered, collateralSeized, protocolFee, grossBase, debtToCover <= pair.loanable]
  const pools = [out.debt, out.collateral, out.fee, gain(pair, debtToCover, out, PREMIUM_BPS), true]
  return ours.every((value, i) => value === pools[i]) ? [] : [`${ours} is ${pools}`]
}

/** One call, or the two of one transaction. */
function made(
  position: Position,
  held: readonly [number, bigint],
  owing: readonly [number, bigint],
  { debtToCover, firstCover }: Seizure,
): Called | 'revert' {
  const pair = pairOf(position, held, owing)
  if (firstCover === 0n) return call(pair, debtToCover)
  const first = call(pair, firstCover)
  if (first === 'revert') return 'revert'
  const then = after(position, held, owing, first)
  const heldThen = then.account.collaterals.find(([id]) => id === held[0])
  const owingThen = then.account.debts.find(([id]) => id === owing[0])
  if (heldThen === undefined || owingThen === undefined || judge(then).health >= 10n ** 18n) return 'revert'
  const second = call(pairOf(then, heldThen, owingThen), debtToCover - firstCover)
  if (second === 'revert' || first.collateral + second.collateral > pair.available) return 'revert'
  return {
    debt: first.debt + second.debt,
    collateral: first.collateral + second.collateral,
    fee: first.fee + second.fee,
  }
}

/** What the best call brings more than ours; nothing is worth doing where it brings less than a cent. */
export function shortfall(best: bigint, ours: Seizure | undefined): bigint {
  const lacking = best - (ours?.grossBase ?? 0n)
  return best < CENT || lacking < 0n ? 0n : lacking
}

/** Within 0.1 %, or two cents: what the ten cents kept above the dust line may cost. */
export function isAsGood(best: bigint, ours: Seizure | undefined): boolean {
  const lacking = shortfall(best, ours)
  return lacking <= 2n * CENT || lacking * 1000n <= best
}

/** Our best single call. */
export const single = (candidate: Pick<Candidate, 'seizures'> | undefined): Seizure | undefined =>
  candidate?.seizures.find(({ firstCover }) => firstCover === 0n)

/** The smallest unit of both assets is worth at most a cent, as with every token that is listed anywhere. */
export const isFine = ({ best }: { readonly best: { readonly pair: Pair } | undefined }): boolean =>
  best === undefined || (best.pair.pc <= CENT * best.pair.uc && best.pair.pd <= CENT * best.pair.ud)
