// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Many questions in one `eth_call`, on chains that carry no Multicall3.
/// @dev Never deployed: sent as init code without a recipient, so what would be the code is the answer. The code size
/// limit (24,576 bytes, EIP-170) therefore bounds the answers of one request.
contract Batch {
    struct Call {
        address to;
        bytes data;
    }

    struct Result {
        bool success;
        bytes data;
    }

    constructor(Call[] memory calls) {
        Result[] memory results = new Result[](calls.length);
        for (uint256 i = 0; i < calls.length; i++) {
            (results[i].success, results[i].data) = calls[i].to.staticcall(calls[i].data);
        }
        bytes memory answer = abi.encode(results);
        assembly {
            return(add(answer, 32), mload(answer))
        }
    }
}
