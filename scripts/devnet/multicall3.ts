import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Address, type Hex, isHex } from 'viem'
import type { Chain } from './chain.ts'

const require = createRequire(import.meta.url)

/** Where it lives on every chain. */
export const multicall3Address: Address = '0xcA11bde05977b3631167028862bE2a173976CA11'

/** viem carries the creation code for its own use and does not export it. */
function creationCode(): Hex {
  const contracts: unknown = require(join(dirname(require.resolve('viem')), 'constants/contracts.js'))
  if (typeof contracts === 'object' && contracts !== null && 'multicall3Bytecode' in contracts) {
    const { multicall3Bytecode } = contracts
    if (isHex(multicall3Bytecode)) return multicall3Bytecode
  }
  throw new Error('This viem no longer carries the creation code of Multicall3: compile one instead')
}

/** A call that creates answers the runtime code, which is then put at the well-known address. */
export async function installMulticall3(chain: Chain): Promise<void> {
  const { data } = await chain.client.call({ data: creationCode(), gas: 10_000_000n })
  if (data === undefined) throw new Error('The creation code of Multicall3 returned no runtime code')
  await chain.rpc('hardhat_setCode', multicall3Address, data)
}
