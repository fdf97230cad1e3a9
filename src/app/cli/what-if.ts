import type { WhatIfAnswer } from '../../core/answers.ts'
import { findShocks, isNamed, parseShock, shockedPrices } from '../shock.ts'
import { whatIfAnswer } from '../what-if.ts'
import { health, usd } from './format.ts'
import { print, printJson, table, talk } from './output.ts'
import { bad } from './positions.ts'
import { type GlobalOptions, type Mirror, readSettings, withMirrors } from './session.ts'

export interface WhatIfOptions {
  readonly shock: readonly string[]
  readonly market?: string | undefined
  readonly top: string
}

/** `plimsoll what-if`: the markets that list a shocked asset, at their heads with the prices moved. */
export async function whatIf(global: GlobalOptions, options: WhatIfOptions, signal: AbortSignal): Promise<void> {
  const asked = options.shock.map(parseShock)
  if (asked.length === 0) throw bad('--shock', '(none)', 'something must move')
  const top = Number(options.top)
  if (!Number.isInteger(top) || top < 0) throw bad('--top', options.top, 'it is a whole number from 0')
  const answers: WhatIfAnswer[] = []
  await withMirrors(readSettings(global.config), options.market, signal, async (mirrors) => {
    const reserves = mirrors.flatMap(({ book }) => book.protocol.market(book.ledger).reserves)
    for (const [i, one] of asked.entries())
      if (!reserves.some((reserve) => isNamed(reserve, one.asset)))
        throw bad('--shock', options.shock[i] ?? '', `no market lists it: ${symbolsOf(mirrors)}`)
    for (const mirror of mirrors) {
      const answer = await answerOf(mirror, asked, top)
      if (answer) answers.push(answer)
    }
  })
  const [only] = answers
  if (global.json) return printJson(answers.length === 1 && only ? only : { markets: answers })
  for (const answer of answers) show(answer)
}

async function answerOf(
  { book, open }: Mirror,
  asked: Parameters<typeof findShocks>[1],
  top: number,
): Promise<WhatIfAnswer | undefined> {
  const shocks = findShocks(book.protocol.market(book.ledger).reserves, asked)
  if (shocks.length === 0) return undefined
  const prices = await shockedPrices(book, { node: open.rpc, multicall: open.config.multicall }, shocks)
  if (prices === undefined)
    talk(`${book.name}: the node does not answer calls with replaced feeds: each price is scaled instead`)
  return whatIfAnswer(book, { shocks, prices, top })
}

const symbolsOf = (mirrors: readonly Mirror[]): string =>
  mirrors
    .map(({ book }) => {
      const symbols = book.protocol.market(book.ledger).reserves.map(({ symbol }) => symbol)
      return `${book.name} has ${symbols.join(' ')}`
    })
    .join('; ')

const HEAD = ['account', 'health', 'debt', 'collateral', 'in one call', 'bad debt', '']

function show(answer: WhatIfAnswer): void {
  const { market, block, shocks, accounts, top } = answer
  print(`${market} at block ${block.number}, if`)
  for (const { moved } of shocks)
    for (const { symbol, from, to } of moved) print(`  ${symbol} went from ${usd(from)} to ${usd(to)}`)
  print(`liquidatable: ${accounts} accounts (now ${answer.liquidatableNow})`)
  print(
    `debt ${usd(answer.debtAtRisk)}, collateral ${usd(answer.collateralAtRisk)}, of it in one call each ${usd(answer.seizableOneCall)}, bad debt ${usd(answer.badDebt)}`,
  )
  if (top.length > 0) print(table(HEAD, top.map(toRow), [1, 2, 3, 4, 5]))
  print('')
}

const toRow = (row: WhatIfAnswer['top'][number]): string[] => [
  row.address,
  health(row.healthFactor),
  usd(row.debtBase),
  usd(row.collateralBase),
  usd(row.seizableBase),
  usd(row.badDebtBase),
  row.refusal ?? '',
]
