// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IFlashLoanSimpleReceiver} from "../../interfaces/IPool.sol";
import {IHook} from "./Puppet.sol";
import {ZooToken} from "./ZooToken.sol";

/// @notice As much of an Aave pool as a liquidation touches, for any token, with two doors the real one lacks: a hook
/// that runs just before the callback, and `relay`, with which an attacker speaks in the pool's name.
contract AttackPool {
    /// Hundredths of the debt covered that are paid out in collateral: 110 is a bonus of 10 % at par.
    uint256 public payout = 110;
    uint256 public maxCover = type(uint256).max;
    bool public skipsCallback;
    address public hook;

    function set(uint256 payout_, uint256 maxCover_, bool skipsCallback_, address hook_) external {
        (payout, maxCover, skipsCallback, hook) = (payout_, maxCover_, skipsCallback_, hook_);
    }

    function relay(address target, bytes calldata data) external {
        (bool ok, bytes memory answer) = target.call(data);
        if (!ok) {
            assembly {
                revert(add(answer, 0x20), mload(answer))
            }
        }
    }

    /// @dev Premium: 5 hundredths of a percent, as on Aave.
    function flashLoanSimple(address receiver, address asset, uint256 amount, bytes calldata params, uint16) external {
        uint256 premium = (amount * 5) / 10_000;
        ZooToken(asset).transfer(receiver, amount);
        if (hook != address(0)) IHook(hook).poke();
        if (skipsCallback) return;
        IFlashLoanSimpleReceiver(receiver).executeOperation(asset, amount, premium, msg.sender, params);
        ZooToken(asset).transferFrom(receiver, address(this), amount + premium);
    }

    function liquidationCall(address collateral, address debt, address, uint256 debtToCover, bool) external {
        uint256 covered = debtToCover < maxCover ? debtToCover : maxCover;
        ZooToken(collateral).transfer(msg.sender, (covered * payout) / 100);
        ZooToken(debt).transferFrom(msg.sender, address(this), covered);
    }
}

/// @notice A swap router at par, less what the test tells it to keep.
contract AttackRouter {
    /// Hundredths of the input that it takes, and of what it takes that it pays.
    uint256 public takes = 100;
    uint256 public pays = 100;
    bool public ignoresMinimum;
    address public hook;

    struct ExactInputParams {
        bytes path;
        address recipient;
        uint256 deadline;
        uint256 amountIn;
        uint256 amountOutMinimum;
    }

    function set(uint256 takes_, uint256 pays_, bool ignoresMinimum_, address hook_) external {
        (takes, pays, ignoresMinimum, hook) = (takes_, pays_, ignoresMinimum_, hook_);
    }

    function exactInput(ExactInputParams calldata p) external payable returns (uint256 amountOut) {
        require(block.timestamp <= p.deadline, "Transaction too old");
        uint256 taken = (p.amountIn * takes) / 100;
        amountOut = (taken * pays) / 100;
        require(ignoresMinimum || amountOut >= p.amountOutMinimum, "Too little received");
        ZooToken(address(bytes20(p.path[:20]))).transferFrom(msg.sender, address(this), taken);
        if (hook != address(0)) IHook(hook).poke();
        ZooToken(address(bytes20(p.path[p.path.length - 20:]))).transfer(p.recipient, amountOut);
    }
}
