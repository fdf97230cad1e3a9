import type { Address } from 'viem'
import { encodeApprove, encodeBorrow, encodeMint, encodeSupply } from './actions.ts'
import { namedAccount } from './chain.ts'
import type { Market } from './market.ts'
import { unitsOf } from './uniswap-math.ts'

/** People of the story with a position of their own: ether against dollars, and the dollars still in the wallet. */
export const ownerNames = ['careful', 'careless'] as const
export type OwnerName = (typeof ownerNames)[number]
export type OwnerAddresses = Readonly<Record<OwnerName, Address>>

export const ownerAddresses: OwnerAddresses = {
  careful: namedAccount('careful owner'),
  careless: namedAccount('careless owner'),
}

/**
 * Ether falls by 31 % in the story. The careful one crosses 1.1 at about −25 % and is safe after one rescue; the careless
 * one crosses it at −12 %, and goes under at −20 %.
 */
const healthAtStart: Readonly<Record<OwnerName, number>> = { careful: 1.467, careless: 1.25 }
const collateralUsd: Readonly<Record<OwnerName, number>> = { careful: 180_000, careless: 90_000 }

/** Left pending: one block holds both. */
export async function seedOwners({ chain, addresses, reserves, risk }: Market): Promise<void> {
  const { governance, pool } = addresses
  const { WETH, USDC } = reserves
  const priced = (symbol: 'WETH' | 'USDC') => ({
    decimals: reserves[symbol].decimals,
    priceUsd8: BigInt(risk.reserves[symbol].priceUsd8),
  })
  for (const name of ownerNames) {
    const from = ownerAddresses[name]
    const held = unitsOf(collateralUsd[name], priced('WETH'))
    const debtUsd = (collateralUsd[name] * risk.reserves.WETH.ltBps) / 10_000 / healthAtStart[name]
    await chain.send({ from: governance, to: WETH.asset, data: encodeMint(from, held) })
    await chain.send({ from, to: WETH.asset, data: encodeApprove(pool, held) })
    await chain.send({ from, to: pool, data: encodeSupply(WETH.asset, held, from) })
    await chain.send({ from, to: pool, data: encodeBorrow(USDC.asset, unitsOf(debtUsd, priced('USDC')), from) })
  }
}
