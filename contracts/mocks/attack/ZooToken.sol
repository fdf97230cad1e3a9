// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IHook} from "./Puppet.sol";

/// @notice One token with the quirks of many, chosen by bits. Its calls are declared without a return value and answer
/// by hand, because what they answer is one of the quirks.
contract ZooToken {
    /// Transfers and approvals answer with nothing (USDT, BNB).
    uint256 public constant NO_RETURN = 1;
    /// A transfer out of `cursed` answers false and moves nothing.
    uint256 public constant FALSE_TRANSFER = 2;
    /// Two hundredths of each transfer disappear (PAXG, STA).
    uint256 public constant FEE = 4;
    /// Nine tenths disappear, but only where gas has a price: never in an `eth_call`.
    uint256 public constant HONEST_IN_SIMULATION = 8;
    /// An approval on top of another one reverts (USDT).
    uint256 public constant NO_RACE = 16;
    /// Nothing may be approved or moved in the amount of zero (BNB).
    uint256 public constant NO_ZERO = 32;
    /// Answers with a true and another 100 kB.
    uint256 public constant BOMB = 64;
    /// `transferFrom` leaves the allowance as it was.
    uint256 public constant STICKY_ALLOWANCE = 128;
    /// Approvals answer false.
    uint256 public constant FALSE_APPROVE = 256;

    uint8 public immutable decimals;
    uint256 public immutable quirks;
    address public cursed;
    address public hook;
    bool public paused;
    mapping(address => bool) public blacklisted;
    mapping(address => uint256) public shares;
    mapping(address => mapping(address => uint256)) public allowance;
    /// Rebasing: a balance is shares times this, in hundredths.
    uint256 public scale = 100;

    constructor(uint8 decimals_, uint256 quirks_) {
        (decimals, quirks) = (decimals_, quirks_);
    }

    // Levers of the test: anyone may pull them.

    function mint(address to, uint256 amount) external {
        shares[to] += (amount * 100) / scale;
    }

    function setHook(address hook_) external {
        hook = hook_;
    }

    function setCursed(address cursed_) external {
        cursed = cursed_;
    }

    function setPaused(bool paused_) external {
        paused = paused_;
    }

    function setBlacklisted(address account, bool listed) external {
        blacklisted[account] = listed;
    }

    function rebase(uint256 scale_) external {
        scale = scale_;
    }

    // The token.

    function balanceOf(address account) public view returns (uint256) {
        return (shares[account] * scale) / 100;
    }

    function approve(address spender, uint256 amount) external {
        uint256 present = allowance[msg.sender][spender];
        require(!_has(NO_RACE) || amount == 0 || present == 0, "approval on approval");
        require(!_has(NO_ZERO) || amount != 0 || present != 0, "zero approval");
        allowance[msg.sender][spender] = amount;
        _answer(!_has(FALSE_APPROVE));
    }

    function transfer(address to, uint256 amount) external {
        _answer(_move(msg.sender, to, amount));
    }

    function transferFrom(address from, address to, uint256 amount) external {
        if (_has(STICKY_ALLOWANCE)) require(allowance[from][msg.sender] >= amount, "allowance");
        else allowance[from][msg.sender] -= amount;
        _answer(_move(from, to, amount));
    }

    function _move(address from, address to, uint256 amount) private returns (bool) {
        require(!paused && !blacklisted[from] && !blacklisted[to], "refused");
        require(!_has(NO_ZERO) || amount != 0, "zero transfer");
        if (_has(FALSE_TRANSFER) && from == cursed) return false;
        uint256 moved = (amount * 100) / scale;
        shares[from] -= moved;
        if (_has(FEE)) moved -= moved / 50;
        if (_has(HONEST_IN_SIMULATION) && tx.gasprice != 0) moved /= 10;
        shares[to] += moved;
        if (hook != address(0)) IHook(hook).poke();
        return true;
    }

    function _has(uint256 quirk) private view returns (bool) {
        return quirks & quirk != 0;
    }

    function _answer(bool value) private view {
        uint256 size = _has(BOMB) ? 100_000 : _has(NO_RETURN) ? 0 : 32;
        assembly {
            let at := mload(0x40)
            mstore(at, value)
            return(at, size)
        }
    }
}
