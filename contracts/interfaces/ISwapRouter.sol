// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @notice The one call we make on the Uniswap V3 `SwapRouter` (periphery 1.x: the struct carries a deadline).
interface ISwapRouter {
    /// @param path token (20 bytes), then one or more of fee (3 bytes) and token (20 bytes).
    struct ExactInputParams {
        bytes path;
        address recipient;
        uint256 deadline;
        uint256 amountIn;
        uint256 amountOutMinimum;
    }

    function exactInput(ExactInputParams calldata params) external payable returns (uint256 amountOut);
}
