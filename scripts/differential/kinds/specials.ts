import { type Address, type Hex, parseSignature } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { poolCall, tokenAbi, tokenCall } from '../abis.ts'
import { MAX_UINT256, type Reserve, type World } from '../world.ts'
import { type Kind, type Planned, sending, somebody, someReserve, type Turn } from './kind.ts'
import {
  amountOf,
  borrowable,
  isCollateral,
  pool,
  STABLE,
  someDebtor,
  someDebtReserve,
  someEMode,
  someHeld,
  someRateMode,
  VARIABLE,
} from './users.ts'

/** Signed approvals never run out here: a reorganisation may change the time. */
const DEADLINE = MAX_UINT256

const types = {
  Permit: [
    { name: 'owner', type: 'address' },
    { name: 'spender', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ],
  DelegationWithSig: [
    { name: 'delegatee', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ],
} as const

type Signature = readonly [v: number, r: Hex, s: Hex]

/** EIP-712 in the name of a token, at the owner's next nonce. */
async function sign(
  { chain }: World,
  token: Address,
  owner: PrivateKeyAccount,
  order: { readonly spender: Address; readonly value: bigint; readonly primaryType: 'Permit' | 'DelegationWithSig' },
): Promise<Signature> {
  const contract = { address: token, abi: tokenAbi } as const
  const name = await chain.client.readContract({ ...contract, functionName: 'name' })
  // A token without permits has no nonces either, and refuses any signature.
  const counted = chain.client.readContract({ ...contract, functionName: 'nonces', args: [owner.address] })
  const nonce = await counted.catch(() => 0n)
  const { spender, value, primaryType } = order
  const terms = { value, nonce, deadline: DEADLINE }
  const domain = { name, version: '1', chainId: chain.spec.chainId, verifyingContract: token }
  const signature = await (primaryType === 'Permit'
    ? owner.signTypedData({ domain, types, primaryType, message: { owner: owner.address, spender, ...terms } })
    : owner.signTypedData({ domain, types, primaryType, message: { delegatee: spender, ...terms } }))
  const { r, s, yParity } = parseSignature(signature)
  return [27 + yParity, r, s]
}

const byPermit = async ({ world }: Turn, token: Address, owner: PrivateKeyAccount, value: bigint, spender: Address) =>
  [DEADLINE, ...(await sign(world, token, owner, { spender, value, primaryType: 'Permit' }))] as const

/** WETH knows no permit: its signature would be refused by the token. */
const withPermit = (turn: Turn): Reserve => {
  const able = turn.reserves.filter(({ asset }) => asset !== turn.world.listings[0]?.asset.toLowerCase())
  return turn.random.pick(able.length > 0 ? able : turn.reserves)
}

async function supplyWithPermit(turn: Turn): Promise<Planned> {
  const { world } = turn
  const who = somebody(turn)
  const { asset, ...reserve } = withPermit(turn)
  const amount = amountOf(turn, { asset, ...reserve })
  const permit = await byPermit(turn, asset, who, amount, world.addresses.pool)
  return sending(
    world,
    pool(world, who, poolCall('supplyWithPermit', [asset, amount, who.address, 0, ...permit])),
    allowAgain(world, asset, who),
  )
}

/** A permit takes the place of the endless allowance that everybody began with. */
const allowAgain = ({ addresses }: World, asset: Address, { address: from }: PrivateKeyAccount) => ({
  from,
  to: asset,
  data: tokenCall('approve', [addresses.pool, 2n ** 127n]),
})

async function repayWithPermit(turn: Turn): Promise<Planned> {
  const { world, random } = turn
  const { who, reserve, amount } = someHeld(turn, 'owed')
  const asked = random.chance(0.3) ? MAX_UINT256 : amount / BigInt(random.int(1, 9)) || 1n
  const permit = await byPermit(turn, reserve.asset, who, asked, world.addresses.pool)
  return sending(
    world,
    pool(world, who, poolCall('repayWithPermit', [reserve.asset, asked, VARIABLE, who.address, ...permit])),
    allowAgain(world, reserve.asset, who),
  )
}

/** Moves another one's aTokens on a signed permit of the aToken. */
async function transferByPermit(turn: Turn): Promise<Planned> {
  const { world } = turn
  const { who: owner, reserve, amount } = someHeld(turn, 'supplied')
  const spender = somebody(turn)
  const value = amount / BigInt(turn.random.int(1, 5)) || 1n
  const permit = await byPermit(turn, reserve.aToken, owner, value, spender.address)
  return sending(
    world,
    {
      from: spender.address,
      to: reserve.aToken,
      data: tokenCall('permit', [owner.address, spender.address, value, ...permit]),
    },
    {
      from: spender.address,
      to: reserve.aToken,
      data: tokenCall('transferFrom', [owner.address, spender.address, value]),
    },
  )
}

/** One lends credit to another, in a transaction or by signature, who borrows on it at once. */
async function delegate(turn: Turn): Promise<Planned> {
  const { world, random } = turn
  const lender = someDebtor(turn)
  const borrower = somebody(turn)
  const reserve = someDebtReserve(turn, lender)
  const value = borrowable(turn, lender, reserve)
  const mode = someRateMode(turn, reserve)
  const token = mode === STABLE ? reserve.sToken : reserve.vToken
  const signed = random.chance(0.5)
  const order = { spender: borrower.address, value, primaryType: 'DelegationWithSig' } as const
  const data = signed
    ? tokenCall('delegationWithSig', [
        lender.address,
        borrower.address,
        value,
        DEADLINE,
        ...(await sign(world, token, lender, order)),
      ])
    : tokenCall('approveDelegation', [borrower.address, value])
  return sending(
    world,
    { from: signed ? borrower.address : lender.address, to: token, data },
    pool(world, borrower, poolCall('borrow', [reserve.asset, value, mode, 0, lender.address])),
  )
}

/** One or two assets; each comes back at once (mode 0) or stays as debt (modes 1 and 2). */
function flashLoan(turn: Turn): Planned {
  const { world, random } = turn
  const who = someDebtor(turn)
  const first = someDebtReserve(turn, who)
  const second = random.chance(0.3) ? someReserve(turn) : first
  const reserves = first.id === second.id ? [first] : [first, second]
  const amounts = reserves.map((reserve) => borrowable(turn, who, reserve) / BigInt(reserves.length) || 1n)
  const modes = reserves.map((reserve, i) => (i === 0 || random.chance(0.5) ? someRateMode(turn, reserve) : 0n))
  const assets = reserves.map(({ asset }) => asset)
  return sending(
    world,
    pool(world, who, poolCall('flashLoan', [world.flashReceiver, assets, amounts, modes, who.address, '0x', 0])),
  )
}

function flashLoanSimple(turn: Turn): Planned {
  const { world } = turn
  const reserve = someReserve(turn)
  const amount = amountOf(turn, reserve)
  return sending(
    world,
    pool(world, somebody(turn), poolCall('flashLoanSimple', [world.flashReceiver, reserve.asset, amount, '0x', 0])),
  )
}

/** Several calls of one account in one transaction: all or nothing. */
function multicall(turn: Turn): Planned {
  const { world, random } = turn
  const who = somebody(turn)
  const collateral = someReserve(turn)
  const debt = someDebtReserve(turn, who)
  const amount = amountOf(turn, collateral)
  const borrow = () => poolCall('borrow', [debt.asset, borrowable(turn, who, debt), VARIABLE, 0, who.address])
  const some: readonly (() => Hex)[] = [
    () => poolCall('supply', [collateral.asset, amount, who.address, 0]),
    borrow,
    () => poolCall('repay', [debt.asset, MAX_UINT256, VARIABLE, who.address]),
    () => poolCall('withdraw', [collateral.asset, amount / 2n || 1n, who.address]),
    () => poolCall('setUserEMode', [someEMode(turn)]),
  ]
  const orders = [
    poolCall('supply', [collateral.asset, amount, who.address, 0]),
    random.chance(0.7) ? borrow() : random.pick(some)(),
  ]
  if (random.chance(0.4)) orders.push(random.pick(some)())
  return sending(world, pool(world, who, poolCall('multicall', [orders])))
}

/** Somebody lets another one switch their collateral, or their category; some of those were never asked, or resigned. */
function positionManager(turn: Turn): Planned {
  const { world, random } = turn
  const { who: owner, reserve } = someHeld(turn, 'supplied')
  const manager = somebody(turn)
  const approve = random.chance(0.85)
    ? [pool(world, owner, poolCall('approvePositionManager', [manager.address, true]))]
    : []
  const resign = random.chance(0.05)
    ? [pool(world, manager, poolCall('renouncePositionManagerRole', [owner.address]))]
    : []
  const on = !isCollateral(world, owner, reserve)
  const data = random.chance(0.5)
    ? poolCall('setUserUseReserveAsCollateralOnBehalfOf', [reserve.asset, on, owner.address])
    : poolCall('setUserEModeOnBehalfOf', [someEMode(turn), owner.address])
  return sending(world, ...approve, ...resign, pool(world, manager, data))
}

const revoke = (turn: Turn): Planned =>
  sending(
    turn.world,
    pool(turn.world, somebody(turn), poolCall('approvePositionManager', [somebody(turn).address, false])),
  )

const sets = ['aave-v3.6'] as const
export const specialKinds: readonly Kind[] = [
  { name: 'supply with permit', weight: 2, plan: supplyWithPermit },
  { name: 'repay with permit', weight: 2.5, plan: repayWithPermit },
  { name: 'transfer on a permit', weight: 2, plan: transferByPermit },
  { name: 'credit delegation', weight: 3, plan: delegate },
  { name: 'flash loan that opens debt', weight: 3, plan: flashLoan },
  { name: 'flash loan', weight: 1.5, plan: flashLoanSimple },
  { name: 'multicall', weight: 4, sets, plan: multicall },
  { name: 'position manager', weight: 3, sets, plan: positionManager },
  { name: 'position manager revoked', weight: 0.5, sets, plan: revoke },
]
