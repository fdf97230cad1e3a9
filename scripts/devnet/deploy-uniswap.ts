import { type Address, encodeFunctionData, parseAbi } from 'viem'
import { uniswapArtifact } from './artifacts.ts'
import type { Deployer } from './deployer.ts'

export interface UniswapAddresses {
  readonly uniswapFactory: Address
  readonly positionManager: Address
  readonly quoter: Address
  readonly swapRouter: Address
}

const factoryAbi = parseAbi(['function enableFeeAmount(uint24 fee, int24 tickSpacing)'])
/** Drawings of positions are not needed here. */
const noDescriptor: Address = '0x0000000000000000000000000000000000000000'

export async function deployUniswap(deployer: Deployer, wrappedNative: Address): Promise<UniswapAddresses> {
  const factory = await deployer.deployAs(
    'uniswapFactory',
    uniswapArtifact('v3-core/UniswapV3Factory.sol/UniswapV3Factory'),
    [],
  )
  // The 0.01 % tier came to mainnet by a vote in 2021; the artifact only knows the first three.
  await deployer.call(factory, encodeFunctionData({ abi: factoryAbi, functionName: 'enableFeeAmount', args: [100, 1] }))
  const positions = uniswapArtifact('v3-periphery/NonfungiblePositionManager.sol/NonfungiblePositionManager')
  const both = [factory, wrappedNative]
  return {
    uniswapFactory: factory,
    positionManager: await deployer.deployAs('positionManager', positions, [...both, noDescriptor]),
    quoter: await deployer.deployAs('quoter', uniswapArtifact('v3-periphery/lens/QuoterV2.sol/QuoterV2'), both),
    swapRouter: await deployer.deployAs('swapRouter', uniswapArtifact('v3-periphery/SwapRouter.sol/SwapRouter'), both),
  }
}
