import type { Address, Hex } from 'viem'
import type { Cell, Ledger } from '../../core/ledger.ts'
import { mulDivCeil, mulDivFloor, RAY } from '../../core/math.ts'
import type { AccountId, Call, Facts, Log, Read } from '../../core/types.ts'
import { argument, EVENTS, SELECTORS, toAddress, topicAddress, word } from './abi.ts'
import { configurationCell, DEBT, flags, type Side, scaledCell, userEModeCell } from './cells.ts'
import { deriveReserves, type ReserveChanges, reserveAnswer } from './derive-reserves.ts'
import type { Rules } from './rules.ts'
import { type Directory, touch } from './touch.ts'

/**
 * Answers that follow exactly from a page's logs and the state before it, so that no node need be asked. Only for rule
 * sets whose balances determine scaled balances (`rules.balancesAreExact`) and pages on which no rule changes; a call that
 * cannot be answered this way is left out. Proven by comparison: `docs/recording.md`.
 */
export function derive(facts: Facts, ledger: Ledger, calls: readonly Call[], where: Directory, rules: Rules): Read[] {
  if (!rules.balancesAreExact || touch(facts, ledger, where).market) return []
  const changes = accountChanges(facts.logs, ledger, where, rules)
  const reserves = deriveReserves(facts, ledger, where)
  return calls.flatMap((call) => {
    const result = answer(call, ledger, where, changes, reserves)
    return result === undefined ? [] : [{ ...call, result }]
  })
}

/** What a page's logs do to accounts that are known; undefined where the state before is not known. */
interface AccountChanges {
  readonly scaled: Map<Cell, bigint | undefined>
  readonly configurations: Map<AccountId, bigint | undefined>
  readonly eModes: Map<AccountId, bigint>
}

function accountChanges(logs: readonly Log[], ledger: Ledger, where: Directory, rules: Rules): AccountChanges {
  const changes: AccountChanges = { scaled: new Map(), configurations: new Map(), eModes: new Map() }
  const known = (topic: Hex | undefined): AccountId | undefined => {
    const account = ledger.find(topicAddress(topic))
    return account !== undefined && ledger.has(configurationCell(account)) ? account : undefined
  }
  for (const log of logs) {
    const token = where.tokens.get(log.address)
    if (token) moveBalances(log, token, { ledger, rules, changes, known })
    else if (log.address === where.pool) switchFlags(log, where, { ledger, changes, known })
  }
  return changes
}

interface Context {
  readonly ledger: Ledger
  readonly changes: AccountChanges
  /** The account that a topic names, if the chain has told us of it before this page. */
  known(topic: Hex | undefined): AccountId | undefined
}

interface Token {
  readonly id: number
  readonly side: Side
}

function moveBalances(
  log: Log,
  { id, side }: Token,
  { ledger, rules, changes, known }: Context & { rules: Rules },
): void {
  const [topic, first, second] = log.topics
  const set = (account: AccountId | undefined, next: (scaled: bigint) => bigint): void => {
    if (account === undefined) return
    const before = scaledBefore(account, id, side, ledger, changes)
    changes.scaled.set(scaledCell(account, id, side), before === undefined ? undefined : next(before))
    if (side === DEBT) setBit(account, id, 0n, changes.scaled.get(scaledCell(account, id, side)), { ledger, changes })
  }
  switch (topic) {
    case EVENTS.Mint:
      return set(known(second), (scaled) =>
        scaledAfter(scaled, word(log.data, 0) - word(log.data, 1), log, side, rules),
      )
    case EVENTS.Burn:
      return set(known(first), (scaled) =>
        scaledAfter(scaled, -word(log.data, 0) - word(log.data, 1), log, side, rules),
      )
    case EVENTS.BalanceTransfer:
      set(known(first), (scaled) => scaled - word(log.data, 0))
      set(known(second), (scaled) => scaled + word(log.data, 0))
  }
}

/**
 * ScaledBalanceTokenBase: `value` is the next balance less the previous one, and the previous one is the scaled balance at
 * this index less `balanceIncrease`. As an index is never below one ray, a balance determines its scaled balance.
 */
function scaledAfter(scaled: bigint, change: bigint, { data }: Log, side: Side, rules: Rules): bigint {
  const index = word(data, 2)
  const balance = (side === DEBT ? rules.vTokenBalance(scaled, index) : rules.aTokenBalance(scaled, index)) + change
  return side === DEBT ? mulDivFloor(balance, RAY, index) : mulDivCeil(balance, RAY, index)
}

/** A debt without its flag is none (3.5 on); collateral may lie there without one. */
function scaledBefore(
  account: AccountId,
  id: number,
  side: Side,
  ledger: Ledger,
  { scaled }: AccountChanges,
): bigint | undefined {
  const cell = scaledCell(account, id, side)
  if (scaled.has(cell)) return scaled.get(cell)
  if (ledger.has(cell)) return ledger.get(cell)
  const isFlagged = [...flags(ledger.get(configurationCell(account)))].some((flag) => flag.id === id && flag.borrowing)
  return side === DEBT && !isFlagged ? 0n : undefined
}

/** UserConfigurationMap: two bits a reserve, the lower one for borrowing. */
function setBit(
  account: AccountId,
  id: number,
  bit: 0n | 1n,
  value: bigint | undefined,
  { ledger, changes }: Pick<Context, 'ledger' | 'changes'>,
): void {
  const { configurations } = changes
  const before = configurations.has(account) ? configurations.get(account) : ledger.get(configurationCell(account))
  const mask = 1n << (2n * BigInt(id) + bit)
  const after = before === undefined || value === undefined ? undefined : value === 0n ? before & ~mask : before | mask
  configurations.set(account, after)
}

function switchFlags({ topics, data }: Log, where: Directory, { ledger, changes, known }: Context): void {
  const [topic, first, second] = topics
  const isEnabled = topic === EVENTS.ReserveUsedAsCollateralEnabled
  if (isEnabled || topic === EVENTS.ReserveUsedAsCollateralDisabled) {
    const account = known(second)
    const id = where.assets.get(topicAddress(first))
    if (account !== undefined && id !== undefined) setBit(account, id, 1n, isEnabled ? 1n : 0n, { ledger, changes })
  } else if (topic === EVENTS.UserEModeSet) {
    const account = known(first)
    if (account !== undefined) changes.eModes.set(account, word(data, 0))
  }
}

function answer(
  { to, data }: Call,
  ledger: Ledger,
  where: Directory,
  changes: AccountChanges,
  reserves: ReserveChanges,
): Hex | undefined {
  const selector = data.slice(0, 10) as Hex
  if (OF_ACCOUNT.has(selector)) {
    const value = accountAnswer(to, selector, toAddress(argument(data)), ledger, where, changes)
    return value === undefined ? undefined : toWord(value)
  }
  const id = where.assets.get(toAddress(argument(data)))
  return id === undefined ? undefined : reserveAnswer(to, selector, id, ledger, reserves)
}

const OF_ACCOUNT: ReadonlySet<Hex> = new Set([
  SELECTORS.getUserConfiguration,
  SELECTORS.getUserEMode,
  SELECTORS.scaledBalanceOf,
])

function accountAnswer(
  to: Address,
  selector: Hex,
  address: Address,
  ledger: Ledger,
  where: Directory,
  { scaled, configurations, eModes }: AccountChanges,
): bigint | undefined {
  const account = ledger.find(address)
  if (account === undefined || !ledger.has(configurationCell(account))) return undefined
  if (selector === SELECTORS.scaledBalanceOf) {
    const token = where.tokens.get(to)
    return token && scaledBefore(account, token.id, token.side, ledger, { scaled, configurations, eModes })
  }
  if (to !== where.pool) return undefined
  if (selector === SELECTORS.getUserEMode) return eModes.get(account) ?? ledger.get(userEModeCell(account))
  return configurations.has(account) ? configurations.get(account) : ledger.get(configurationCell(account))
}

const toWord = (value: bigint): Hex => `0x${value.toString(16).padStart(64, '0')}`
