/** How chains, markets and positions stand. */
import type { AccountRow, Status } from '../../../core/answers.ts'
import type { JournalEntry } from '../../../core/journal.ts'
import { messagesOf } from '../../../core/people/words/messages.ts'
import type { Messages } from '../../../core/people/words/messages-en.ts'
import { percent, shortAddress, usd, words } from '../../../core/people/words/values.ts'
import { countOf } from '../arguments.ts'
import { type Command, complaint, message, type Talk } from '../house.ts'
import { standing } from './watches.ts'

const MOST_NAMED = 12
const FEW = 5
const MOST_ROWS = 20

export const status: Command = {
  roles: ['operator', 'viewer'],
  run({ say }, { queries }) {
    const { version, mode, paused, chains, markets } = queries.status()
    const failed = queries.ready().filter((check) => !check.ok)
    const shown = [
      ...chains.map((chain) => chainRow(chain, say)),
      ...markets.flatMap((market) => marketRows(market, say)),
    ]
    const hidden = chains.length + markets.length - Math.min(chains.length + markets.length, MOST_NAMED)
    return [
      message(`Plimsoll ${words(version, 24)}, ${mode}`, {
        rows: shown.slice(0, 2 * MOST_NAMED),
        lines: [
          ...(paused ? [say.statusPaused] : []),
          failed.length === 0 ? say.statusReady : `⚠️ ${words(failed.map(({ name }) => name).join(', '), 300)}`,
          ...(hidden > 0 ? [say.more(hidden)] : []),
        ],
      }),
    ]
  },
}

type Say = Talk['say']
const chainRow = ({ name, head, lagBlocks }: Status['chains'][number], say: Say): readonly [string, string] => [
  words(name, 16),
  head === null ? say.statusNotRead : say.statusBlock(head.number, lagBlocks),
]
const marketRows = (
  { market, accounts, liquidatable, quarantined }: Status['markets'][number],
  say: Say,
): readonly (readonly [string, string])[] => [
  [`${quarantined ? '🚧' : '🏦'} ${words(market, 34)}`, ''],
  ['', quarantined ? say.statusUntrusted : say.statusMarket(accounts, liquidatable)],
]

export const positions: Command = {
  roles: ['operator', 'viewer'],
  run(talk, { queries }) {
    const { say } = talk
    const limit = countOf(talk.argument, FEW, MOST_ROWS)
    if (limit === undefined) return [badCount(talk, 'positions', MOST_ROWS)]
    const answers = queries
      .markets()
      .flatMap(
        (market) => queries.accounts({ market, belowWad: undefined, sort: 'health', limit, cursor: undefined }) ?? [],
      )
    const rows = answers.flatMap(({ accounts }) => accounts)
    if (rows.length === 0) return [message(say.positionsEmpty)]
    const worst = rows.toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(a) < rank(b) ? -1 : 1)).slice(0, limit)
    const doubtful = answers.some(({ quarantined }) => quarantined === true)
    return [
      message(say.positions, {
        rows: worst.flatMap((row) => positionRows(talk, row)),
        lines: doubtful ? [messagesOf(talk.chat.language).lines.quarantined] : [],
      }),
    ]
  },
}

const rank = ({ healthFactor }: AccountRow): bigint => (healthFactor === null ? 10n ** 80n : BigInt(healthFactor))
/** Two lines: one would be too wide for a phone. */
const positionRows = (talk: Talk, row: AccountRow): readonly (readonly [string, string])[] => [
  [shortAddress(row.address), standing(talk, row)],
  ['', `${row.distancePct === null ? '-' : percent(row.distancePct)}  ${words(row.market, 16)}`],
]

export const liquidations: Command = {
  roles: ['operator', 'viewer'],
  run(talk, { operator }) {
    const { say } = talk
    const limit = countOf(talk.argument, FEW, MOST_ROWS)
    if (limit === undefined) return [badCount(talk, 'liquidations', MOST_ROWS)]
    const entries = operator.liquidations(limit).slice(0, limit)
    if (entries.length === 0) return [message(say.liquidationsEmpty)]
    return [message(say.liquidations, { rows: entries.map((entry) => liquidationRow(talk, entry)) })]
  },
}

function liquidationRow({ chat, say }: Talk, { kind, block, data }: JournalEntry): readonly [string, string] {
  const who = shortAddress(data['borrower'] ?? data['address'])
  const { lost }: Messages = messagesOf(chat.language)
  const reasons: Readonly<Record<string, string>> = lost
  const reason = String(data['reason'])
  const came =
    kind === 'confirmed'
      ? `✅ ${usd(data['profitUsd8'])}`
      : kind === 'lost'
        ? `❌ ${reasons[reason] ?? words(reason, 14)}`
        : say.byOthers
  return [words(block, 12), `${who} ${came}`]
}

export function badCount({ say, argument }: Talk, command: string, most: number) {
  const { what, why, fix } = say.bad.count
  return complaint(what(words(argument, 30)), why(most), fix(say.usage.count(command)))
}
