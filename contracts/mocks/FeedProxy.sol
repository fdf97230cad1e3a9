// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Aggregator} from './Aggregator.sol';

/// @title The fixed address in front of an aggregator, shaped as Chainlink's EACAggregatorProxy.
/// @dev The aggregator can be replaced, and then the price may jump without an `AnswerUpdated` from anywhere:
/// the trap for a watcher that follows only logs.
contract FeedProxy {
  event AggregatorConfirmed(address indexed previous, address indexed latest);

  error NotOwner(address caller);

  address public immutable owner;
  Aggregator public aggregator;
  uint16 public phaseId;

  constructor(address owner_, Aggregator aggregator_) {
    owner = owner_;
    aggregator = aggregator_;
    phaseId = 1;
  }

  function confirmAggregator(Aggregator next) external {
    if (msg.sender != owner) revert NotOwner(msg.sender);
    emit AggregatorConfirmed(address(aggregator), address(next));
    aggregator = next;
    ++phaseId;
  }

  function latestAnswer() external view returns (int256) {
    return aggregator.latestAnswer();
  }

  function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
    (uint80 round, int256 answer, uint256 startedAt, uint256 updatedAt, ) = aggregator.latestRoundData();
    uint80 phased = (uint80(phaseId) << 64) | round;
    return (phased, answer, startedAt, updatedAt, phased);
  }

  function decimals() external view returns (uint8) {
    return aggregator.decimals();
  }

  function description() external view returns (string memory) {
    return aggregator.description();
  }
}
