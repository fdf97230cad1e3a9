// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @notice The calls we make on a token. The two that change state name no return value here on purpose: some
/// tokens return nothing, so `Liquidator` sends them by hand and reads whatever comes back.
interface IERC20 {
    function balanceOf(address account) external view returns (uint256);
    function allowance(address holder, address spender) external view returns (uint256);
    function approve(address spender, uint256 amount) external;
    function transfer(address to, uint256 amount) external;
}
