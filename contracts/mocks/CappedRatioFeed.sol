// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {FeedProxy} from './FeedProxy.sol';

/// @title Price of a yield-bearing token: base price times an exchange ratio, the ratio capped by a line in time.
/// @dev Both ratio and cap move with block.timestamp, so the price changes in every block and no log ever says so.
/// Shaped as Aave's CAPO adapters. Ratios are 18-decimal, growth is ratio units per second.
contract CappedRatioFeed {
  error NotOwner(address caller);

  struct Line {
    uint256 startRatio;
    uint256 startTime;
    uint256 growthPerSecond;
  }

  uint256 private constant RATIO_UNIT = 1e18;

  address public immutable owner;
  FeedProxy public immutable BASE_TO_USD_AGGREGATOR;
  string public description;

  Line public ratioLine;
  Line public capLine;

  constructor(address owner_, FeedProxy base, string memory description_, Line memory ratio, Line memory cap) {
    owner = owner_;
    BASE_TO_USD_AGGREGATOR = base;
    description = description_;
    ratioLine = ratio;
    capLine = cap;
  }

  function setRatio(Line calldata line) external {
    if (msg.sender != owner) revert NotOwner(msg.sender);
    ratioLine = line;
  }

  function setCap(Line calldata line) external {
    if (msg.sender != owner) revert NotOwner(msg.sender);
    capLine = line;
  }

  function getRatio() public view returns (uint256) {
    return _at(ratioLine);
  }

  function getMaxRatio() public view returns (uint256) {
    return _at(capLine);
  }

  function getSnapshotRatio() external view returns (uint256) {
    return capLine.startRatio;
  }

  function getSnapshotTimestamp() external view returns (uint256) {
    return capLine.startTime;
  }

  /// Basis points of the snapshot's ratio, rounded down.
  function getMaxYearlyGrowthRatePercent() external view returns (uint256) {
    return (capLine.growthPerSecond * 365 days * 10_000) / capLine.startRatio;
  }

  function isCapped() external view returns (bool) {
    return getRatio() > getMaxRatio();
  }

  function latestAnswer() external view returns (int256) {
    uint256 ratio = getRatio();
    uint256 cap = getMaxRatio();
    if (ratio > cap) ratio = cap;
    return (BASE_TO_USD_AGGREGATOR.latestAnswer() * int256(ratio)) / int256(RATIO_UNIT);
  }

  function decimals() external view returns (uint8) {
    return BASE_TO_USD_AGGREGATOR.decimals();
  }

  function _at(Line storage line) private view returns (uint256) {
    return line.startRatio + line.growthPerSecond * (block.timestamp - line.startTime);
  }
}
