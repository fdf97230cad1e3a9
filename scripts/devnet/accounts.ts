import { type Address, type Hex, keccak256, toHex } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'

/** The key of the n-th account of a population: worthless, public, and the same on every start. */
function accountKey(seed: number, index: number): Hex {
  return keccak256(toHex(`plimsoll devnet account ${seed} ${index}`))
}

export function accountAddress(seed: number, index: number): Address {
  return privateKeyToAddress(accountKey(seed, index))
}
