// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Which accounts are contracts, many in one `eth_call`.
/// @dev Never deployed, as `Batch`: what would be the code is the answer, one byte an account. 2,000 accounts stay below the
/// limit of init code (49,152 bytes, EIP-3860), which nodes hold an `eth_call` without a recipient to.
contract Codes {
    /// @param accounts 20 bytes each.
    constructor(bytes memory accounts) {
        uint256 count = accounts.length / 20;
        // The answer may not begin with 0xef (EIP-3541), and an empty one is none: a first byte that says nothing.
        bytes memory answer = new bytes(count + 1);
        for (uint256 i = 0; i < count; i++) {
            if (isContract(accountAt(accounts, i))) answer[i + 1] = 0x01;
        }
        assembly {
            return(add(answer, 32), mload(answer))
        }
    }

    function accountAt(bytes memory accounts, uint256 i) private pure returns (address account) {
        assembly {
            account := shr(96, mload(add(add(accounts, 32), mul(i, 20))))
        }
    }

    /// @dev 23 bytes that begin with 0xef0100 are the delegation of somebody with a key (EIP-7702).
    function isContract(address account) private view returns (bool) {
        bytes memory code = account.code;
        if (code.length == 0) return false;
        return !(code.length == 23 && code[0] == 0xef && code[1] == 0x01 && code[2] == 0x00);
    }
}
