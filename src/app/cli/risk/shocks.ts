import { isAddress } from 'viem'
import { briefly, short, symbol } from './words.ts'

/** `−15 % on WETH and −10 % on WBTC`. */
export const shocksText = (shocks: readonly { readonly asset: string; readonly factorWad: string }[]): string =>
  shocks
    .map(({ asset, factorWad }) => {
      const pct = (Number(factorWad) / 1e18 - 1) * 100
      const named = isAddress(asset, { strict: false }) ? briefly(asset) : symbol(asset)
      return `${pct > 0 ? '+' : ''}${short(pct)} % on ${named}`
    })
    .join(' and ')
