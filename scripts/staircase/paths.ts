/** Prices of bitcoin in the fall of 2025-10-10, US dollars. */

/** The last price of the last quiet hour: open of 19:00 UTC (hourly candles, binance). Both paths fall from here. */
export const BASE_USD = 117_178.5

export interface Step {
  /** When, in words. */
  readonly at: string
  readonly usd: number
}

/** What the oracle's rounds were, from the prices at which real liquidations on Aave V3 Ethereum settled. */
export const ORACLE_ROUNDS: readonly Step[] = [
  { at: 'block 23549836', usd: 115_829 },
  { at: 'before block 23549939', usd: 114_391 },
  { at: 'block 23549939', usd: 110_309 },
  { at: 'block 23549960', usd: 108_410 },
  { at: 'blocks 23549975 to 23549993', usd: 106_490 },
]

/**
 * Lows of the same hours on an exchange, which no oracle ever showed: hourly candles of
 * github.com/0xknxwledge/group-m-finm33150-final (public domain), venue binance, coin BTC.
 */
export const EXCHANGE_LOWS: readonly Step[] = [
  { at: '19:00 UTC', usd: 115_845 },
  { at: '20:00 UTC', usd: 112_786.6 },
  { at: '21:00 UTC', usd: 101_516.5 },
  { at: '22:00 UTC', usd: 111_020.4 },
  { at: '23:00 UTC', usd: 112_688 },
]
