// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Pool} from '@aave-dao/aave-v3-origin/src/contracts/protocol/pool/Pool.sol';
import {IPoolAddressesProvider} from '@aave-dao/aave-v3-origin/src/contracts/interfaces/IPoolAddressesProvider.sol';
import {IReserveInterestRateStrategy} from '@aave-dao/aave-v3-origin/src/contracts/interfaces/IReserveInterestRateStrategy.sol';

/// @title The genuine pool under a revision that no watcher knows: what an upgrade looks like before one is ready for it.
/// @dev Local chains only. The code is that of V3.6; only the number differs.
contract PoolOfUnknownRevision is Pool {
  uint256 public constant POOL_REVISION = 99;

  constructor(IPoolAddressesProvider provider, IReserveInterestRateStrategy strategy) Pool(provider, strategy) {}

  function initialize(IPoolAddressesProvider) external virtual override initializer {}

  function getRevision() internal pure virtual override returns (uint256) {
    return 99;
  }
}

/// @title The genuine pool again, after the one above: a proxy only accepts a higher internal revision.
contract PoolOfKnownRevision is Pool {
  uint256 public constant POOL_REVISION = 10;

  constructor(IPoolAddressesProvider provider, IReserveInterestRateStrategy strategy) Pool(provider, strategy) {}

  function initialize(IPoolAddressesProvider) external virtual override initializer {}

  function getRevision() internal pure virtual override returns (uint256) {
    return 100;
  }
}

/// @title The genuine pool once more, under a revision that a configuration may name to the rules of V3.6.
contract PoolOfNamedRevision is Pool {
  uint256 public constant POOL_REVISION = 101;

  constructor(IPoolAddressesProvider provider, IReserveInterestRateStrategy strategy) Pool(provider, strategy) {}

  function initialize(IPoolAddressesProvider) external virtual override initializer {}

  function getRevision() internal pure virtual override returns (uint256) {
    return 101;
  }
}
