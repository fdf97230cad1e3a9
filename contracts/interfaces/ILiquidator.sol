// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @notice What `Liquidator` is asked, what it reports and how it refuses.
interface ILiquidator {
    struct Liquidation {
        address collateralAsset;
        address debtAsset;
        address user;
        /// in units of the debt asset; may exceed what the pool will cover: the rest pays back its own loan
        uint256 debtToCover;
        /// how much of it goes into a first call of its own, after which the user must still be liquidatable; 0 for a
        /// single call
        uint256 firstCover;
        /// Uniswap V3 path from collateral to debt; empty if and only if they are the same asset
        bytes path;
        /// in units of the debt asset, after the flash loan premium. The keeper derives it from the oracle, not from
        /// the swap pool, which whoever comes first in the block can move
        uint256 minProfit;
        /// last acceptable block timestamp, in seconds (not a block number: Arbitrum's is that of L1)
        uint256 deadline;
    }

    event Liquidated(
        address indexed user,
        address indexed collateralAsset,
        address indexed debtAsset,
        uint256 debtCovered,
        uint256 collateralReceived,
        uint256 profit
    );
    event KeeperSet(address indexed keeper, bool allowed);
    event OwnershipOffered(address indexed owner, address indexed pendingOwner);
    event OwnershipTransferred(address indexed previousOwner, address indexed owner);
    event TokenRescued(address indexed token, uint256 amount);
    event EtherRescued(uint256 amount);

    error ZeroAddress();
    error NotContract(address account);
    error NotOwner(address caller);
    error NotPendingOwner(address caller);
    error NotKeeper(address caller);
    error NotPool(address caller);
    error ForeignInitiator(address initiator);
    error UnexpectedLoan();
    error LoanNotTaken();
    error Reentered();
    error DeadlinePassed(uint256 deadline, uint256 timestamp);
    error InvalidPath();
    error ProfitBelowMinimum(uint256 profit, uint256 minProfit);
    error StandingBalanceSpent(address token, uint256 before, uint256 afterwards);
    error TokenCallFailed(address token);
    error EtherTransferFailed();

    /// @notice Liquidates `l.user` and sends the profit to the treasury, or reverts and costs nothing but gas.
    /// @return profit in units of the debt asset: balance afterwards less balance before, so that what the contract
    /// already held counts neither as profit nor as a cushion for a loss.
    function liquidate(Liquidation calldata l) external returns (uint256 profit);
}
