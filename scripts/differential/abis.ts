import {
  type Abi,
  type AbiStateMutability,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type EncodeFunctionDataParameters,
  encodeFunctionData,
  type Hex,
  parseAbi,
} from 'viem'
import { legacyConfiguratorAbi } from '../devnet/legacy/abis.ts'

/** Calldata of any function of `abi`, its arguments checked by their types. */
const encoder =
  <const abi extends Abi>(abi: abi) =>
  <name extends ContractFunctionName<abi>>(
    functionName: name,
    args: ContractFunctionArgs<abi, AbiStateMutability, name>,
  ): Hex =>
    encodeFunctionData({ abi, functionName, args } as EncodeFunctionDataParameters)

/** What users, liquidators and the umbrella ask of the pool; V3.0.2 knows all but the second block, V3.6 all but the third. */
export const poolCall = encoder(
  parseAbi([
    'function supply(address asset, uint256 amount, address onBehalfOf, uint16 referralCode)',
    'function supplyWithPermit(address asset, uint256 amount, address onBehalfOf, uint16 referralCode, uint256 deadline, uint8 v, bytes32 r, bytes32 s)',
    'function withdraw(address asset, uint256 amount, address to)',
    'function borrow(address asset, uint256 amount, uint256 interestRateMode, uint16 referralCode, address onBehalfOf)',
    'function repay(address asset, uint256 amount, uint256 interestRateMode, address onBehalfOf)',
    'function repayWithPermit(address asset, uint256 amount, uint256 interestRateMode, address onBehalfOf, uint256 deadline, uint8 v, bytes32 r, bytes32 s)',
    'function repayWithATokens(address asset, uint256 amount, uint256 interestRateMode)',
    'function setUserUseReserveAsCollateral(address asset, bool useAsCollateral)',
    'function setUserEMode(uint8 categoryId)',
    'function liquidationCall(address collateral, address debt, address user, uint256 debtToCover, bool receiveAToken)',
    'function flashLoan(address receiver, address[] assets, uint256[] amounts, uint256[] interestRateModes, address onBehalfOf, bytes params, uint16 referralCode)',
    'function flashLoanSimple(address receiver, address asset, uint256 amount, bytes params, uint16 referralCode)',
    'function mintToTreasury(address[] assets)',

    'function multicall(bytes[] data)',
    'function approvePositionManager(address positionManager, bool approve)',
    'function renouncePositionManagerRole(address user)',
    'function setUserUseReserveAsCollateralOnBehalfOf(address asset, bool useAsCollateral, address onBehalfOf)',
    'function setUserEModeOnBehalfOf(uint8 categoryId, address onBehalfOf)',
    'function eliminateReserveDeficit(address asset, uint256 amount)',

    'function swapBorrowRateMode(address asset, uint256 rateModeToLeave)',
    'function rebalanceStableBorrowRate(address asset, address user)',
    'function mintUnbacked(address asset, uint256 amount, address onBehalfOf, uint16 referralCode)',
    'function backUnbacked(address asset, uint256 amount, uint256 fee)',
  ]),
)

export const tokenCall = encoder(
  parseAbi([
    'function mint(address account, uint256 value)',
    'function approve(address spender, uint256 value)',
    'function transfer(address to, uint256 value)',
    'function transferFrom(address from, address to, uint256 value)',
    'function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)',
    'function approveDelegation(address delegatee, uint256 amount)',
    'function delegationWithSig(address delegator, address delegatee, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)',
  ]),
)

export const tokenAbi = parseAbi([
  'function name() view returns (string)',
  'function nonces(address owner) view returns (uint256)',
  'function totalSupply() view returns (uint256)',
  'function balanceOf(address account) view returns (uint256)',
])

/** The configurator of V3.6. */
export const configuratorCall = encoder(
  parseAbi([
    'function dropReserve(address asset)',
    'function configureReserveAsCollateral(address asset, uint256 ltv, uint256 liquidationThreshold, uint256 liquidationBonus)',
    'function setReserveBorrowing(address asset, bool enabled)',
    'function setReserveFlashLoaning(address asset, bool enabled)',
    'function setReserveActive(address asset, bool active)',
    'function setReserveFreeze(address asset, bool freeze)',
    'function setReserveLtvzero(address asset, bool ltvZero)',
    'function setReservePause(address asset, bool paused, uint40 gracePeriod)',
    'function setPoolPause(bool paused, uint40 gracePeriod)',
    'function disableLiquidationGracePeriod(address asset)',
    'function setReserveFactor(address asset, uint256 reserveFactor)',
    'function setReserveInterestRateData(address asset, bytes rateData)',
    'function setBorrowCap(address asset, uint256 cap)',
    'function setSupplyCap(address asset, uint256 cap)',
    'function setLiquidationProtocolFee(address asset, uint256 fee)',
    'function setDebtCeiling(address asset, uint256 ceilingUsd2)',
    'function setBorrowableInIsolation(address asset, bool borrowable)',
    'function setSiloedBorrowing(address asset, bool siloed)',
    'function setEModeCategory(uint8 id, uint16 ltv, uint16 liquidationThreshold, uint16 liquidationBonus, string label)',
    'function setAssetCollateralInEMode(address asset, uint8 id, bool allowed)',
    'function setAssetBorrowableInEMode(address asset, uint8 id, bool allowed)',
    'function setAssetLtvzeroInEMode(address asset, uint8 id, bool ltvzero)',
    'function updateFlashloanPremium(uint128 premium)',
  ]),
)

/** The configurator of V3.0.2. */
export const legacyCall = encoder(legacyConfiguratorAbi)

export const rolesCall = encoder(parseAbi(['function addBridge(address bridge)']))

export const providerCall = encoder(
  parseAbi([
    'function setAddress(bytes32 id, address where)',
    'function setPriceOracle(address oracle)',
    'function setPriceOracleSentinel(address sentinel)',
  ]),
)

export const oracleCall = encoder(
  parseAbi([
    'function setAssetSources(address[] assets, address[] sources)',
    'function setFallbackOracle(address fallbackOracle)',
  ]),
)

/** Our own mocks, and Aave's of a sequencer. */
export const feedCall = encoder(
  parseAbi([
    'struct Line { uint256 startRatio; uint256 startTime; uint256 growthPerSecond; }',
    'function report(int256 answer)',
    'function confirmAggregator(address next)',
    'function setRatio(Line line)',
    'function setCap(Line line)',
    'function setAssetPrice(address asset, uint256 price)',
    'function setAnswer(bool isDown, uint256 timestamp)',
  ]),
)

export const multicallCall = encoder(
  parseAbi([
    'struct Call3 { address target; bool allowFailure; bytes callData; }',
    'function aggregate3(Call3[] calls) payable',
  ]),
)
