// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "./interfaces/IERC20.sol";
import {ILiquidator} from "./interfaces/ILiquidator.sol";
import {IFlashLoanSimpleReceiver, IPool} from "./interfaces/IPool.sol";
import {ISwapRouter} from "./interfaces/ISwapRouter.sol";

/// @title Liquidator
/// @notice Liquidates one borrower of one Aave V3 pool with money borrowed for the length of the call, sells the
/// collateral on Uniswap V3 and sends the whole profit to a treasury fixed at deployment.
/// @dev The keeper's key is hot, so holding it must be worth nothing: every token leaves towards TREASURY, the pool or
/// the router, each fixed for good, and never more than this very call brought in. Nothing is kept between calls, so
/// neither is any allowance. There is no receive function, no delegatecall and no call to an address that a
/// caller could choose, apart from the standard token calls.
/// Needs transient storage (EIP-1153). solc 0.8.28 to 0.8.33 mis-compile clearing it under via-IR: hence the pragma.
contract Liquidator is ILiquidator, IFlashLoanSimpleReceiver {
    // ------------------------------------------------------------------------------------------------- state

    /// @dev The bytes an account starts with when it is a key that delegated to a contract (EIP-7702).
    bytes3 private constant DELEGATION_PREFIX = 0xef0100;
    uint256 private constant DELEGATION_LENGTH = 23;
    uint256 private constant PATH_ADDRESS = 20;
    uint256 private constant PATH_HOP = 23;

    address public immutable POOL;
    address public immutable SWAP_ROUTER;
    address public immutable TREASURY;

    address public owner;
    address public pendingOwner;
    mapping(address account => bool) public isKeeper;

    /// @dev Transient, yet always cleared by hand: several liquidations may share one transaction.
    bool private transient _entered;
    /// @dev Hash of the one loan we asked for; zero when we expect none.
    bytes32 private transient _expectedLoan;
    /// @dev What the callback measured, for `liquidate` to report. Always written before it is read.
    uint256 private transient _debtCovered;
    uint256 private transient _collateralReceived;

    modifier onlyOwner() {
        if (msg.sender != owner) revert NotOwner(msg.sender);
        _;
    }

    modifier onlyKeeper() {
        if (!isKeeper[msg.sender]) revert NotKeeper(msg.sender);
        _;
    }

    modifier nonReentrant() {
        if (_entered) revert Reentered();
        _entered = true;
        _;
        _entered = false;
    }

    constructor(address pool, address swapRouter, address treasury, address initialOwner, address keeper) {
        if (treasury == address(0) || initialOwner == address(0) || keeper == address(0)) revert ZeroAddress();
        _requireContract(pool);
        _requireContract(swapRouter);
        POOL = pool;
        SWAP_ROUTER = swapRouter;
        TREASURY = treasury;
        owner = initialOwner;
        isKeeper[keeper] = true;
        emit OwnershipTransferred(address(0), initialOwner);
        emit KeeperSet(keeper, true);
    }

    // ------------------------------------------------------------------------------------------------ keeper

    /// @inheritdoc ILiquidator
    function liquidate(Liquidation calldata l) external onlyKeeper nonReentrant returns (uint256 profit) {
        if (block.timestamp > l.deadline) revert DeadlinePassed(l.deadline, block.timestamp);
        _requirePath(l);
        uint256 debtBefore = _balance(l.debtAsset);
        uint256 collateralBefore = _balance(l.collateralAsset);

        _borrow(l.debtAsset, l.debtToCover, abi.encode(l));

        profit = _gain(l.debtAsset, debtBefore);
        if (profit < l.minProfit) revert ProfitBelowMinimum(profit, l.minProfit);
        _setAllowance(l.debtAsset, POOL, 0);
        _pay(l.debtAsset, profit);
        // A swap pool that runs dry takes only part of the input.
        if (l.collateralAsset != l.debtAsset) _pay(l.collateralAsset, _gain(l.collateralAsset, collateralBefore));
        emit Liquidated(l.user, l.collateralAsset, l.debtAsset, _debtCovered, _collateralReceived, profit);
    }

    /// @notice The pool's callback. Anyone may have the pool call this for a loan of theirs, so it answers only the one
    /// loan that `liquidate` is waiting for, once. The premium, unknown beforehand, is bounded by `minProfit`.
    function executeOperation(
        address asset,
        uint256 amount,
        uint256 premium,
        address initiator,
        bytes calldata params
    ) external returns (bool) {
        if (msg.sender != POOL) revert NotPool(msg.sender);
        if (initiator != address(this)) revert ForeignInitiator(initiator);
        if (_expectedLoan != _loanId(asset, amount, params)) revert UnexpectedLoan();
        _expectedLoan = 0;

        Liquidation memory l = abi.decode(params, (Liquidation));
        (uint256 covered, uint256 received) = _cover(l);
        if (l.collateralAsset != l.debtAsset) _sell(l, received, covered + premium);
        (_debtCovered, _collateralReceived) = (covered, received);
        _setAllowance(asset, POOL, amount + premium);
        return true;
    }

    // ------------------------------------------------------------------------------------------------- owner

    function setKeeper(address keeper, bool allowed) external onlyOwner {
        if (keeper == address(0)) revert ZeroAddress();
        isKeeper[keeper] = allowed;
        emit KeeperSet(keeper, allowed);
    }

    /// @notice First step of two; the zero address withdraws an offer.
    function transferOwnership(address newOwner) external onlyOwner {
        pendingOwner = newOwner;
        emit OwnershipOffered(owner, newOwner);
    }

    /// @notice Second step: shows that the new owner's key works before the old one's stops to.
    function acceptOwnership() external {
        if (msg.sender != pendingOwner) revert NotPendingOwner(msg.sender);
        emit OwnershipTransferred(owner, msg.sender);
        (owner, pendingOwner) = (msg.sender, address(0));
    }

    /// @notice Sends tokens that were left here to the treasury. Not during a liquidation, when they may be the loan.
    function rescueToken(address token, uint256 amount) external onlyOwner nonReentrant {
        _pay(token, amount);
        emit TokenRescued(token, amount);
    }

    /// @notice Sends ether to the treasury. It can only have been forced in: nothing here is payable.
    function rescueEther(uint256 amount) external onlyOwner nonReentrant {
        address treasury = TREASURY;
        bool sent;
        // By hand so that no returned data is copied, however much there is.
        assembly ("memory-safe") {
            sent := call(gas(), treasury, amount, 0, 0, 0, 0)
        }
        if (!sent) revert EtherTransferFailed();
        emit EtherRescued(amount);
    }

    // ------------------------------------------------------------------------------------- steps of a liquidation

    function _borrow(address asset, uint256 amount, bytes memory params) private {
        _expectedLoan = _loanId(asset, amount, params);
        IPool(POOL).flashLoanSimple(address(this), asset, amount, params, 0);
        if (_expectedLoan != 0) revert LoanNotTaken();
    }

    /// @dev Covers the debt, in one call or two, and measures, by balance, what that took and gave. Where both are one asset the balance
    /// shows only their sum; there the allowance that the pool used up tells them apart.
    function _cover(Liquidation memory l) private returns (uint256 covered, uint256 received) {
        uint256 debtBefore = _balance(l.debtAsset);
        uint256 collateralBefore = _balance(l.collateralAsset);
        _setAllowance(l.debtAsset, POOL, l.debtToCover);
        if (l.firstCover != 0) _callPool(l, l.firstCover);
        _callPool(l, l.debtToCover - l.firstCover);
        if (l.collateralAsset == l.debtAsset) {
            covered = l.debtToCover - IERC20(l.debtAsset).allowance(address(this), POOL);
            received = _balance(l.debtAsset) + covered - debtBefore;
        } else {
            covered = debtBefore - _balance(l.debtAsset);
            received = _balance(l.collateralAsset) - collateralBefore;
        }
        _setAllowance(l.debtAsset, POOL, 0);
    }

    function _callPool(Liquidation memory l, uint256 debtToCover) private {
        IPool(POOL).liquidationCall(l.collateralAsset, l.debtAsset, l.user, debtToCover, false);
    }

    /// @dev `needed` only repays the loan; `minProfit` is judged later, on balances, whatever the router answers.
    function _sell(Liquidation memory l, uint256 received, uint256 needed) private {
        _setAllowance(l.collateralAsset, SWAP_ROUTER, received);
        ISwapRouter(SWAP_ROUTER).exactInput(
            ISwapRouter.ExactInputParams(l.path, address(this), l.deadline, received, needed)
        );
        _setAllowance(l.collateralAsset, SWAP_ROUTER, 0);
    }

    // ------------------------------------------------------------------------------------------------ checks

    function _requirePath(Liquidation calldata l) private pure {
        uint256 length = l.path.length;
        if (l.collateralAsset == l.debtAsset) {
            if (length != 0) revert InvalidPath();
            return;
        }
        if (length < PATH_ADDRESS + PATH_HOP || length % PATH_HOP != PATH_ADDRESS) revert InvalidPath();
        if (address(bytes20(l.path[:PATH_ADDRESS])) != l.collateralAsset) revert InvalidPath();
        if (address(bytes20(l.path[length - PATH_ADDRESS:])) != l.debtAsset) revert InvalidPath();
    }

    /// @dev A delegated key has code too, but whoever holds it can point it elsewhere tomorrow.
    function _requireContract(address account) private view {
        if (account == address(0)) revert ZeroAddress();
        uint256 length = account.code.length;
        if (length == 0) revert NotContract(account);
        if (length == DELEGATION_LENGTH && bytes3(account.code) == DELEGATION_PREFIX) revert NotContract(account);
    }

    function _loanId(address asset, uint256 amount, bytes memory params) private pure returns (bytes32) {
        return keccak256(abi.encode(asset, amount, params));
    }

    function _gain(address token, uint256 before) private view returns (uint256) {
        uint256 afterwards = _balance(token);
        if (afterwards < before) revert StandingBalanceSpent(token, before, afterwards);
        return afterwards - before;
    }

    // ------------------------------------------------------------------------------------------------ tokens

    function _balance(address token) private view returns (uint256) {
        return IERC20(token).balanceOf(address(this));
    }

    /// @dev Goes through zero, as USDT demands, and never approves zero on top of zero, which BNB refuses.
    function _setAllowance(address token, address spender, uint256 amount) private {
        if (IERC20(token).allowance(address(this), spender) != 0) {
            _callToken(token, abi.encodeCall(IERC20.approve, (spender, 0)));
        }
        if (amount != 0) _callToken(token, abi.encodeCall(IERC20.approve, (spender, amount)));
    }

    /// @dev The only way out for a token, apart from what the pool and the router pull. Some tokens refuse zero.
    function _pay(address token, uint256 amount) private {
        if (amount != 0) _callToken(token, abi.encodeCall(IERC20.transfer, (TREASURY, amount)));
    }

    /// @dev Success is a call that does not revert and returns true, or returns nothing from an address with code. At
    /// most one word of the answer is copied, so a token cannot make us pay for a huge one.
    function _callToken(address token, bytes memory data) private {
        bool ok;
        assembly ("memory-safe") {
            mstore(0, 0)
            ok := call(gas(), token, 0, add(data, 0x20), mload(data), 0, 0x20)
            switch returndatasize()
            case 0 { ok := and(ok, gt(extcodesize(token), 0)) }
            default { ok := and(ok, and(gt(returndatasize(), 0x1f), eq(mload(0), 1))) }
        }
        if (!ok) revert TokenCallFailed(token);
    }
}
