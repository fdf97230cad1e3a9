/**
 * What an owner has to do now, so that health is a target once a feed stands at a stop price (row 21 of the measures). The amounts are
 * those of the ways out (`docs/rescue.md`) at the prices of the stop: what is repaid or added now is the same amount then. A sale is
 * made now, so it is sized at the present rate of the two assets. Each is then taken in the ledger, and the feed moved once more.
 */
import type { Book } from '../book.ts'
import { UINT256_MAX } from '../math.ts'
import type { AccountView, Rescue, Sale } from '../protocol.ts'
import type { RescueObstacle } from '../rescue.ts'
import type { AccountId } from '../types.ts'

export interface Stop {
  /** Writes the prices of the stop into the ledger. */
  readonly suppose: () => void
  /** Health there, 18 decimals. */
  readonly target: bigint
  /** Unix seconds at which all of it happens. */
  readonly timestamp: bigint
}

export interface StopPlan {
  /** 2²⁵⁶ − 1 without debt. */
  readonly healthAtStop: bigint
  readonly options: readonly StopOption[]
}

export interface StopOption {
  readonly way: Rescue
  /** Once it is taken. */
  readonly healthNow: bigint
  readonly healthAtStop: bigint
  /** At present prices: it is taken now. */
  readonly obstacle: RescueObstacle | undefined
}

/** Undefined where the account's health cannot be known. The book stays as it was. */
export function stopPlan(book: Book, account: AccountId, { suppose, target, timestamp }: Stop): StopPlan | undefined {
  const { head, ledger, protocol } = book
  if (head === undefined) return undefined
  const aside = <T>(work: () => T): T => ledger.speculate(head.number, work)
  const health = (): bigint | undefined => protocol.standing(ledger, account, timestamp)?.healthFactor
  const view = protocol.account(ledger, account, timestamp)
  const sales = view === undefined ? [] : salesOf(view)
  const found = aside(() => {
    suppose()
    return { health: health(), ways: protocol.rescue(ledger, account, timestamp, target, { sales }) }
  })
  if (found.health === undefined) return undefined
  const options = found.ways.flatMap((way): StopOption[] => {
    const [healthNow, healthAtStop] = aside(() => {
      protocol.takeRescue(ledger, account, timestamp, way)
      const now = health()
      suppose()
      return [now, health()]
    })
    if (healthNow === undefined || healthAtStop === undefined) return []
    // The same way, asked for the health it leaves now, is what the pool would see today.
    const today = protocol.rescue(ledger, account, timestamp, healthNow, { sales }).find((one) => isSameWay(one, way))
    const obstacle = healthNow === UINT256_MAX || today === undefined ? way.obstacle : today.obstacle
    return [{ way, healthNow, healthAtStop, obstacle }]
  })
  return { healthAtStop: found.health, options: options.sort(freeFirst) }
}

/** Each collateral for each debt at the oracle's present prices. */
const salesOf = ({ collaterals, debts }: AccountView): readonly Sale[] =>
  collaterals.flatMap((held) =>
    debts
      .filter((owed) => owed.asset !== held.asset && owed.priceUsd8 > 0n)
      .map((owed) => ({
        collateralAsset: held.asset,
        debtAsset: owed.asset,
        sold: owed.priceUsd8 * 10n ** BigInt(held.decimals),
        received: held.priceUsd8 * 10n ** BigInt(owed.decimals),
      })),
  )

const isSameWay = (a: Rescue, b: Rescue): boolean =>
  a.kind === b.kind && a.asset === b.asset && a.repays?.asset === b.repays?.asset

/** As they came, those that can be taken before those that cannot. */
const freeFirst = (a: StopOption, b: StopOption): number =>
  Number(a.obstacle !== undefined) - Number(b.obstacle !== undefined)
