import type { Address } from 'viem'
import { multicall3Address } from '../../../scripts/devnet/multicall3.ts'
import type { Candidate, Seizure } from '../../../src/core/plan.ts'
import type { AccountId } from '../../../src/core/types.ts'
import {
  COLLATERAL,
  configuration,
  configurationCell,
  DEBT,
  flags,
  reserveAddress,
  reserveCell,
  reserveIds,
  scaledCell,
  userEModeCell,
} from '../../../src/protocols/aave-v3/cells.ts'
import { normalizedDebt, normalizedIncome } from '../../../src/protocols/aave-v3/moment.ts'
import { type Rules, rulesFor } from '../../../src/protocols/aave-v3/rules.ts'
import { type MarketBelow, marketBelow } from './market-below.ts'
import { amounts, call, type Pair, type Position, pairOf } from './pool-call.ts'
import { type Probed, probe } from './probe.ts'
import { type ReserveSpec, reserve } from './world.ts'

/** Positions on real contracts, below health 1, and every question a test has of them. */
export interface Below extends MarketBelow {
  readonly candidates: readonly Candidate[]
}

export async function openBelow(options: { accounts: number; seed: number }): Promise<Below> {
  const market = await marketBelow(options, multicall3Address)
  return { ...market, candidates: market.book.liquidatable(market.book.head?.timestamp ?? 0n) }
}

/** The account as the transcription takes it: every index as of the head. */
function positionOf({ book, devnet }: MarketBelow, account: AccountId): Position {
  const { ledger, head } = book
  const timestamp = head?.timestamp ?? 0n
  const reserves = reserveIds(ledger).map((id): ReserveSpec => {
    const data = ledger.get(reserveCell(id, 'configuration'))
    return reserve({
      decimals: Number(configuration.decimals(data)),
      priceUsd8: ledger.get(reserveCell(id, 'price')),
      ltBps: Number(configuration.liquidationThreshold(data)),
      bonusBps: Number(configuration.liquidationBonus(data)),
      feeBps: Number(configuration.liquidationProtocolFee(data)),
      liquidityIndex: normalizedIncome(ledger, id, timestamp),
      variableBorrowIndex: normalizedDebt(ledger, id, timestamp, rulesFor('aave-v3.6', 0n) as Rules),
      available: ledger.get(reserveCell(id, 'virtualUnderlyingBalance')),
    })
  })
  const { market } = devnet
  const idOf = (asset: Address) =>
    reserveIds(ledger).find((id) => reserveAddress(ledger, id, 'asset') === asset.toLowerCase()) ?? -1
  const eModes = market.risk.eModes.map((eMode) => ({
    ...eMode,
    collaterals: eMode.assets.map((symbol) => idOf(market.reserves[symbol].asset)),
  }))
  const held = [...flags(ledger.get(configurationCell(account)))]
  const side = (which: 0 | 1, ids: readonly { readonly id: number }[]) =>
    ids.map(({ id }) => [id, ledger.get(scaledCell(account, id, which))] as const)
  return {
    version: '3.6',
    reserves,
    eModes,
    account: {
      eMode: Number(ledger.get(userEModeCell(account))),
      collaterals: side(
        COLLATERAL,
        held.filter(({ collateral }) => collateral),
      ),
      debts: side(
        DEBT,
        held.filter(({ borrowing }) => borrowing),
      ),
    },
  }
}

/** Every pair of the account, with its assets. */
export function pairsOf(below: MarketBelow, candidate: Candidate) {
  const { ledger } = below.book
  const position = positionOf(below, candidate.account)
  return position.account.collaterals.flatMap((held) =>
    position.account.debts.map((owing) => ({
      pair: pairOf(position, held, owing),
      collateralAsset: reserveAddress(ledger, held[0], 'asset'),
      debtAsset: reserveAddress(ledger, owing[0], 'asset'),
      borrower: candidate.borrower,
    })),
  )
}
export type PairOnChain = ReturnType<typeof pairsOf>[number]

export async function ask(
  below: MarketBelow,
  of: PairOnChain | Seizure,
  debtToCover: bigint,
): Promise<Probed | undefined> {
  const { collateralAsset, debtAsset, borrower } = of
  const [answer] = await probe(below.rpc, below.devnet.market, [{ collateralAsset, debtAsset, borrower, debtToCover }])
  return answer
}

/** What `probe` sees of these amounts: of one asset only the difference. */
export const seen = (
  { collateralAsset, debtAsset }: Pick<PairOnChain, 'collateralAsset' | 'debtAsset'>,
  { debt, collateral }: Probed,
): Probed =>
  collateralAsset === debtAsset ? { debt: debt - collateral, collateral: collateral - debt } : { debt, collateral }

export const expected = (of: PairOnChain, debtToCover: bigint): Probed | undefined => {
  const out = call(of.pair, debtToCover)
  return out === 'revert' ? undefined : seen(of, out)
}

/** Amounts worth asking about: kinks with their neighbours and a grid. */
export const asked = (pair: Pair, grid: number): bigint[] => [...amounts(pair, grid)]
