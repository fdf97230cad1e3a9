import type { AccountRow, BlockRef, Marked, MovedPrice } from '../../answers.ts'
import type { Message } from '../message.ts'
import { agoOf, codeOf, placeOf, type Reader, type Row, sayingsOf } from './reader.ts'
import { count, health, integerOf, personName, shortAddress, usd, usdUp, words } from './values.ts'

/** How a position stands now, and how it would if prices fell. */
export interface WhatIf extends Marked {
  /** The reader's word for the position, or empty. */
  readonly name: string
  /** In per cent, positive. */
  readonly fallPct: number
  readonly block: BlockRef
  readonly now: AccountRow
  readonly shocked: Pick<AccountRow, 'healthFactor' | 'collateralBase' | 'debtBase' | 'liquidatable'> & {
    /** What one liquidation could take, and the debt that no collateral would cover. */
    readonly seizableBase: string
    readonly badDebtBase: string
  }
  /** Prices that move together. */
  readonly moved: readonly MovedPrice[]
}

const MOST_MOVED = 8

export function whatIfText(whatIf: WhatIf, reader: Reader): Message {
  const say = sayingsOf(reader)
  const { name, fallPct, block, now, shocked, moved, quarantined } = whatIf
  const who = name.trim() === '' ? shortAddress(now.address) : personName(name)
  const mark = quarantined === true ? say.values.unsure : (text: string): string => text
  const change = (label: string, from: string, to: string): readonly Row[] => changeRows(label, mark(from), mark(to))
  const ago = agoOf(block.timestamp, reader)
  return {
    title: `🔮 ${say.titles.whatIf(who, `${fallPct} %`)}`,
    place: placeOf(now, reader),
    rows: [
      ...change(say.labels.health, health(now.healthFactor, say.values), health(shocked.healthFactor, say.values)),
      ...change(say.labels.debt, usdUp(now.debtBase), usdUp(shocked.debtBase)),
      ...change(say.labels.collateral, usd(now.collateralBase), usd(shocked.collateralBase)),
      [say.labels.block, ago === undefined ? count(block.number) : `${count(block.number)} (${ago})`],
    ],
    lines: [
      ...outcome(shocked, reader),
      ...movedLines(moved, reader),
      ...(quarantined === true ? [say.lines.quarantined] : []),
    ],
    code: codeOf(now.address),
    links: [],
    footer: reader.role === 'operator' ? '' : say.noAdvice,
    buttons: [],
  }
}

/** On two lines where one would be too wide for a phone. */
function changeRows(label: string, from: string, to: string): readonly Row[] {
  if (from === to) return [[label, from]]
  const both = `${from} → ${to}`
  return both.length <= WIDEST_CHANGE
    ? [[label, both]]
    : [
        [label, from],
        ['', `→ ${to}`],
      ]
}
const WIDEST_CHANGE = 26

function outcome({ liquidatable, seizableBase, badDebtBase }: WhatIf['shocked'], reader: Reader): readonly string[] {
  const { lines } = sayingsOf(reader)
  if (!liquidatable) return [lines.still]
  const isPositive = (value: string): boolean => (integerOf(value) ?? 0n) > 0n
  return [
    lines.thenLiquidatable,
    ...(isPositive(seizableBase) ? [lines.seizable(usdUp(seizableBase))] : []),
    ...(isPositive(badDebtBase) ? [lines.badDebt(usdUp(badDebtBase))] : []),
  ]
}

function movedLines(moved: readonly MovedPrice[], reader: Reader): readonly string[] {
  if (moved.length === 0) return []
  const more = moved.length > MOST_MOVED ? ' …' : ''
  const symbols = moved.slice(0, MOST_MOVED).map(({ symbol }) => words(symbol, 11))
  return [sayingsOf(reader).lines.movedTogether(symbols.join(', ') + more)]
}
