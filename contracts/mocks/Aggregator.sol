// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title The contract behind a price feed proxy, shaped as Chainlink's: one answer per round, one log per answer.
/// @dev Local chains only. It reports whatever its owner says.
contract Aggregator {
  event AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt);
  event NewRound(uint256 indexed roundId, address indexed startedBy, uint256 startedAt);

  error NotOwner(address caller);

  address public immutable owner;
  uint8 public immutable decimals;
  string public description;

  int256 public latestAnswer;
  uint256 public latestTimestamp;
  uint80 public latestRound;

  constructor(address owner_, uint8 decimals_, string memory description_, int256 answer) {
    owner = owner_;
    decimals = decimals_;
    description = description_;
    _report(answer);
  }

  function report(int256 answer) external {
    if (msg.sender != owner) revert NotOwner(msg.sender);
    _report(answer);
  }

  function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
    return (latestRound, latestAnswer, latestTimestamp, latestTimestamp, latestRound);
  }

  function _report(int256 answer) private {
    latestAnswer = answer;
    latestTimestamp = block.timestamp;
    ++latestRound;
    emit NewRound(latestRound, msg.sender, block.timestamp);
    emit AnswerUpdated(answer, latestRound, block.timestamp);
  }
}
