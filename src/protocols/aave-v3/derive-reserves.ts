import type { Address, Hex } from 'viem'
import type { Ledger } from '../../core/ledger.ts'
import type { Facts, Log } from '../../core/types.ts'
import { EVENTS, SELECTORS, topicAddress, word } from './abi.ts'
import { addressIn, MARKET, reserveCell } from './cells.ts'
import type { Directory } from './touch.ts'

/** What a page's logs do to reserves; a reserve that is not named is as it was. */
export interface ReserveChanges {
  /** The last `ReserveDataUpdated` of each, and when; undefined: something changed that no log tells. */
  readonly data: ReadonlyMap<number, ReserveUpdate | undefined>
  /** By how much `virtualUnderlyingBalance` moved. */
  readonly virtual: ReadonlyMap<number, bigint>
  /** By aggregator. */
  readonly answers: ReadonlyMap<Address, bigint>
}

interface ReserveUpdate {
  readonly log: Log
  readonly timestamp: bigint
}

/** ReserveLogic and its callers (3.5 on): each change of indices or rates is followed by `ReserveDataUpdated`, but for one. */
export function deriveReserves({ logs, block }: Facts, ledger: Ledger, where: Directory): ReserveChanges {
  const data = new Map<number, ReserveUpdate | undefined>()
  const virtual = new Map<number, bigint>()
  const answers = new Map<Address, bigint>()
  for (const log of logs) {
    if (log.topics[0] === EVENTS.AnswerUpdated && where.aggregators.has(log.address))
      answers.set(log.address, BigInt.asIntN(256, BigInt(log.topics[1] ?? '0x0')))
    if (log.address !== where.pool) continue
    for (const [asset, amount] of flows(log)) {
      const id = where.assets.get(asset)
      if (id !== undefined) virtual.set(id, (virtual.get(id) ?? 0n) + amount)
    }
    const id = where.assets.get(topicAddress(log.topics[1]))
    if (id === undefined) continue
    if (log.topics[0] === EVENTS.ReserveDataUpdated) data.set(id, { log, timestamp: block.timestamp })
    // With `receiveAToken` the collateral's indices are brought up to date and nobody is told.
    else if (isSilentUpdate(log) && isOlder(ledger, id, block.timestamp) && !data.has(id)) data.set(id, undefined)
  }
  return { data, virtual, answers }
}

const isSilentUpdate = ({ topics, data }: Pick<Log, 'topics' | 'data'>): boolean =>
  topics[0] === EVENTS.LiquidationCall && word(data, 3) === 1n

const isOlder = (ledger: Ledger, id: number, timestamp: bigint): boolean =>
  ledger.get(reserveCell(id, 'lastUpdateTimestamp')) < timestamp

/** Assets that enter (+) or leave (−) what the pool counts as its own: `updateInterestRatesAndVirtualBalance`. */
function flows({ topics, data }: Log): readonly (readonly [Address, bigint])[] {
  const asset = topicAddress(topics[1])
  switch (topics[0]) {
    case EVENTS.Supply:
      return [[asset, word(data, 1)]]
    case EVENTS.Withdraw:
      return [[asset, -word(data, 0)]]
    case EVENTS.Borrow:
      return [[asset, -word(data, 1)]]
    case EVENTS.Repay:
      return word(data, 1) === 1n ? [] : [[asset, word(data, 0)]]
    case EVENTS.FlashLoan:
      // What is borrowed comes back, or becomes a `Borrow` of its own.
      return [[topicAddress(topics[2]), word(data, 3)]]
    case EVENTS.LiquidationCall:
      return [
        [topicAddress(topics[2]), word(data, 0)],
        [asset, isSilentUpdate({ topics, data }) ? 0n : -word(data, 1)],
      ]
    default:
      return []
  }
}

export function reserveAnswer(
  to: Address,
  selector: Hex,
  id: number,
  ledger: Ledger,
  changes: ReserveChanges,
): Hex | undefined {
  if (selector === SELECTORS.getAssetPrice)
    return to === addressIn(ledger, MARKET.oracle) ? priceAnswer(id, ledger, changes) : undefined
  if (to !== addressIn(ledger, MARKET.pool)) return undefined
  if (selector === SELECTORS.getReserveData) return dataAnswer(id, ledger, changes)
  if (selector === SELECTORS.getVirtualUnderlyingBalance)
    return words(ledger.get(reserveCell(id, 'virtualUnderlyingBalance')) + (changes.virtual.get(id) ?? 0n))
  return undefined
}

/**
 * Pool.getReserveData's words that the mirror keeps, in their places; the others are 0. `ReserveDataUpdated` carries
 * liquidity rate, stable rate, variable rate, liquidity index, variable index.
 */
function dataAnswer(id: number, ledger: Ledger, { data }: ReserveChanges): Hex | undefined {
  const update = data.get(id)
  if (update === undefined && data.has(id)) return undefined
  const cell = (field: Parameters<typeof reserveCell>[1]): bigint => ledger.get(reserveCell(id, field))
  const told = (n: number, field: Parameters<typeof reserveCell>[1]): bigint =>
    update ? word(update.log.data, n) : cell(field)
  return words(
    cell('configuration'),
    told(3, 'liquidityIndex'),
    told(0, 'currentLiquidityRate'),
    told(4, 'variableBorrowIndex'),
    told(2, 'currentVariableBorrowRate'),
    0n,
    update ? update.timestamp : cell('lastUpdateTimestamp'),
    BigInt(id),
    cell('aToken'),
    cell('sToken'),
    cell('vToken'),
    0n,
    0n,
    0n,
    0n,
  )
}

/**
 * A source that is its own root and has an aggregator we follow answers what that aggregator last said. Feeds that stand
 * on others (capped, ratio, pegged) move by other means and are asked; so is one that says nothing above 0.
 */
function priceAnswer(id: number, ledger: Ledger, { answers }: ReserveChanges): Hex | undefined {
  const aggregator = reserveCell(id, 'aggregator')
  const isPlain = ledger.get(reserveCell(id, 'source')) === ledger.get(reserveCell(id, 'root'))
  if (!isPlain || ledger.get(aggregator) === 0n || !ledger.has(reserveCell(id, 'price'))) return undefined
  const price = answers.get(addressIn(ledger, aggregator)) ?? ledger.get(reserveCell(id, 'price'))
  return price > 0n ? words(price) : undefined
}

const words = (...values: readonly bigint[]): Hex =>
  `0x${values.map((value) => value.toString(16).padStart(64, '0')).join('')}`
