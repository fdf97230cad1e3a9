// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @notice What tokens, pools and routers of the tests call in the middle of their work.
interface IHook {
    function poke() external;
}

/// @notice An attacker that does as the test says: at once (`run`), or later, from inside somebody else's call (`arm`,
/// then `poke`). It has no receive function, so it also serves as a treasury that refuses ether.
contract Puppet is IHook {
    struct Call {
        address target;
        bytes data;
    }

    Call[] private _plan;
    bool public poked;
    /// Whether every call of the plan went through; a failed one is swallowed, as a patient attacker would.
    bool public succeeded;
    bytes public answer;

    function run(Call[] calldata calls) external {
        for (uint256 i; i < calls.length; i++) {
            (bool ok, bytes memory data) = calls[i].target.call(calls[i].data);
            if (!ok) {
                assembly {
                    revert(add(data, 0x20), mload(data))
                }
            }
        }
    }

    function arm(Call[] calldata calls) external {
        for (uint256 i; i < calls.length; i++) _plan.push(calls[i]);
    }

    function poke() external {
        if (poked || _plan.length == 0) return;
        poked = true;
        succeeded = true;
        for (uint256 i; i < _plan.length; i++) {
            (bool ok, bytes memory data) = _plan[i].target.call(_plan[i].data);
            succeeded = succeeded && ok;
            if (!ok) answer = data;
        }
    }
}

/// @notice A puppet that acts when ether reaches it.
contract EtherPuppet is Puppet {
    receive() external payable {
        this.poke();
    }
}
