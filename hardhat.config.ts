import { createRequire } from 'node:module'
import { defineConfig } from 'hardhat/config'

const require = createRequire(import.meta.url)

/** The compilers come from npm as JavaScript: nothing is downloaded from anywhere else. */
const ours = {
  version: '0.8.37',
  path: require.resolve('solc/soljson.js'),
  settings: { optimizer: { enabled: true, runs: 10_000 }, evmVersion: 'cancun' },
}
const forAave = {
  version: '0.8.27',
  path: require.resolve('solc-0.8.27/soljson.js'),
  settings: { optimizer: { enabled: true, runs: 200 }, evmVersion: 'cancun' },
}

// The genuine Aave V3.6, compiled from its own npm package for local chains with the compiler its authors
// pin, and never copied into this repository (BUSL).
const aave = [
  'instances/PoolInstance.sol',
  'instances/L2PoolInstance.sol',
  'instances/PoolConfiguratorInstance.sol',
  'instances/ATokenInstance.sol',
  'instances/VariableDebtTokenInstance.sol',
  'protocol/configuration/ACLManager.sol',
  'protocol/configuration/PoolAddressesProvider.sol',
  'protocol/configuration/PoolAddressesProviderRegistry.sol',
  'misc/AaveOracle.sol',
  'misc/DefaultReserveInterestRateStrategyV2.sol',
  'misc/PriceOracleSentinel.sol',
  'helpers/AaveProtocolDataProvider.sol',
  'helpers/LiquidationDataProvider.sol',
  'helpers/UiPoolDataProviderV3.sol',
  'rewards/RewardsController.sol',
  'treasury/Collector.sol',
  'mocks/WETH9Mock.sol',
  'mocks/testnet-helpers/TestnetERC20.sol',
  'mocks/oracle/SequencerOracle.sol',
].map((file) => `@aave-dao/aave-v3-origin/src/contracts/${file}`)

export default defineConfig({
  paths: { sources: './contracts', artifacts: './artifacts', cache: './cache' },
  solidity: {
    compilers: [ours],
    overrides: Object.fromEntries(aave.map((file) => [file, forAave])),
    npmFilesToBuild: aave,
  },
})
