import type { OracleAnswer, ReserveStress } from '../../../core/risk/answers.ts'
import { type Look, styled, tableOf } from './look.ts'
import { count, measured, money, price, share, signed, symbol } from './words.ts'

const MOST_ROWS = 12

/** The most used first: that is where withdrawals and liquidations fail. */
export function reservesTable(reserves: readonly ReserveStress[], look: Look): string {
  if (reserves.length === 0) return ''
  const sorted = reserves.toSorted((a, b) => (b.utilisation ?? -1) - (a.utilisation ?? -1))
  const table = tableOf(
    sorted.slice(0, MOST_ROWS),
    [
      { head: 'reserve', cell: (row) => symbol(row.symbol), left: true },
      { head: 'used', cell: ({ utilisation }) => share(utilisation) },
      { head: 'to kink', cell: ({ distanceToKink }) => measured(distanceToKink, signed) },
      { head: 'supplied', cell: ({ suppliedUsd }) => money(suppliedUsd), from: 96 },
      { head: 'borrowed', cell: ({ borrowedUsd }) => money(borrowedUsd), from: 96 },
      { head: 'idle', cell: ({ idleUsd }) => money(idleUsd) },
      {
        head: 'after −10 %',
        cell: ({ idleAfter10Usd }) =>
          (idleAfter10Usd ?? 0) < 0 ? styled('red', money(idleAfter10Usd), look) : money(idleAfter10Usd),
      },
      { head: 'borrowers pay', cell: ({ borrowRateAnnual }) => share(borrowRateAnnual) },
      { head: 'suppliers get', cell: ({ supplyRateAnnual }) => share(supplyRateAnnual), from: 96 },
    ],
    look,
  )
  return withMore(table, reserves.length, '--csv has all')
}

export function oraclesTable(oracles: readonly OracleAnswer[], look: Look): string {
  if (oracles.length === 0) return ''
  const table = tableOf(
    oracles.slice(0, MOST_ROWS),
    [
      { head: 'feed of', cell: (row) => symbol(row.symbol), left: true },
      { head: 'price', cell: (row) => price(row.price) },
      { head: 'largest jump, 24 h', cell: ({ largestJump24h }) => measured(largestJump24h, signed) },
      { head: 'age / heartbeat', cell: ({ ageOfHeartbeat }) => measured(ageOfHeartbeat, share) },
      {
        head: 'headroom',
        cell: ({ headroom }) =>
          (headroom.value ?? 0) < 0 ? styled('red', measured(headroom, signed), look) : measured(headroom, signed),
      },
      { head: 'gone in days', cell: ({ headroomDays }) => measured(headroomDays, count), from: 96 },
      {
        head: 'supply jump, 24 h',
        cell: ({ largestSupplyJump24h }) => measured(largestSupplyJump24h, signed),
        from: 96,
      },
    ],
    look,
  )
  return withMore(table, oracles.length, '--json has all')
}

const withMore = (table: string, rows: number, where: string): string =>
  rows > MOST_ROWS ? `${table}\nand ${rows - MOST_ROWS} more (${where})` : table
