// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title A mock of ENS's UniversalResolver: answers `addr` for the names it was given, and refuses as the real one does.
/// @dev Local chains only. It hashes the DNS-encoded name itself, so that a caller who hashes another name is found out.
contract MockUniversalResolver {
  error ResolverNotFound(bytes name);
  error ResolverError(bytes errorData);
  error OffchainLookup(address sender, string[] urls, bytes callData, bytes4 callbackFunction, bytes extraData);

  bytes4 private constant ADDR = bytes4(keccak256('addr(bytes32)'));

  mapping(bytes32 node => address account) public accounts;
  mapping(bytes32 node => bool known) public names;
  mapping(bytes32 node => string url) public gateways;

  /// @param account 0 for a name without an address.
  function give(bytes calldata name, address account) external {
    bytes32 node = namehash(name, 0);
    names[node] = true;
    accounts[node] = account;
  }

  /// @notice From now on the name is kept outside of the chain, at that address on the web (EIP-3668).
  function moveOffchain(bytes calldata name, string calldata url) external {
    gateways[namehash(name, 0)] = url;
  }

  function resolveWithGateways(
    bytes calldata name,
    bytes calldata data,
    string[] calldata
  ) external view returns (bytes memory result, address resolver) {
    bytes32 node = namehash(name, 0);
    if (bytes(gateways[node]).length > 0) lookupOffchain(node, data);
    if (!names[node]) revert ResolverNotFound(name);
    if (bytes4(data[:4]) != ADDR || bytes32(data[4:36]) != node) revert ResolverError(data);
    return (abi.encode(accounts[node]), address(this));
  }

  function lookupOffchain(bytes32 node, bytes calldata data) private view {
    string[] memory urls = new string[](1);
    urls[0] = gateways[node];
    revert OffchainLookup(address(this), urls, data, this.give.selector, '');
  }

  function namehash(bytes calldata name, uint256 offset) private pure returns (bytes32) {
    uint256 length = uint8(name[offset]);
    if (length == 0) return bytes32(0);
    uint256 next = offset + 1 + length;
    return keccak256(abi.encodePacked(namehash(name, next), keccak256(name[offset + 1:next])));
  }
}
