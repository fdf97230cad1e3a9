import { known, lacking, type Measure } from '../../core/risk/measure.ts'
import { binsOf, sumBy } from './recent.ts'
import type { RiskWorld } from './world.ts'

/** Dollars of a chain's stable coins at both ends of a stretch of time: what was minted or bridged in, less what was burnt or bridged out. */
interface StableSupply {
  readonly before: number
  readonly now: number
}

/** Of the market's coins that are on record at both ends: one that is new was not issued in that time. */
function stableSupply(world: RiskWorld, seconds: number): StableSupply | undefined {
  const told = world.marketHours().flatMap(({ hour, extras }) => (extras ? [{ hour, stables: extras.stables }] : []))
  const last = told.at(-1)
  if (last === undefined) return undefined
  const first = told.find(({ hour }) => hour === last.hour - binsOf(world, seconds))
  const both = Object.entries(last.stables).flatMap(([symbol, now]) => {
    const before = first?.stables[symbol]
    return before === undefined ? [] : [{ before, now }]
  })
  return both.length === 0
    ? undefined
    : { before: sumBy(both, ({ before }) => before), now: sumBy(both, ({ now }) => now) }
}

/** In dollars. */
export function stableIssued(world: RiskWorld, seconds: number): Measure {
  const supply = stableSupply(world, seconds)
  return supply ? known(supply.now - supply.before) : lacking('supply')
}

/** 0.02: 2 % more. */
export function stableChange(world: RiskWorld, seconds: number): Measure {
  const supply = stableSupply(world, seconds)
  return supply && supply.before > 0 ? known(supply.now / supply.before - 1) : lacking('supply')
}
