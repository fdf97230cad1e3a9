import { parseAbi } from 'viem'

/** What V3.0.2 has otherwise than V3.6; what both have alike is in `../abis.ts`. */
export const legacyConfiguratorAbi = parseAbi([
  'struct InitReserveInput { address aTokenImpl; address stableDebtTokenImpl; address variableDebtTokenImpl; uint8 underlyingAssetDecimals; address interestRateStrategyAddress; address underlyingAsset; address treasury; address incentivesController; string aTokenName; string aTokenSymbol; string variableDebtTokenName; string variableDebtTokenSymbol; string stableDebtTokenName; string stableDebtTokenSymbol; bytes params; }',
  'function initReserves(InitReserveInput[] input)',
  'function dropReserve(address asset)',
  'function configureReserveAsCollateral(address asset, uint256 ltv, uint256 liquidationThreshold, uint256 liquidationBonus)',
  'function setReserveBorrowing(address asset, bool enabled)',
  'function setReserveStableRateBorrowing(address asset, bool enabled)',
  'function setReserveFlashLoaning(address asset, bool enabled)',
  'function setReserveActive(address asset, bool active)',
  'function setReserveFreeze(address asset, bool freeze)',
  'function setReservePause(address asset, bool paused)',
  'function setPoolPause(bool paused)',
  'function setReserveFactor(address asset, uint256 reserveFactor)',
  'function setReserveInterestRateStrategyAddress(address asset, address strategy)',
  'function setBorrowCap(address asset, uint256 cap)',
  'function setSupplyCap(address asset, uint256 cap)',
  'function setUnbackedMintCap(address asset, uint256 cap)',
  'function setLiquidationProtocolFee(address asset, uint256 fee)',
  'function setBorrowableInIsolation(address asset, bool borrowable)',
  'function setSiloedBorrowing(address asset, bool siloed)',
  'function setDebtCeiling(address asset, uint256 ceilingUsd2)',
  'function setEModeCategory(uint8 id, uint16 ltv, uint16 liquidationThreshold, uint16 liquidationBonus, address priceKey, string label)',
  'function setAssetEModeCategory(address asset, uint8 id)',
  'function updateFlashloanPremiumTotal(uint128 premium)',
  'function updateFlashloanPremiumToProtocol(uint128 share)',
])

export const legacyPoolAbi = parseAbi([
  'struct ReserveData { uint256 configuration; uint128 liquidityIndex; uint128 currentLiquidityRate; uint128 variableBorrowIndex; uint128 currentVariableBorrowRate; uint128 currentStableBorrowRate; uint40 lastUpdateTimestamp; uint16 id; address aTokenAddress; address stableDebtTokenAddress; address variableDebtTokenAddress; address interestRateStrategyAddress; uint128 accruedToTreasury; uint128 unbacked; uint128 isolationModeTotalDebt; }',
  'struct EModeCategory { uint16 ltv; uint16 liquidationThreshold; uint16 liquidationBonus; address priceSource; string label; }',
  'function getReserveData(address asset) view returns (ReserveData)',
  'function getEModeCategoryData(uint8 id) view returns (EModeCategory)',
  'function swapBorrowRateMode(address asset, uint256 rateModeToLeave)',
  'function rebalanceStableBorrowRate(address asset, address user)',
  'event Borrow(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint8 interestRateMode, uint256 borrowRate, uint16 indexed referralCode)',
  'event SwapBorrowRateMode(address indexed reserve, address indexed user, uint8 interestRateMode)',
  'event LiquidationCall(address indexed collateralAsset, address indexed debtAsset, address indexed user, uint256 debtToCover, uint256 liquidatedCollateralAmount, address liquidator, bool receiveAToken)',
])

export const stableDebtAbi = parseAbi([
  'function balanceOf(address user) view returns (uint256)',
  'function principalBalanceOf(address user) view returns (uint256)',
  'function getUserStableRate(address user) view returns (uint256)',
  'function getUserLastUpdated(address user) view returns (uint40)',
  'event Mint(address indexed user, address indexed onBehalfOf, uint256 amount, uint256 currentBalance, uint256 balanceIncrease, uint256 newRate, uint256 avgStableRate, uint256 newTotalSupply)',
  'event Burn(address indexed from, uint256 amount, uint256 currentBalance, uint256 balanceIncrease, uint256 avgStableRate, uint256 newTotalSupply)',
])

export const fallbackOracleAbi = parseAbi(['function setAssetPrice(address asset, uint256 priceUsd8)'])
