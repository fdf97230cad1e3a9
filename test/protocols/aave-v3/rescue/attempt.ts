import { type Address, isHex, numberToHex } from 'viem'
import type { Transaction } from '../../../../scripts/devnet/chain.ts'
import { decodeRevert } from '../../../../src/adapters/executor/revert.ts'
import { ownerCalls } from '../../../../src/app/people/owner-calls.ts'
import type { Rescue } from '../../../../src/core/protocol.ts'
import type { Call } from '../../../../src/core/types.ts'
import { accountData, mint, type Owners } from './owners.ts'

const GAS = 3_000_000n

/**
 * Takes a way out on the real contracts, from the owner's own address, in one block of this time; then everything is as
 * before. A venue stands aside: what it would bring is minted, not a unit more. `then`: what happens after it in the same block.
 * Undefined: a call reverted.
 */
export async function attempt(
  { ground, mirror }: Owners,
  owner: Address,
  option: Rescue,
  timestamp: bigint,
  then: readonly Transaction[] = [],
): Promise<bigint | undefined> {
  const { chain } = ground
  const { protocol, ledger } = mirror.book
  const snapshot = await chain.rpc('evm_snapshot')
  const calls = ownerCalls(protocol.rescueCalls(ledger, owner, option), undefined, () => 0n)
  const needed = option.kind === 'sell' ? option.repays : option
  if (needed && !(option.kind === 'sell' && needed.asset === option.asset))
    await chain.send(mint(ground, needed.asset, owner, needed.amount))
  for (const { to, data } of calls) {
    if (!isHex(data) || !isHex(to)) throw new TypeError('a call is no hex')
    await chain.send({ from: owner, to, data, gas: GAS })
  }
  for (const transaction of then) await chain.send({ gas: GAS, ...transaction })
  await chain.mineBlock(timestamp)
  const receipts = await chain.takeReceipts()
  const { healthFactor } = await accountData(ground, owner)
  await chain.rpc('evm_revert', snapshot)
  await chain.forget()
  return receipts.every(({ receipt }) => receipt.status === 'success') ? healthFactor : undefined
}

/** The name of the error with which the pool refuses the first of these calls that it refuses, in a block of this time. */
export async function refusal(
  { ground }: Owners,
  owner: Address,
  calls: readonly Call[],
  timestamp: bigint,
): Promise<string | undefined> {
  const { chain } = ground
  await chain.setNext(timestamp)
  for (const { to, data } of calls) {
    try {
      await chain.rpc('eth_call', { from: owner, to, data, gas: numberToHex(GAS) }, 'pending')
    } catch (error) {
      const revert = error instanceof Error && 'data' in error ? error.data : undefined
      if (!isHex(revert)) return error instanceof Error ? error.message : String(error)
      const reason = decodeRevert(revert) ?? revert
      return /^Error\((.*)\)$/.exec(reason)?.[1] ?? reason.replace(/\(.*/, '')
    }
  }
  return undefined
}
