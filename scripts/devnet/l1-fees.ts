import { type Address, concat, encodeFunctionData, numberToHex, parseAbi, toFunctionSelector, zeroAddress } from 'viem'
import type { Chain } from './chain.ts'

const gasPriceOracleAddress: Address = '0x420000000000000000000000000000000000000F'
const l1BlockAddress: Address = '0x4200000000000000000000000000000000000015'
const depositor: Address = '0xDeaDDEaDDeAdDeAdDEAdDEaddeAddEAdDEAd0001'

/** What OP Mainnet's system configuration says, and an L1 at 12 gwei with blobs at 1 gwei. */
const parameters = {
  baseFeeScalar: 5_227,
  blobBaseFeeScalar: 1_014_213,
  l1BaseFeeWei: 12_000_000_000n,
  blobBaseFeeWei: 1_000_000_000n,
}

const gasPriceOracleAbi = parseAbi(['function getL1Fee(bytes data) view returns (uint256)'])

/** The deposit transaction that opens every block of a real OP chain, sent once: its fields are packed, not ABI-encoded. */
export async function setL1Fees(chain: Chain): Promise<void> {
  const { number, timestamp } = chain.head
  const data = concat([
    toFunctionSelector('setL1BlockValuesIsthmus()'),
    numberToHex(parameters.baseFeeScalar, { size: 4 }),
    numberToHex(parameters.blobBaseFeeScalar, { size: 4 }),
    numberToHex(number, { size: 8 }),
    numberToHex(timestamp, { size: 8 }),
    numberToHex(20_000_000n, { size: 8 }),
    numberToHex(parameters.l1BaseFeeWei, { size: 32 }),
    numberToHex(parameters.blobBaseFeeWei, { size: 32 }),
    numberToHex(0n, { size: 32 }),
    numberToHex(0n, { size: 32 }),
    numberToHex(0, { size: 4 }),
    numberToHex(0n, { size: 8 }),
  ])
  await chain.send({ from: depositor, to: l1BlockAddress, data })
  // The simulator charges the L1 fee even to eth_call, and a call without `from` comes from the zero address.
  await chain.rpc('hardhat_setBalance', zeroAddress, numberToHex(10n ** 24n))
}

export async function l1FeeOf(chain: Chain, unsigned: `0x${string}`): Promise<bigint> {
  const data = encodeFunctionData({ abi: gasPriceOracleAbi, functionName: 'getL1Fee', args: [unsigned] })
  const answer = await chain.client.call({ to: gasPriceOracleAddress, data })
  return BigInt(answer.data ?? 0)
}
