import type { Candidate, Seizure } from '../../../src/core/plan.ts'
import { type Best, bestOf, call, gain, type Pair, type Position, pairOf } from './pool-call.ts'
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
  const out = call(pair, seizure.debtToCover)
  if (out === 'revert') return ['reverts']
  const { debtToCover, debtCovered, collateralSeized, protocolFee, grossBase } = seizure
  const ours = [debtCovered, collateralSeized, protocolFee, grossBase, debtToCover <= pair.loanable]
  const pools = [out.debt, out.collateral, out.fee, gain(pair, debtToCover, out, PREMIUM_BPS), true]
  return ours.every((value, i) => value === pools[i]) ? [] : [`${ours} is ${pools}`]
}

/** What the best call brings more than ours; nothing is worth doing where it brings less than a cent. */
export function lost({ candidate, best }: Comparison): bigint {
  if (best === undefined || best.gain < CENT) return 0n
  const lacking = best.gain - (candidate?.seizures[0]?.grossBase ?? 0n)
  return lacking > 0n ? lacking : 0n
}

/** Within 0.1 %, or a cent. */
export const isBest = (comparison: Comparison): boolean => {
  const lacking = lost(comparison)
  return lacking <= CENT || lacking * 1000n <= (comparison.best?.gain ?? 0n)
}

/** The smallest unit of both assets is worth at most a cent, as with every token that is listed anywhere. */
export const isFine = ({ best }: Comparison): boolean =>
  best === undefined || (best.pair.pc <= CENT * best.pair.uc && best.pair.pd <= CENT * best.pair.ud)
