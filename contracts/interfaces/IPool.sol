// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @notice The two calls we make on an Aave V3 pool; the same in every revision from 3.0 to 3.7.
interface IPool {
    /// @dev Calls back `executeOperation`, then pulls `amount` plus the premium from `receiver`.
    function flashLoanSimple(
        address receiver,
        address asset,
        uint256 amount,
        bytes calldata params,
        uint16 referralCode
    ) external;

    /// @dev Cuts `debtToCover` down to what may be liquidated and pulls only that much from the caller.
    function liquidationCall(
        address collateralAsset,
        address debtAsset,
        address user,
        uint256 debtToCover,
        bool receiveAToken
    ) external;
}

/// @notice What the pool calls back during a simple flash loan.
interface IFlashLoanSimpleReceiver {
    function executeOperation(
        address asset,
        uint256 amount,
        uint256 premium,
        address initiator,
        bytes calldata params
    ) external returns (bool);
}
