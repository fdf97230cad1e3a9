import { type Address, concatHex, encodeAbiParameters, type Hex, isHex, zeroAddress } from 'viem'
import { type Bench, type Call, call, keeper, owner, type Receipt, reason, treasury, user } from './bench.ts'
import { type Compiled, contract } from './compile.ts'

export type Order = {
  collateralAsset: Address
  debtAsset: Address
  user: Address
  debtToCover: bigint
  firstCover: bigint
  path: Hex
  minProfit: bigint
  deadline: bigint
}
type Token = { decimals?: number; quirks?: bigint }
type Setting = { code?: Compiled; collateral?: Token; debt?: Token; depth?: bigint; proceeds?: Address }
export type Stage = Awaited<ReturnType<typeof stage>>

export const fee = '0x000bb8'
export const forever = 2n ** 40n
const endless = 2n ** 255n
/** An order nobody interferes with: 1,100,000 of collateral sold at par, less the 1,000,000 covered and 500 of premium. */
export const fullProfit = 99_500n

/** A market of mocks: the pool pays 110 % of the debt in collateral, the router exchanges at par. */
export async function stage(bench: Bench, setting: Setting = {}) {
  const { code = contract('Liquidator'), depth = 10n ** 9n, proceeds = treasury } = setting
  const zoo = ({ decimals = 18, quirks = 0n }: Token = {}) => bench.deploy(contract('ZooToken'), [decimals, quirks])
  const collateral = await zoo(setting.collateral)
  const debt = await zoo(setting.debt)
  const pool = await bench.deploy(contract('AttackPool'))
  const router = await bench.deploy(contract('AttackRouter'))
  const puppet = await bench.deploy(contract('Puppet'))
  const liquidator = await bench.deploy(code, [pool.address, router.address, proceeds, owner, keeper])
  for (const token of [collateral, debt]) {
    for (const { address } of [pool, router]) await bench.send(user, token, 'mint', [address, depth])
  }
  return { bench, collateral, debt, pool, router, puppet, liquidator, proceeds }
}

export function order(on: Pick<Stage, 'collateral' | 'debt'>, changes: Partial<Order> = {}): Order {
  return {
    collateralAsset: on.collateral.address,
    debtAsset: on.debt.address,
    user,
    debtToCover: 1_000_000n,
    firstCover: 0n,
    path: concatHex([on.collateral.address, fee, on.debt.address]),
    minProfit: 1n,
    deadline: forever,
    ...changes,
  }
}

/** One asset on both sides, where nothing is sold. */
export const sameAsset = (on: Stage, changes: Partial<Order> = {}): Order =>
  order(on, { collateralAsset: on.debt.address, path: '0x', ...changes })

export const liquidate = (on: Stage, l: Order = order(on), from: Address = keeper): Promise<Receipt> =>
  on.bench.send(from, on.liquidator, 'liquidate', [l])

const orderType = {
  type: 'tuple',
  components: [
    { name: 'collateralAsset', type: 'address' },
    { name: 'debtAsset', type: 'address' },
    { name: 'user', type: 'address' },
    { name: 'debtToCover', type: 'uint256' },
    { name: 'firstCover', type: 'uint256' },
    { name: 'path', type: 'bytes' },
    { name: 'minProfit', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ],
} as const

export const paramsOf = (l: Order): Hex => encodeAbiParameters([orderType], [l])

/** The pool's callback for an order, as the pool would make it; `initiator` is the Liquidator unless told otherwise. */
export function callback(on: Stage, l: Order, initiator: Address = on.liquidator.address): Call {
  const premium = (l.debtToCover * 5n) / 10_000n
  return call(on.liquidator, 'executeOperation', l.debtAsset, l.debtToCover, premium, initiator, paramsOf(l))
}

/** The same, with the pool as its caller. */
export const relayed = (on: Stage, { target, data }: Call): Call => call(on.pool, 'relay', target, data)

/** What the puppet does the first time somebody pokes it. */
export const arm = (on: Stage, ...calls: Call[]): Promise<Receipt> => on.bench.send(user, on.puppet, 'arm', [calls])

export const letPuppetKeep = (on: Stage): Promise<Receipt> =>
  on.bench.send(owner, on.liquidator, 'setKeeper', [on.puppet.address, true])

/** How the puppet fared: `idle`, `succeeded`, or the reason why it was turned away. */
export async function fate({ bench, puppet }: Stage): Promise<string> {
  if ((await bench.read(puppet, 'poked')) !== true) return 'idle'
  const answer = await bench.read(puppet, 'answer')
  if ((await bench.read(puppet, 'succeeded')) === true || !isHex(answer)) return 'succeeded'
  return reason(answer)
}

/** The pool pays `payout` % of the debt it covers in collateral, and pokes `hook` before it calls back. */
export const setPool = (on: Stage, payout: bigint, maxCover = endless, hook: Address = zeroAddress): Promise<Receipt> =>
  on.bench.send(user, on.pool, 'set', [payout, maxCover, false, hook])

/** The router takes that share of its input, and pays that share of what it took. */
export const setRouter = (on: Stage, takes: bigint, pays: bigint, ignoresMinimum = false): Promise<Receipt> =>
  on.bench.send(user, on.router, 'set', [takes, pays, ignoresMinimum, zeroAddress])

export const hookPool = (on: Stage): Promise<Receipt> => setPool(on, 110n, endless, on.puppet.address)

export const hookRouter = (on: Stage): Promise<Receipt> =>
  on.bench.send(user, on.router, 'set', [100n, 100n, false, on.puppet.address])

/** What must be zero after every transaction: both balances, and every allowance to pool and router. */
export async function remains(on: Stage): Promise<bigint[]> {
  const { bench, liquidator, pool, router } = on
  const rows = [on.collateral, on.debt].map((token) =>
    Promise.all([
      bench.balance(token, liquidator.address),
      bench.number(token, 'allowance', [liquidator.address, pool.address]),
      bench.number(token, 'allowance', [liquidator.address, router.address]),
    ]),
  )
  return (await Promise.all(rows)).flat()
}

export const nothing = [0n, 0n, 0n, 0n, 0n, 0n]
