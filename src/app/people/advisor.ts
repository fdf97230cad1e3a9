import { type Address, getAddress } from 'viem'
import type { Advice, RescueOption } from '../../core/answers.ts'
import type { Book } from '../../core/book.ts'
import { RpcFault, UnreachableError } from '../../core/errors.ts'
import { max } from '../../core/math.ts'
import type { Advisor } from '../../core/people/ports.ts'
import type { Batch, Offer, Venue } from '../../core/ports.ts'
import type { AccountView, KnownForRescue, Rescue } from '../../core/protocol.ts'
import { cheapestFirst } from '../../core/rescue.ts'
import type { AccountId, Header } from '../../core/types.ts'
import type { ChainState } from '../chain-state.ts'
import { inTime } from '../in-time.ts'
import { toAccountRow, toBlockRef, toRescue } from '../present.ts'
import { liquidationCost } from './liquidation-cost.ts'
import { ownerCalls, type Swap } from './owner-calls.ts'
import { needsVenue, type Priced, priceSales, receivedFor } from './sales.ts'
import { type Wallet, walletCalls, walletOf } from './wallet.ts'

/** Where a market is, and what people can be pointed to there. */
export interface AdvicePlace {
  readonly chain: ChainState
  /** Undefined: no venue is known on the chain. */
  readonly venue: Venue | undefined
  /** Such as `https://etherscan.io`. */
  readonly explorer: string | undefined
}

export interface AdvisorOptions {
  /** By market. */
  readonly places: ReadonlyMap<string, AdvicePlace>
  /** Health that a rescue aims at, 18 decimals. */
  readonly targetWad: () => bigint
  /** Longest wait for the node. */
  readonly deadlineMs: number
}

/** Seconds of chain time in which the swap of a sale is good. */
const SWAP_GOOD_S = 1_200n
/** The node is asked about one block; when the next one arrives meanwhile everything is asked once more. */
const MOST_TRIES = 2

/** Asks the node about wallet, caps and venues. Throws UnreachableError where it does not answer, or not in time. */
export function createAdvisor({ places, targetWad, deadlineMs }: AdvisorOptions): Advisor {
  return {
    async advise(market, address) {
      const place = places.get(market)
      if (place === undefined) return undefined
      const work = adviseIn(place, market, lower(address), targetWad()).then((advice) => ({ advice }))
      const done = await inTime(deadlineMs, work).catch((error: unknown) => {
        throw error instanceof RpcFault ? refused(market, error) : error
      })
      if (done === undefined) throw late(market, deadlineMs)
      return done.advice
    },
  }
}

async function adviseIn(
  place: AdvicePlace,
  market: string,
  owner: Address,
  targetWad: bigint,
): Promise<Advice | undefined> {
  for (let tries = 1; ; tries++) {
    const book = place.chain.books.find(({ name }) => name === market)
    const { head } = book ?? {}
    const { batch } = place.chain
    if (book === undefined || head === undefined || batch === undefined) throw notReady(market)
    const account = book.find(owner)
    if (account === undefined || book.account(account, head.timestamp) === undefined) return undefined
    const found = await findOut({ place, book, account, owner, targetWad, batch }, head)
    if (book.head?.hash === head.hash || tries === MOST_TRIES)
      return toAdvice({ place, book, account, owner, targetWad }, found)
  }
}

interface Case {
  readonly place: AdvicePlace
  readonly book: Book
  readonly account: AccountId
  readonly owner: Address
  readonly targetWad: bigint
}

/** What the node said. */
interface Found {
  readonly known: KnownForRescue
  readonly wallet: Wallet
  readonly priced: Priced | undefined
}

const waysOut = ({ place, book, account, targetWad }: Case, head: Header, known: KnownForRescue): readonly Rescue[] =>
  book.protocol.rescue(book.ledger, account, place.chain.executionTime(head), targetWad, known)

async function findOut(one: Case & { readonly batch: Batch }, head: Header): Promise<Found> {
  const { book, account, owner, place, batch } = one
  const { pool } = book.protocol.market(book.ledger)
  const spenders = { pool, venue: place.venue?.spender }
  const calls = [
    ...book.protocol.rescueReads(book.ledger, account),
    ...walletCalls(owner, waysOut(one, head, {}), spenders),
  ]
  const reads = calls.length > 0 ? await batch.read(calls, { blockHash: head.hash }) : []
  const wallet = walletOf(owner, reads)
  const { venue } = place
  const priced = venue && (await priceSales(venue, (sales) => waysOut(one, book.head ?? head, { reads, sales }), head))
  return { known: { reads, sales: priced?.sales ?? [] }, wallet, priced }
}

/** No waiting from here on: everything speaks of one state of the book. */
function toAdvice(one: Case, { known, wallet, priced }: Found): Advice | undefined {
  const { place, book, account, owner, targetWad } = one
  const { head } = book
  const view = head && book.account(account, head.timestamp)
  if (head === undefined || view === undefined) return undefined
  const timestamp = place.chain.executionTime(head)
  const options = waysOut(one, head, known)
    .map((option) => withFindings(option, view, wallet, priced))
    .sort(cheapestFirst)
  const checksummed = getAddress(owner)
  return {
    row: toAccountRow(book.name, place.chain.chainId, view),
    block: toBlockRef(head),
    timestamp: Number(timestamp),
    targetHealth: targetWad.toString(),
    options: options.map((option) => toOption(one, option, wallet, priced?.offerFor(option))),
    liquidation: liquidationCost(book, account, timestamp) ?? null,
    explorerUrl: place.explorer === undefined ? null : `${place.explorer}/address/${checksummed}`,
    ...(place.chain.distrust(book.name) !== undefined && { quarantined: true }),
  }
}

/** The obstacles and the cost that only wallet and venue can tell. */
function withFindings(option: Rescue, { debts }: AccountView, wallet: Wallet, priced: Priced | undefined): Rescue {
  if (option.obstacle !== undefined) return option
  if (option.kind !== 'sell')
    return wallet.balance(option.asset) >= option.amount ? option : { ...option, obstacle: 'wallet-short' }
  if (!needsVenue(option)) return option
  const offer = priced?.offerFor(option)
  if (offer === undefined) return { ...option, obstacle: 'no-route' }
  const debt = debts.find(({ asset }) => asset === offer.debtAsset)
  const brings = (receivedFor(offer, option) * (debt?.priceUsd8 ?? 0n)) / 10n ** BigInt(debt?.decimals ?? 0)
  return { ...option, costBase: max(0n, option.valueBase - brings) }
}

function toOption(
  { place, book, owner }: Case,
  option: Rescue,
  wallet: Wallet,
  offer: Offer | undefined,
): RescueOption {
  const pool = book.protocol.rescueCalls(book.ledger, owner, option)
  const swap = offer && place.venue && book.head && swapOf(place.venue, offer, option, owner, book.head)
  return {
    ...toRescue(option),
    inWallet: option.kind === 'sell' ? null : wallet.balance(option.asset).toString(),
    calls: option.obstacle === undefined ? ownerCalls(pool, swap, wallet.allowance) : [],
  }
}

function swapOf(venue: Venue, offer: Offer, option: Rescue, recipient: Address, head: Header): Swap {
  const { asset, amount, repays } = option
  const terms = { recipient, minimum: repays?.amount ?? 0n, deadline: head.timestamp + SWAP_GOOD_S }
  return { call: venue.swap({ ...offer, sold: amount }, terms), takes: { asset, amount } }
}

const lower = (address: Address): Address => `0x${address.slice(2).toLowerCase()}`

const notReady = (market: string): UnreachableError =>
  new UnreachableError({
    code: 'NOT_READY',
    what: `the market "${market}" is not ready yet`,
    why: 'its history has not been read to the end',
    fix: 'Try again later.',
  })

const refused = (market: string, cause: RpcFault): UnreachableError =>
  new UnreachableError(
    {
      code: 'ADVICE_REFUSED',
      what: `the node says nothing about the wallet in "${market}"`,
      why: cause.message,
      fix: 'Try again later, or check the node.',
    },
    { cause },
  )

const late = (market: string, deadlineMs: number): UnreachableError =>
  new UnreachableError({
    code: 'ADVICE_LATE',
    what: `nothing could be found out about the wallet in "${market}" within ${deadlineMs} ms`,
    why: 'the node is slow or does not answer',
    fix: 'Try again later, or check the node.',
  })
