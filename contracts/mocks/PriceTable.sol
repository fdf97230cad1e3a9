// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title A fallback oracle: prices from a table, and nothing is ever logged.
/// @dev Local chains only. An asset that is not in the table costs 0, as with Aave's own test oracle.
contract PriceTable {
  error NotOwner(address caller);

  address public immutable owner;
  mapping(address asset => uint256 price) public getAssetPrice;

  constructor(address owner_) {
    owner = owner_;
  }

  function setAssetPrice(address asset, uint256 price) external {
    if (msg.sender != owner) revert NotOwner(msg.sender);
    getAssetPrice[asset] = price;
  }
}
