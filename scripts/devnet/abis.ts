import { parseAbi } from 'viem'

export const erc20Abi = parseAbi([
  'function mint(address account, uint256 value) returns (bool)',
  'function approve(address spender, uint256 value) returns (bool)',
  'function transfer(address to, uint256 value) returns (bool)',
  'function balanceOf(address) view returns (uint256)',
  'function decimals() view returns (uint8)',
  'function symbol() view returns (string)',
])

export const poolAbi = parseAbi([
  'function supply(address asset, uint256 amount, address onBehalfOf, uint16 referralCode)',
  'function withdraw(address asset, uint256 amount, address to) returns (uint256)',
  'function borrow(address asset, uint256 amount, uint256 interestRateMode, uint16 referralCode, address onBehalfOf)',
  'function repay(address asset, uint256 amount, uint256 interestRateMode, address onBehalfOf) returns (uint256)',
  'function setUserUseReserveAsCollateral(address asset, bool useAsCollateral)',
  'function setUserEMode(uint8 categoryId)',
  'function getUserEMode(address user) view returns (uint256)',
  'function liquidationCall(address collateral, address debt, address user, uint256 debtToCover, bool receiveAToken)',
  'function getReservesList() view returns (address[])',
  'function getConfiguration(address asset) view returns (uint256)',
  'function getReserveAToken(address asset) view returns (address)',
  'function getReserveVariableDebtToken(address asset) view returns (address)',
  'function getReserveNormalizedIncome(address asset) view returns (uint256)',
  'function getReserveNormalizedVariableDebt(address asset) view returns (uint256)',
  'function getEModeCategoryCollateralConfig(uint8 id) view returns ((uint16 ltv, uint16 liquidationThreshold, uint16 liquidationBonus))',
  'function getEModeCategoryCollateralBitmap(uint8 id) view returns (uint128)',
  'function POOL_REVISION() view returns (uint256)',
  'function FLASHLOAN_PREMIUM_TOTAL() view returns (uint128)',
  'function getUserAccountData(address user) view returns (uint256 totalCollateralBase, uint256 totalDebtBase, uint256 availableBorrowsBase, uint256 currentLiquidationThreshold, uint256 ltv, uint256 healthFactor)',
])

export const dataProviderAbi = parseAbi([
  'function getUserReserveData(address asset, address user) view returns (uint256 currentATokenBalance, uint256 currentStableDebt, uint256 currentVariableDebt, uint256 principalStableDebt, uint256 scaledVariableDebt, uint256 stableBorrowRate, uint256 liquidityRate, uint40 stableRateLastUpdated, bool usageAsCollateralEnabled)',
])

export const addressesProviderAbi = parseAbi([
  'function setPriceOracle(address)',
  'function setPoolImpl(address)',
  'function setPoolConfiguratorImpl(address)',
  'function setPriceOracleSentinel(address)',
  'function setPoolDataProvider(address)',
  'function setACLAdmin(address)',
  'function setACLManager(address)',
  'function setAddressAsProxy(bytes32 id, address implementation)',
  'function getAddress(bytes32 id) view returns (address)',
  'function getPool() view returns (address)',
  'function getPoolConfigurator() view returns (address)',
  'function registerAddressesProvider(address provider, uint256 id)',
])

export const aclManagerAbi = parseAbi([
  'function addPoolAdmin(address)',
  'function addEmergencyAdmin(address)',
  'function addRiskAdmin(address)',
  'function addAssetListingAdmin(address)',
])

export const configuratorAbi = parseAbi([
  'struct InitReserveInput { address aTokenImpl; address variableDebtTokenImpl; address underlyingAsset; string aTokenName; string aTokenSymbol; string variableDebtTokenName; string variableDebtTokenSymbol; bytes params; bytes interestRateData; }',
  'function initReserves(InitReserveInput[] input)',
  'function dropReserve(address asset)',
  'function configureReserveAsCollateral(address asset, uint256 ltv, uint256 liquidationThreshold, uint256 liquidationBonus)',
  'function setReserveBorrowing(address asset, bool enabled)',
  'function setReserveFlashLoaning(address asset, bool enabled)',
  'function setReserveActive(address asset, bool active)',
  'function setReserveFreeze(address asset, bool freeze)',
  'function setReservePause(address asset, bool paused, uint40 gracePeriod)',
  'function setReserveFactor(address asset, uint256 reserveFactor)',
  'function setBorrowableInIsolation(address asset, bool borrowable)',
  'function setReserveInterestRateData(address asset, bytes rateData)',
  'function setBorrowCap(address asset, uint256 cap)',
  'function setSupplyCap(address asset, uint256 cap)',
  'function setLiquidationProtocolFee(address asset, uint256 fee)',
  'function setEModeCategory(uint8 id, uint16 ltv, uint16 liquidationThreshold, uint16 liquidationBonus, string label)',
  'function setAssetCollateralInEMode(address asset, uint8 id, bool allowed)',
  'function setAssetBorrowableInEMode(address asset, uint8 id, bool allowed)',
  'function updateFlashloanPremium(uint128 premium)',
])

export const oracleAbi = parseAbi([
  'function setAssetSources(address[] assets, address[] sources)',
  'function getAssetPrice(address asset) view returns (uint256)',
  'function getAssetsPrices(address[] assets) view returns (uint256[])',
  'function getSourceOfAsset(address asset) view returns (address)',
])

export const aggregatorAbi = parseAbi([
  'event AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt)',
  'function report(int256 answer)',
  'function latestAnswer() view returns (int256)',
])

export const ratioFeedAbi = parseAbi([
  'struct Line { uint256 startRatio; uint256 startTime; uint256 growthPerSecond; }',
  'function setRatio(Line line)',
  'function setCap(Line line)',
  'function getRatio() view returns (uint256)',
  'function getMaxRatio() view returns (uint256)',
  'function isCapped() view returns (bool)',
  'function latestAnswer() view returns (int256)',
])

export const feedProxyAbi = parseAbi([
  'function confirmAggregator(address next)',
  'function aggregator() view returns (address)',
  'function latestAnswer() view returns (int256)',
])
