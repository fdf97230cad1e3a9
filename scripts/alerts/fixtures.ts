/** One entry for each message, as the program journals them, and readers for them. `docs/alerts.md` shows them rendered. */
import type { AccountRow, Advice, RescueOption } from '../../src/core/answers.ts'
import type { JournalEntry, JournalKind } from '../../src/core/journal.ts'
import type { Language } from '../../src/core/people/words/catalogue.ts'
import type { Naming, Reader } from '../../src/core/people/words/reader.ts'

export const OWNER = '0xA11CE0000000000000000000000000000000A11C'
export const WETH = '0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2'
export const USDC = '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48'
const POOL = '0x87870Bca3F3fD6335C3F4ce8392D69350B4fA4E2'
export const HASH = `0x${'ab'.repeat(32)}`
const BLOCK = 21_530_118
const TIMESTAMP = 1_764_140_400
/** Of the next block. */
export const NOW_S = TIMESTAMP + 24

const TOKENS = new Map([
  [WETH, { symbol: 'WETH', decimals: 18 }],
  [USDC, { symbol: 'USDC', decimals: 6 }],
])

const naming: Naming = {
  chain: (chainId) => (chainId === 1 ? 'ethereum' : `chain ${chainId}`),
  token: (_market, asset) => TOKENS.get(asset),
  head: () => ({ number: BigInt(BLOCK), timestamp: TIMESTAMP }),
  explorer: (chainId) => (chainId === 1 ? 'https://etherscan.io' : undefined),
}

export const reader = (over: Partial<Reader> = {}): Reader => ({
  language: 'en' satisfies Language,
  role: 'operator',
  naming,
  nowS: NOW_S,
  ...over,
})

export const entry = (
  kind: JournalKind,
  data: Record<string, unknown>,
  over: Partial<JournalEntry> = {},
): JournalEntry => ({
  seq: 1,
  chainId: 1,
  market: 'aave-v3-ethereum',
  block: String(BLOCK),
  kind,
  data,
  ...over,
})

export const alertData = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  rule: 'watch',
  type: 'threshold',
  address: OWNER,
  to: null,
  watch: null,
  name: '',
  metric: 'health',
  threshold: '1.05',
  healthFactor: '1043299999999999999',
  debtBase: '1234567890123',
  collateralBase: '1500000000000',
  distancePct: 4.14,
  liquidationPrice: { asset: WETH, price: '183020500001' },
  timeToLiquidationS: 34_646_400,
  before: { healthFactor: '1061000000000000000', block: String(BLOCK - 1) },
  ...over,
})
export const alert = (over: Record<string, unknown> = {}, outer: Partial<JournalEntry> = {}): JournalEntry =>
  entry('alert', alertData(over), outer)

/** As the executor's outcomes are journaled. */
export const sentData = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  borrower: OWNER,
  hash: HASH,
  collateralAsset: WETH,
  debtAsset: USDC,
  debtCovered: '1234500000',
  collateralSeized: '710000000000000000',
  netUsd8: '1250000000',
  ...over,
})
export const settledData = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  borrower: OWNER,
  hash: HASH,
  debtAsset: USDC,
  profit: '42010000',
  profitUsd8: '4200000000',
  gasUsed: '400000',
  feeWei: '290000000000000',
  winner: null,
  ...over,
})
export const refusalData = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  borrower: OWNER,
  healthFactor: '991200000000000000',
  reason: 'unprofitable',
  detail: 'net -1.20 USD, at least 5.00 USD asked for',
  ...over,
})
export const breaker = (
  reason: string,
  detail: string,
  market = '',
  more: Record<string, unknown> = {},
): JournalEntry =>
  entry(
    'breaker',
    { reason, detail, ...more },
    { market, ...(market === '' && 'channel' in more ? { chainId: 0, block: '0' } : {}) },
  )
export const control = (said: string, detail = ''): JournalEntry =>
  entry(
    'control',
    { said, via: 'telegram', by: '7', chat: 'telegram:-100200300', detail },
    { market: '', chainId: 0, block: '0' },
  )
export const summary = (over: Record<string, unknown> = {}, market = 'aave-v3-ethereum'): JournalEntry =>
  entry(
    'summary',
    {
      day: '2026-11-25',
      liquidations: 3,
      lost: 1,
      profitUsd8: '12345000000',
      feeWei: '2900000000000000',
      refused: { unprofitable: 14, 'gas-price': 2 },
      ...over,
    },
    { market },
  )

export const row = (over: Partial<AccountRow> = {}): AccountRow => ({
  market: 'aave-v3-ethereum',
  chainId: 1,
  address: OWNER,
  eMode: 0,
  collateralBase: '1500000000000',
  debtBase: '1234567890123',
  healthFactor: '1043299999999999999',
  liquidatable: false,
  distancePct: 4.14,
  liquidationPrice: { asset: WETH, price: '183020500001' },
  timeToLiquidationS: 34_646_400,
  source: 'mirror',
  ...over,
})

const call = (
  what: 'approve' | 'repay' | 'supply' | 'withdraw' | 'swap',
  to: string,
  selector: string,
  words: number,
) => ({
  what,
  to,
  data: `0x${selector}${'00'.repeat(31)}2a`.concat('5e'.repeat(32 * (words - 1))),
})

export const repay: RescueOption = {
  kind: 'repay',
  asset: USDC,
  symbol: 'USDC',
  decimals: 6,
  amount: '2039512345',
  valueBase: '203951234500',
  healthFactor: '1250000000000000000',
  inWallet: '3000000000',
  repays: null,
  costBase: '0',
  obstacle: null,
  calls: [call('approve', USDC, '095ea7b3', 2), call('repay', POOL, '573ade81', 4)],
}
export const add: RescueOption = {
  ...repay,
  kind: 'add',
  asset: WETH,
  symbol: 'WETH',
  decimals: 18,
  amount: '1412345678901234567',
  valueBase: '297187531204',
  inWallet: '500000000000000000',
  obstacle: 'wallet-short',
  calls: [],
}
export const sell: RescueOption = {
  ...repay,
  kind: 'sell',
  asset: WETH,
  symbol: 'WETH',
  decimals: 18,
  amount: '1890000000000000000',
  valueBase: '397689480000',
  inWallet: null,
  repays: { asset: USDC, symbol: 'USDC', decimals: 6, amount: '3960000000' },
  costBase: '1689480000',
  calls: [
    call('withdraw', POOL, '69328dec', 3),
    call('swap', '0xE592427A0AEce92De3Edee1F18E0157C05861564', '414bf389', 8),
    call('approve', USDC, '095ea7b3', 2),
    call('repay', POOL, '573ade81', 4),
  ],
}

export const advice = (over: Partial<Advice> = {}): Advice => ({
  row: row(),
  block: { number: String(BLOCK), hash: HASH, timestamp: TIMESTAMP },
  timestamp: TIMESTAMP + 12,
  targetHealth: '1250000000000000000',
  options: [repay, add, sell],
  liquidation: {
    collateralAsset: WETH,
    symbol: 'WETH',
    debtBase: '617283945061',
    seizedBase: '648148142314',
    costBase: '30864197253',
  },
  explorerUrl: `https://etherscan.io/address/${OWNER}`,
  ...over,
})
