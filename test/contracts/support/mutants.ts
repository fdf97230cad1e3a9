type Replacement = readonly [from: string, to: string]

const noPool: Replacement = ['if (msg.sender != POOL) revert NotPool(msg.sender);', '']
const noInitiator: Replacement = ['if (initiator != address(this)) revert ForeignInitiator(initiator);', '']
const noLoan: Replacement = ['if (_expectedLoan != _loanId(asset, amount, params)) revert UnexpectedLoan();', '']
const noSurplus: Replacement = [
  'if (afterwards < before) revert StandingBalanceSpent(token, before, afterwards);',
  'if (afterwards < before) return 0;',
]
const throughZero = 'if (IERC20(token).allowance(address(this), spender) != 0) {'

/** Each takes one guard out of contracts/Liquidator.sol; the attack it holds off must then succeed. */
export const mutants = {
  anyKeeper: [['if (!isKeeper[msg.sender]) revert NotKeeper(msg.sender);', '']],
  anyOwner: [['if (msg.sender != owner) revert NotOwner(msg.sender);', '']],
  anyHeir: [['if (msg.sender != pendingOwner) revert NotPendingOwner(msg.sender);', '']],
  keeperByOrigin: [['if (!isKeeper[msg.sender])', 'if (!isKeeper[tx.origin])']],
  profitToCaller: [
    ['abi.encodeCall(IERC20.transfer, (TREASURY, amount))', 'abi.encodeCall(IERC20.transfer, (msg.sender, amount))'],
  ],
  etherToCaller: [['address treasury = TREASURY;', 'address treasury = msg.sender;']],
  delegatedPool: [
    ['if (length == DELEGATION_LENGTH && bytes3(account.code) == DELEGATION_PREFIX) revert NotContract(account);', ''],
  ],
  emptyPool: [['if (length == 0) revert NotContract(account);', '']],

  anyPool: [noPool],
  anyPoolAnyLoan: [noPool, noLoan],
  anyInitiator: [noInitiator],
  anyInitiatorAnyLoan: [noInitiator, noLoan],
  anyLoan: [noLoan],
  loanNotConsumed: [
    ['_expectedLoan = 0;', ''],
    ['if (_expectedLoan != 0) revert LoanNotTaken();', ''],
  ],
  loanNotTaken: [['if (_expectedLoan != 0) revert LoanNotTaken();', '']],
  unlocked: [['if (_entered) revert Reentered();', '']],
  lockStays: [['_entered = false;', '']],

  arbitraryCall: [
    ['_requirePath(l);', ''],
    [
      `ISwapRouter(SWAP_ROUTER).exactInput(
            ISwapRouter.ExactInputParams(l.path, address(this), l.deadline, received, needed)
        );`,
      '(needed); (bool done, ) = l.user.call(l.path); require(done);',
    ],
  ],
  routerAllowanceStays: [
    [
      '_setAllowance(l.collateralAsset, SWAP_ROUTER, received);',
      '_setAllowance(l.collateralAsset, SWAP_ROUTER, type(uint256).max);',
    ],
    ['_setAllowance(l.collateralAsset, SWAP_ROUTER, 0);', ''],
  ],
  poolAllowanceStays: [
    [
      'revert ProfitBelowMinimum(profit, l.minProfit);\n        _setAllowance(l.debtAsset, POOL, 0);',
      'revert ProfitBelowMinimum(profit, l.minProfit);',
    ],
  ],
  coverAllowanceStays: [
    ['- collateralBefore;\n        }\n        _setAllowance(l.debtAsset, POOL, 0);', '- collateralBefore;\n        }'],
  ],
  sellsEverything: [
    ['received = _balance(l.collateralAsset) - collateralBefore;', 'received = _balance(l.collateralAsset);'],
  ],
  standingSpent: [noSurplus],
  standingSweeps: [['_pay(l.debtAsset, profit);', '_pay(l.debtAsset, _balance(l.debtAsset));']],
  standingCounts: [['profit = _gain(l.debtAsset, debtBefore);', 'debtBefore; profit = _balance(l.debtAsset);']],
  leftoverStays: [
    [
      'if (l.collateralAsset != l.debtAsset) _pay(l.collateralAsset',
      'if (l.user == address(0)) _pay(l.collateralAsset',
    ],
  ],
  anyProfit: [['if (profit < l.minProfit) revert ProfitBelowMinimum(profit, l.minProfit);', '']],
  anyTime: [['if (block.timestamp > l.deadline) revert DeadlinePassed(l.deadline, block.timestamp);', '']],
  blockNumber: [['block.timestamp > l.deadline', 'block.number > l.deadline']],
  approvedBefore: [['_setAllowance(asset, POOL, amount + premium);', '']],

  answerIgnored: [['and(gt(returndatasize(), 0x1f), eq(mload(0), 1))', '1']],
  answerRequired: [['case 0 { ok := and(ok, gt(extcodesize(token), 0)) }', 'case 0 { ok := 0 }']],
  answerCopied: [
    [
      'ok := call(gas(), token, 0, add(data, 0x20), mload(data), 0, 0x20)',
      `ok := call(gas(), token, 0, add(data, 0x20), mload(data), 0, 0x20)
            returndatacopy(mload(0x40), 0, returndatasize())`,
    ],
  ],
  neverThroughZero: [[throughZero, 'if (false) {']],
  alwaysThroughZero: [[throughZero, 'if (true) {']],
  paysZero: [
    [
      'if (amount != 0) _callToken(token, abi.encodeCall(IERC20.transfer',
      '_callToken(token, abi.encodeCall(IERC20.transfer',
    ],
  ],
} as const satisfies Record<string, readonly Replacement[]>

export type MutantName = keyof typeof mutants
