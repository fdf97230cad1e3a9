/** For those who run the program: money, nodes, the log, and why nothing happened. */
import { getAddress } from 'viem'
import type { SummaryDay, WhyAnswer } from '../../../core/answers.ts'
import { messagesOf } from '../../../core/people/words/messages.ts'
import { integerOf, tokens, usd, words } from '../../../core/people/words/values.ts'
import { countOf } from '../arguments.ts'
import { type Command, message, type Talk } from '../house.ts'
import { badCount } from './markets.ts'
import { meant } from './target.ts'
import { standing } from './watches.ts'

const MOST_ROWS = 12

export const profit: Command = {
  roles: ['operator'],
  run(talk, { operator }) {
    const { say } = talk
    const days = countOf(talk.argument, 7, 31)
    if (days === undefined) return [badCount(talk, 'profit', 31)]
    const all = operator.profit(days)
    if (all.length === 0) return [message(say.profitEmpty)]
    const byDay = Map.groupBy(all, ({ day }) => day)
    const rows = [...byDay].flatMap(([day, markets]) => dayRows(talk, day, markets))
    return [message(say.profit(days), { rows: [...rows, [say.total, usd(totalOf(all))]] })]
  },
}

const totalOf = (days: readonly SummaryDay[]): bigint =>
  days.reduce((sum, { profitUsd8 }) => sum + (integerOf(profitUsd8) ?? 0n), 0n)

function dayRows({ say }: Talk, day: string, markets: readonly SummaryDay[]): readonly (readonly [string, string])[] {
  const sum = (of: (day: SummaryDay) => number): number => markets.reduce((total, one) => total + of(one), 0)
  const [won, lost] = [sum(({ liquidations }) => liquidations), sum(({ lost }) => lost)]
  return [[words(day, 10), usd(totalOf(markets))], ...(won + lost > 0 ? [['', say.won(won, lost)] as const] : [])]
}

export const balance: Command = {
  roles: ['operator'],
  isSlow: true,
  async run({ say }, { operator }) {
    const balances = await operator.balances()
    if (balances.length === 0) return [message(say.balanceEmpty)]
    return [
      message(say.balance, {
        rows: balances
          .slice(0, MOST_ROWS)
          .map(({ chain, wei, symbol, isLow }) => [
            words(chain, 12),
            `${tokens(wei, { symbol, decimals: 18 })}${isLow ? ` ${say.low}` : ''}`,
          ]),
        code: [...new Set(balances.map(({ address }) => address))].slice(0, MOST_ROWS),
      }),
    ]
  },
}

export const gas: Command = {
  roles: ['operator'],
  run({ say }, { operator }) {
    const chains = operator.gas().slice(0, MOST_ROWS)
    if (chains.length === 0) return [message(say.gasEmpty)]
    const rows = chains.flatMap(({ chain, block, baseFeeWei, priorityFeeWei }) => [
      [words(chain, 12), say.gasOf(gwei(baseFeeWei), gwei(priorityFeeWei))] as const,
      ['', say.statusBlock(words(block, 12), 0)] as const,
    ])
    return [message(say.gas, { rows })]
  },
}

const MILLIGWEI = 10n ** 6n
/** Up to the next thousandth of a gwei: a cost never looks smaller than it is. */
function gwei(wei: string): string {
  const milli = ((integerOf(wei) ?? 0n) + MILLIGWEI - 1n) / MILLIGWEI
  return `${milli / 1_000n}.${(milli % 1_000n).toString().padStart(3, '0')}`
}

export const rpc: Command = {
  roles: ['operator'],
  run({ say }, { operator }) {
    const nodes = operator.rpc().slice(0, MOST_ROWS)
    if (nodes.length === 0) return [message(say.rpcEmpty)]
    const rows = nodes.flatMap(({ chain, host, ok, lagBlocks, requestsToday, lastError }) => [
      [`${ok ? '✅' : '❌'} ${words(host, 34)}`, ''] as const,
      [words(chain, 12), say.rpcState(lagBlocks, requestsToday)] as const,
      ...(lastError === null ? [] : [[words(lastError, 38), ''] as const]),
    ])
    return [message(say.rpc, { rows })]
  },
}

export const logs: Command = {
  roles: ['operator'],
  run(talk, { operator }) {
    const limit = countOf(talk.argument, 8, 20)
    if (limit === undefined) return [badCount(talk, 'logs', 20)]
    const lines = operator.logs(limit).slice(-limit)
    if (lines.length === 0) return [message(talk.say.logsEmpty)]
    return [message(talk.say.logs, { lines: lines.map((line) => words(line, 160)) })]
  },
}

export const why: Command = {
  roles: ['operator'],
  run(talk, house) {
    const { say } = talk
    const target = meant(talk, house, talk.argument, say.usage.why)
    if (target.kind === 'bad') return [target.complaint]
    const answers = house.operator.why(target.address)
    if (answers.length === 0)
      return [
        message(say.positionNone(target.name), { lines: [say.positionNoneWhy], code: [getAddress(target.address)] }),
      ]
    return [
      {
        ...message(say.why, { code: [getAddress(target.address)] }),
        parts: answers.map((answer) => whyPart(talk, answer)),
      },
    ]
  },
}

function whyPart(talk: Talk, { market, row, block, heldBackBy, last }: WhyAnswer) {
  const { say, chat } = talk
  const { labels, reasons } = messagesOf(chat.language)
  const known: Readonly<Record<string, string>> = reasons
  const held =
    heldBackBy === null
      ? row.liquidatable
        ? say.whyNothing
        : say.whyHealthy
      : (known[heldBackBy] ?? words(heldBackBy, 60))
  const reason = last?.data['reason']
  const because = typeof reason === 'string' ? `: ${known[reason] ?? words(reason, 40)}` : ''
  const said = last === null ? say.whyNever : `${last.kind}${because} (${labels.block} ${words(last.block, 12)})`
  const { title, place, rows, lines, code } = message(words(market, 40), {
    rows: [
      [labels.health, standing(talk, row)],
      [labels.block, words(block.number, 12)],
    ],
    lines: [`${say.whyHeld}: ${held}`, `${say.whyLast}: ${said}`],
  })
  return { title, place, rows, lines, code }
}
