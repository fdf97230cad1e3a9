/** Entries of the journal, and what names are in them. */
import type { Naming } from '../../src/adapters/telegram/describe.ts'
import type { JournalEntry } from '../../src/core/ports.ts'
import { ALICE, WETH } from './http-support.ts'

const USDC = '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48'
export const HASH = `0x${'ab'.repeat(32)}`
const TOKENS = new Map([
  [WETH, { symbol: 'WETH', decimals: 18 }],
  [USDC, { symbol: 'USDC', decimals: 6 }],
])

export const naming: Naming = {
  chain: (chainId) => (chainId === 31337 ? 'local' : `chain ${chainId}`),
  token: (_market, asset) => TOKENS.get(asset),
  head: () => 123n,
}

export const entry = (over: Partial<JournalEntry> = {}): JournalEntry => ({
  seq: 1,
  chainId: 31337,
  market: 'local-aave',
  block: '123',
  kind: 'alert',
  data: alertData(),
  ...over,
})

export const alertData = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  type: 'threshold',
  address: ALICE,
  threshold: '1.05',
  healthFactor: '1043299999999999999',
  debtBase: '1234567890000',
  collateralBase: '1500000000000',
  distancePct: 4.14,
  liquidationPrice: { asset: WETH, price: '183020000000' },
  ...over,
})

/** As the executor's outcomes are journaled. */
export const sentData = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  borrower: ALICE,
  hash: HASH,
  collateralAsset: WETH,
  debtAsset: USDC,
  debtCovered: '1234500000',
  collateralSeized: '710000000000000000',
  netUsd8: '1250000000',
  ...over,
})
export const settledData = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  borrower: ALICE,
  hash: HASH,
  debtAsset: USDC,
  profit: '42010000',
  profitUsd8: '4200000000',
  gasUsed: '400000',
  feeWei: '290000000000000',
  winner: null,
  ...over,
})

export const addressOf = (n: number): string => `0x${String(n).padStart(40, '0')}`

/** Characters of the widest line in `<pre>`, as a phone shows it. */
export const widest = (html: string): number =>
  Math.max(
    0,
    ...[...html.matchAll(/<pre>(.*?)<\/pre>/gs)].flatMap(([, pre = '']) => {
      const text = pre.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
      return text.split('\n').map((line) => line.length)
    }),
  )
