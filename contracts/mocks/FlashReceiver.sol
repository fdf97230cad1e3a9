// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from '../interfaces/IERC20.sol';

/// @title Receiver of flash loans that lets the pool take back what it asks for, or leaves the loan open as debt.
/// @dev Local chains only: anybody may move what is here. Answers both shapes of Aave's callback.
contract FlashReceiver {
  function executeOperation(
    address[] calldata assets,
    uint256[] calldata amounts,
    uint256[] calldata premiums,
    address,
    bytes calldata
  ) external returns (bool) {
    for (uint256 i = 0; i < assets.length; ++i) IERC20(assets[i]).approve(msg.sender, amounts[i] + premiums[i]);
    return true;
  }

  function executeOperation(
    address asset,
    uint256 amount,
    uint256 premium,
    address,
    bytes calldata
  ) external returns (bool) {
    IERC20(asset).approve(msg.sender, amount + premium);
    return true;
  }
}
