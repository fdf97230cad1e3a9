import type { Address } from 'viem'
import type { ChainConfig } from '../../config/config.ts'
import type { Book } from '../../core/book.ts'
import { depthUsdAt } from '../../core/risk/absorption.ts'
import type { Asker } from '../../core/risk/asking.ts'
import { deficitAfterUsd } from '../../core/risk/deficit.ts'
import { heaviestFirst } from '../../core/risk/heaviest.ts'
import { Historian } from '../../core/risk/historian.ts'
import type { HistorianMaker } from '../../core/risk/historian-port.ts'
import { ladderOf } from '../../core/risk/ladder.ts'
import { leverageOf } from '../../core/risk/leverage.ts'
import { collateralOf, portraitOf } from '../../core/risk/portrait.ts'
import type { GroupSample, Sampler } from '../../core/risk/state-sample.ts'
import type { Call } from '../../core/types.ts'
import { fundingCall, fundingOf } from '../../protocols/gmx-v2/funding.ts'
import { isTwap } from '../../protocols/uniswap-v3/twap.ts'
import { twapCalls, twapsOf } from './twaps.ts'

export interface MakerOptions {
  readonly chains: readonly Pick<ChainConfig, 'id' | 'gmx' | 'wrappedNative'>[]
}

/** Historians as the program runs them: with ladder, leverage and depth at the end of each bin, and what is asked of the node. */
export const historianMaker =
  ({ chains }: MakerOptions): HistorianMaker =>
  ({ chainId, market, binS }, open) =>
    new Historian({ market, binS, sampler, asker: askerOf(chains.find(({ id }) => id === chainId)) }, open)

/** A fall of the heaviest group by so much is what insurance is held against. */
const COVERED_MOVE = -0.2
/** Depth is kept of this fall. */
const DEPTH_PCT = 5

const sampler: Sampler = (book, exchange) => {
  const portrait = portraitOf(book)
  // Where the pool's rules are not known there is no ladder, and no group can be told.
  if (portrait.terms.closing === undefined) return {}
  const collateral = collateralOf(portrait)
  const [heaviest] = heaviestFirst(portrait)
  return {
    collateralUsd: collateral.reduce((sum, base) => (base > 0 ? sum + base : sum), 0) / 1e8,
    leverage: leverageOf(portrait, collateral).mean,
    badDebt20Usd: heaviest ? deficitAfterUsd(portrait, heaviest.root, COVERED_MOVE) : null,
    groups: new Map(
      portrait.groups.map((group): [Address, GroupSample] => {
        const ladder = ladderOf(portrait, group.root, 'fall', 0)
        const at = (pct: number): number | null =>
          ladder.points.find(({ fallPct }) => fallPct === pct)?.collateralUsd ?? null
        const depthUsd = depthUsdAt(DEPTH_PCT, { group, reserves: portrait.reserves, exchange })
        return [group.root, { ladder5Usd: at(5), ladder10Usd: at(10), depthUsd }]
      }),
    ),
  }
}

/** What the market's contracts tell, and with it what others tell of the market. */
function askerOf(chain: MakerOptions['chains'][number] | undefined): Asker {
  const funding = (book: Book): Call | undefined => {
    const coin = book.protocol.market(book.ledger).reserves.find(({ asset }) => asset === chain?.wrappedNative)
    return chain?.gmx && coin && coin.priceUsd8 > 0n ? fundingCall(chain.gmx, coin.priceUsd8) : undefined
  }
  // A price in the call would make it another one in the next round: whatever was asked of the reader counts.
  const isFunding = (to: Address): boolean => to === chain?.gmx?.reader
  return {
    calls: ({ book, exchange }, answered) => {
      const one = answered.some(({ to }) => isFunding(to)) ? undefined : funding(book)
      const means = answered.some(isTwap) ? [] : twapCalls(book, exchange)
      return [...book.protocol.extras.calls(book.ledger, answered), ...(one ? [one] : []), ...means]
    },
    of: ({ book, exchange }, reads, block) => {
      const told = reads.find(({ to }) => isFunding(to))
      const funding = told ? fundingOf(told) : null
      return { ...book.protocol.extras.of(book.ledger, reads, block), funding, twaps: twapsOf(book, exchange, reads) }
    },
  }
}
