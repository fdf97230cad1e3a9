import type { Address, Hex } from 'viem'
import type { Ledger } from '../../core/ledger.ts'
import type { Deed, OwnDeed } from '../../core/risk/deed.ts'
import type { Facts, Log } from '../../core/types.ts'
import { EVENTS, topicAddress, word } from './abi.ts'
import { addressIn, configuration, MARKET, NO_PRICE, reserveAddress, reserveCell, reserveIds } from './cells.ts'

/**
 * What the logs of a page say, in their order. `ledger`: after the page. Prices are those of the end of the page, but for what came
 * before the last round of an asset's feed: this moves with the rounds (price · round then / last round), and before the first of
 * them it is the price in `earlier`. So a call is valued at what the pool saw, save that a source which cuts its root off (a
 * capped stable coin) is taken to move with it.
 */
export function deeds(facts: Facts, ledger: Ledger, earlier: ReadonlyMap<Address, bigint>): Deed[] {
  const pool = addressIn(ledger, MARKET.pool)
  const answers = answersOf(facts.logs, rootsOf(ledger))
  const prices = new Prices(ledger, earlier, answers)
  const found: Deed[] = []
  for (const [at, log] of facts.logs.entries()) {
    const answer = answers.get(at)
    const deed = log.address === pool ? ofPool(log, (asset, amount) => prices.value(asset, amount, at)) : answer
    if (deed) found.push(deed)
  }
  return found
}

type Value = (asset: Address, amount: bigint) => bigint

function ofPool(log: Log, value: Value): Deed | undefined {
  const { topics, data } = log
  const [topic, first, second, third] = topics.map((one, i) => (i === 0 ? one : topicAddress(one)) as Address)
  const happened = { transactionHash: log.transactionHash, logIndex: log.logIndex }
  const own = (kind: OwnDeed['kind'], account: Address, amount: bigint, withCollateral = false): OwnDeed => {
    const asset = first as Address
    return { kind, account, asset, amount, valueBase: value(asset, amount), withCollateral, ...happened }
  }
  const deficit = (kind: 'deficit-created' | 'deficit-covered', account: Address, asset: Address, amount: bigint) =>
    ({ kind, account, asset, amount, valueBase: value(asset, amount), ...happened }) as const
  switch (topic as Hex) {
    case EVENTS.Supply:
      return own('supply', second as Address, word(data, 1))
    case EVENTS.Withdraw:
      return own('withdraw', second as Address, word(data, 0))
    case EVENTS.Borrow:
      return own('borrow', second as Address, word(data, 1))
    case EVENTS.Repay:
      return own('repay', second as Address, word(data, 0), word(data, 1) === 1n)
    case EVENTS.DeficitCreated:
      return deficit('deficit-created', first as Address, second as Address, word(data, 0))
    case EVENTS.DeficitCovered:
      return deficit('deficit-covered', addressAt(data, 0), first as Address, word(data, 1))
    case EVENTS.LiquidationCall: {
      const [collateralAsset, debtAsset, account] = [first, second, third] as [Address, Address, Address]
      const [debtCovered, collateralSeized] = [word(data, 0), word(data, 1)]
      return {
        ...{ kind: 'liquidation', account, liquidator: addressAt(data, 2), collateralAsset, debtAsset },
        ...{ collateralSeized, seizedBase: value(collateralAsset, collateralSeized) },
        ...{ debtCovered, coveredBase: value(debtAsset, debtCovered), receivesTokens: word(data, 3) === 1n },
        ...happened,
      }
    }
  }
  return undefined
}

const addressAt = (data: Hex, n: number): Address => `0x${data.slice(2 + 64 * n + 24, 66 + 64 * n)}`

/** By aggregator: the feeds that it stands behind. */
function rootsOf(ledger: Ledger): ReadonlyMap<Address, readonly Address[]> {
  const found = new Map<Address, Address[]>()
  for (const id of reserveIds(ledger)) {
    const aggregator = addressIn(ledger, reserveCell(id, 'aggregator'))
    const root = reserveAddress(ledger, id, 'root')
    if (ledger.get(reserveCell(id, 'aggregator')) === 0n) continue
    const roots = found.get(aggregator) ?? []
    if (!roots.includes(root)) roots.push(root)
    found.set(aggregator, roots)
  }
  return found
}

type Answer = Extract<Deed, { kind: 'answer' }>

/** By place in the page. */
function answersOf(logs: readonly Log[], roots: ReadonlyMap<Address, readonly Address[]>): ReadonlyMap<number, Answer> {
  const found = new Map<number, Answer>()
  for (const [at, { address, topics, data, transactionHash, logIndex }] of logs.entries()) {
    const of = topics[0] === EVENTS.AnswerUpdated ? roots.get(address) : undefined
    if (of === undefined) continue
    const answer = BigInt.asIntN(256, BigInt(topics[1] ?? '0x0'))
    const updatedAtS = Number(word(data, 0))
    found.set(at, { kind: 'answer', roots: of, answer, updatedAtS, transactionHash, logIndex })
  }
  return found
}

/** What an asset was worth at a place in the page. */
class Prices {
  readonly #ledger: Ledger
  readonly #earlier: ReadonlyMap<Address, bigint>
  readonly #rounds: readonly (readonly [at: number, answer: Answer])[]
  readonly #ids: ReadonlyMap<Address, number>

  constructor(ledger: Ledger, earlier: ReadonlyMap<Address, bigint>, answers: ReadonlyMap<number, Answer>) {
    this.#ledger = ledger
    this.#earlier = earlier
    this.#rounds = [...answers]
    this.#ids = new Map(reserveIds(ledger).map((id) => [reserveAddress(ledger, id, 'asset'), id]))
  }

  value(asset: Address, amount: bigint, at: number): bigint {
    const id = this.#ids.get(asset)
    if (id === undefined) return 0n
    const unit = 10n ** configuration.decimals(this.#ledger.get(reserveCell(id, 'configuration')))
    const last = this.#ledger.get(reserveCell(id, 'price'))
    if (last === NO_PRICE) return 0n
    const [over, under] = this.#moved(reserveAddress(this.#ledger, id, 'root'), at)
    if (over === undefined) return (amount * (this.#earlier.get(asset) ?? last)) / unit
    return (amount * last * over) / (unit * under)
  }

  /** Round in force at `at` over the last of the page; undefined before the first. */
  #moved(root: Address, at: number): readonly [bigint | undefined, bigint] {
    const own = this.#rounds.filter(([, { roots, answer }]) => roots.includes(root) && answer > 0n)
    const last = own.at(-1)?.[1].answer
    if (last === undefined) return [1n, 1n]
    return [own.findLast(([then]) => then < at)?.[1].answer, last]
  }
}
