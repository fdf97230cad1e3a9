import { type Address, type Hex, parseAbi, parseEventLogs, type TransactionReceipt } from 'viem'
import { completeReads } from '../../../src/adapters/rpc/feed.ts'
import type { Seizure } from '../../../src/core/plan.ts'
import type { Batch } from '../../../src/core/ports.ts'
import type { AccountId, Header } from '../../../src/core/types.ts'
import { multicallCall, poolCall } from '../abis.ts'
import { availableOf, type Prediction, predict, sidesOf } from '../predict.ts'
import { balanceOf, drawPart, lower, MAX_UINT256, type Reserve, type World } from '../world.ts'
import { type Finding, GAS, type Kind, type Order, type Planned, simulate, type Turn, type Verdict } from './kind.ts'

const events = parseAbi([
  'event LiquidationCall(address indexed collateralAsset, address indexed debtAsset, address indexed user, uint256 debtToCover, uint256 liquidatedCollateralAmount, address liquidator, bool receiveAToken)',
  'event DeficitCreated(address indexed user, address indexed debtAsset, uint256 amountCreated)',
  'event Transfer(address indexed from, address indexed to, uint256 value)',
])

/** A call, and what the mirror says of it. */
interface Attempt {
  readonly account: AccountId
  readonly borrower: Address
  readonly collateral: Reserve
  readonly debt: Reserve
  readonly liquidator: Address
  readonly debtToCover: bigint
  readonly receiveAToken: boolean
  /** The mirror would send it itself. */
  readonly isOwn: boolean
  /** Undefined: a second call on the same account in one block, which is judged by the account afterwards. */
  readonly prediction: Prediction | undefined
  /** What the chain says of it at the beginning of the block, where the mirror expects a refusal. */
  readonly refusal: string | undefined
}

/** Runs `fn` on the mirror as it will be when the block begins: no logs, the prices of its time. */
async function ahead<T>({ world, timestamp }: Turn, fn: () => T): Promise<T> {
  const { book, batch } = world.mirror
  const { head, ledger, protocol } = book
  if (head === undefined) throw new Error('the book is empty')
  const block: Header = { ...head, number: head.number + 1n, timestamp }
  const pending: Batch = { read: (calls) => batch.read(calls, 'pending') }
  const facts = await completeReads({ batch: pending }, block, [], [book])
  const fresh = await pending.read(protocol.audit.fresh(ledger, timestamp), 'pending')
  return ledger.speculate(block.number, () => {
    protocol.apply({ ...facts, reads: [...facts.reads, ...fresh] }, ledger)
    return fn()
  })
}

/** Somebody in trouble where there is one; sometimes anybody, who must be refused. */
function victim({ world, timestamp, random, block }: Turn): AccountId | undefined {
  const { book } = world.mirror
  const free = (account: AccountId) => !block.taken.has(book.ledger.address(account))
  const candidates = book.liquidatable(timestamp).map(({ account }) => account)
  const anybody = world.people.flatMap(({ address }) => book.find(lower(address)) ?? [])
  const choice = (random.chance(0.93) ? candidates : anybody).filter(free)
  return choice.length === 0 ? undefined : random.pick(choice)
}

type Wish = Omit<Attempt, 'prediction' | 'refusal'>

/** What the mirror itself would send, or any amount of any pair of the account's reserves, or of a wrong one. */
function wish(turn: Turn, account: AccountId, liquidator: Address): { wish: Wish; own: Seizure | undefined } {
  const { world, random, timestamp, reserves } = turn
  const { ledger, protocol } = world.mirror.book
  const borrower = ledger.address(account)
  const receiveAToken = random.chance(0.3)
  // Calls in two are our contract's (`test/contracts`); here one call is one call.
  const seizures = (protocol.inspect(ledger, account, timestamp)?.seizures ?? []).filter((one) => one.firstCover === 0n)
  const offered = lower(liquidator) === borrower ? [] : seizures
  const own = offered.length > 0 && random.chance(0.4) ? random.pick(offered) : undefined
  const sides = sidesOf(ledger, account)
  const any = (ids: readonly number[]): Reserve => {
    const held = reserves.filter(({ id }) => ids.includes(id))
    return random.pick(held.length > 0 && random.chance(0.93) ? held : reserves)
  }
  const of = (asset: Address): Reserve => reserves.find((reserve) => reserve.asset === asset) ?? any([])
  const collateral = own ? of(own.collateralAsset) : any(sides.collaterals)
  const debt = own ? of(own.debtAsset) : any(sides.debts)
  const { owed, fixed } = balanceOf(world, borrower, debt, timestamp)
  const debtToCover = own?.debtToCover ?? (random.chance(0.4) ? MAX_UINT256 : drawPart(random, owed + fixed))
  return {
    wish: { account, borrower, collateral, debt, liquidator, debtToCover, receiveAToken, isOwn: own !== undefined },
    own,
  }
}

function foresee({ world, timestamp }: Turn, { account, ...wish }: Wish, own: Seizure | undefined): Prediction {
  const told = predict(world.mirror.book.ledger, {
    account,
    collateral: wish.collateral.id,
    debt: wish.debt.id,
    debtToCover: wish.debtToCover,
    receiveAToken: wish.receiveAToken,
    bySelf: lower(wish.liquidator) === wish.borrower,
    timestamp,
  })
  if (own === undefined) return told
  const fee = told.kind === 'accepted' ? told.fee : own.protocolFee
  return { kind: 'accepted', debt: own.debtCovered, collateral: own.collateralSeized, fee }
}

async function attempt(turn: Turn, liquidator: Address, again?: Attempt): Promise<Attempt | undefined> {
  const { world, block } = turn
  if (turn.lagging || block.closed) return undefined
  const made = await ahead(turn, () => {
    const account = again?.account ?? victim(turn)
    if (account === undefined) return undefined
    const { wish: wanted, own } = wish(turn, account, liquidator)
    return { ...wanted, prediction: foresee(turn, wanted, own), tight: isTight(turn, wanted) }
  })
  if (made === undefined) return undefined
  const { tight, ...wanted } = made
  // Where liquidity is short one call may make another impossible, or possible: such a call stays alone.
  if (tight && block.taken.size > 0) return undefined
  if (tight) block.closed = true
  block.taken.add(made.borrower)
  block.taken.add(lower(liquidator))
  if (again !== undefined) return { ...wanted, prediction: undefined, refusal: undefined }
  const refusal =
    made.prediction.kind === 'refused' ? await simulate(world, orderOf(world, wanted), 'pending') : undefined
  return { ...wanted, refusal }
}

/** The pool does not hold several times what could be asked of it. */
function isTight({ world, timestamp }: Turn, { borrower, collateral }: Wish): boolean {
  const { ledger } = world.mirror.book
  const { supplied } = balanceOf(world, borrower, collateral, timestamp)
  return supplied * 4n > availableOf(ledger, collateral.id)
}

const orderOf = ({ addresses }: World, made: Wish): Order => ({
  from: made.liquidator,
  to: addresses.pool,
  data: poolCall('liquidationCall', [
    made.collateral.asset,
    made.debt.asset,
    made.borrower,
    made.debtToCover,
    made.receiveAToken,
  ]),
})

/** Each attempt against what its transaction left in the log. */
async function judge(
  world: World,
  attempts: readonly Attempt[],
  receipts: readonly TransactionReceipt[],
): Promise<Verdict> {
  const calls = parseEventLogs({
    abi: events,
    eventName: 'LiquidationCall',
    logs: receipts.flatMap(({ logs }) => logs),
  })
  const findings: Finding[] = []
  for (const made of attempts) {
    if (made.prediction === undefined) continue
    const call = calls.find(({ args }) => lower(args.user) === made.borrower)
    if (made.prediction.kind === 'refused')
      findings.push(...judgeRefusal(made, made.prediction.error, call !== undefined))
    else if (call === undefined) findings.push(await reverted(world, made, receipts))
    else {
      const { debtToCover: debt, liquidatedCollateralAmount: collateral } = call.args
      findings.push(
        ...judgeAmounts(made, made.prediction, { debt, collateral, fee: feeIn(world, made, receipts, call) }),
      )
    }
  }
  const predictions = attempts.filter(({ prediction }) => prediction !== undefined).length
  const deficits = parseEventLogs({
    abi: events,
    eventName: 'DeficitCreated',
    logs: receipts.flatMap(({ logs }) => logs),
  })
  const counts = { predictions, liquidations: calls.length, deficits: deficits.length }
  return { succeeded: calls.length > 0, ...counts, findings }
}

function judgeRefusal(made: Attempt, error: string, happened: boolean): Finding[] {
  // Without a price any error will do; and a sequencer that is up since a time to come, after a reorganisation, panics.
  const vague = error === 'no price' || (error === 'PriceOracleSentinelCheckFailed' && made.refusal === 'Panic')
  const same = error === made.refusal || (vague && made.refusal !== 'none')
  if (same && !happened) return []
  const chain = happened ? 'liquidated' : String(made.refusal)
  return [{ account: made.borrower, field: `liquidation ${nameOf(made)}`, ours: error, chain }]
}

type Amounts = { readonly debt: bigint; readonly collateral: bigint; readonly fee: bigint }

function judgeAmounts(made: Attempt, told: Amounts, seen: Amounts): Finding[] {
  const account = made.borrower
  return (['debt', 'collateral', 'fee'] as const)
    .filter((what) => told[what] !== seen[what])
    .map((what) => ({
      account,
      field: `liquidation ${nameOf(made)}: ${what}`,
      ours: String(told[what]),
      chain: String(seen[what]),
    }))
}

/** The reason is that of the same call one block earlier, as far as it still tells. */
async function reverted(world: World, made: Attempt, receipts: readonly TransactionReceipt[]): Promise<Finding> {
  const block = receipts[0]?.blockNumber ?? 1n
  const reason = await simulate(world, orderOf(world, made), block - 1n)
  const ours = `accepted${made.isOwn ? ', offered by inspect' : ''}`
  return { account: made.borrower, field: `liquidation ${nameOf(made)}`, ours, chain: `reverted: ${reason}` }
}

const nameOf = ({ collateral, debt, debtToCover, receiveAToken }: Attempt): string =>
  `(${collateral.asset}, ${debt.asset}, ${debtToCover}${receiveAToken ? ', aTokens' : ''})`

interface Place {
  readonly logIndex: number
}

/** What the treasury got of the borrower's aTokens in the first call on it: the log of the call comes last. */
function feeIn(
  { addresses }: World,
  { borrower, collateral }: Attempt,
  receipts: readonly TransactionReceipt[],
  call: Place,
): bigint {
  const logs = receipts
    .flatMap((receipt) => receipt.logs)
    .filter(({ address, logIndex }) => lower(address) === collateral.aToken && logIndex < call.logIndex)
  return parseEventLogs({ abi: events, eventName: 'Transfer', logs })
    .filter(({ args }) => lower(args.from) === borrower && lower(args.to) === lower(addresses.treasury))
    .reduce((sum, { args }) => sum + args.value, 0n)
}

async function liquidate(turn: Turn): Promise<Planned | undefined> {
  const { world, random } = turn
  const own = random.chance(0.1) ? random.pick(world.people).address : undefined
  const liquidator = own ?? random.pick(world.liquidators)
  if (turn.block.taken.has(lower(liquidator))) return undefined
  const made = await attempt(turn, liquidator)
  if (made === undefined) return undefined
  return {
    first: true,
    send: async () => void (await world.chain.send({ ...orderOf(world, made), gas: GAS })),
    judge: (receipts) => judge(world, [made], receipts),
  }
}

/** Several in one transaction, by a contract; each may fail alone. */
async function liquidateSeveral(turn: Turn): Promise<Planned | undefined> {
  const { world, random } = turn
  const liquidator = world.addresses.multicall3
  const attempts: Attempt[] = []
  for (let left = random.int(2, 4); left > 0; left--) {
    const before = random.chance(0.3) ? attempts.at(-1) : undefined
    // Of two calls on one account the log does not say which failed: the first one must be sure to succeed.
    const again = before?.prediction?.kind === 'accepted' ? before : undefined
    const made = await attempt(turn, liquidator, again)
    if (made !== undefined) attempts.push(made)
  }
  if (attempts.length === 0) return undefined
  const calls = attempts.map((made) => orderOf(world, made))
  const call3 = calls.map(({ to, data }) => ({ target: to, allowFailure: true, callData: data }))
  const data: Hex = multicallCall('aggregate3', [call3])
  return {
    first: true,
    send: async () =>
      void (await world.chain.send({ from: random.pick(world.liquidators), to: liquidator, data, gas: 2n * GAS })),
    judge: (receipts) => judge(world, attempts, receipts),
  }
}

export const liquidationKinds: readonly Kind[] = [
  { name: 'liquidate', weight: 9, plan: liquidate },
  { name: 'liquidate several', weight: 3, plan: liquidateSeveral },
]
