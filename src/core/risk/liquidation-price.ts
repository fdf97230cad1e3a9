/** Where an account is liquidated, in the contract's own integers (row 1). */
import type { Book } from '../book.ts'
import { WAD } from '../math.ts'
import type { AccountId } from '../types.ts'
import type { Group } from './groups.ts'
import type { Side } from './ladder.ts'

/** No feed answers so much: 1e18 dollars. */
const MOST_USD8 = 10n ** 26n

/**
 * The answer of the group's feed (8 decimals; of `group.symbol`) that is the line, all else as it is at the book's head. `fall`: the
 * greatest at which health is below 1; `rise`: the smallest. Null: no answer is the line, since health stays on one side of 1.
 *
 * Found by binary search over answers, every asset of the group scaled as in a what-if (`Protocol.shock`) and health computed as
 * the pool does. At the price found health is below 1, and one unit further (`fall`: above; `rise`: below) it is not: checked, not
 * inferred. That it is the greatest (smallest) such answer follows where health is monotone in the price: strictly so for an account
 * that has the group on one side only and a pool that does not floor the average threshold; else up to what rounding of the last
 * unit of each holding can do.
 *
 * `guess`: where to look first, as of the float λ. A good one makes it a handful of steps. Debts in the same asset, eMode and
 * accounts below 1 already are nothing special here: the pool's own health has them.
 */
export function liquidationPrice(
  book: Book,
  group: Group,
  { account, side, guess }: { readonly account: AccountId; readonly side: Side; readonly guess: bigint },
): bigint | null {
  if (group.priceUsd8 === 0n) return null
  const isUnder = (price: bigint): boolean | undefined => isUnderAt(book, group, account, price)
  const start = guess < 1n ? 1n : guess > MOST_USD8 ? MOST_USD8 : guess
  const first = isUnder(start)
  if (first === undefined) return null
  // From here, towards where health is on the other side, in steps that double.
  const up = side === 'fall' ? first : !first
  let [near, far] = [start, start]
  for (let step = 1n; isUnder(far) === first; step *= 2n) {
    if (far === (up ? MOST_USD8 : 1n)) return null
    near = far
    far = up ? lesser(far + step, MOST_USD8) : greater(far - step, 1n)
  }
  while (distance(near, far) > 1n) {
    const middle = (near + far) / 2n
    if (isUnder(middle) === first) near = middle
    else far = middle
  }
  return first ? near : far
}

/** Health below 1 if the feed answered `price`; undefined where it cannot be known. */
function isUnderAt(
  { head, ledger, protocol }: Book,
  group: Group,
  account: AccountId,
  price: bigint,
): boolean | undefined {
  if (head === undefined) return undefined
  // Rounded up, so that the price of the asset that stands on the feed alone, rounded down, is `price` itself.
  const factorWad = (price * WAD + group.priceUsd8 - 1n) / group.priceUsd8
  return ledger.speculate(head.number, () => {
    protocol.shock(ledger, new Map([[group.root, factorWad]]))
    const standing = protocol.standing(ledger, account, head.timestamp)
    return standing && standing.healthFactor < WAD
  })
}

const lesser = (a: bigint, b: bigint): bigint => (a < b ? a : b)
const greater = (a: bigint, b: bigint): bigint => (a > b ? a : b)
const distance = (a: bigint, b: bigint): bigint => (a > b ? a - b : b - a)
