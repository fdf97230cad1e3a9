/** What people may ask. Everything here only reads. */
import type { AccountRow, Queries, Status } from '../../core/answers.ts'
import { escapeHtml, health, percent, shortAddress, table, usd, words } from './text.ts'

export type Asked = Pick<Queries, 'status' | 'accounts' | 'markets' | 'ready'>

export const COMMANDS = [
  { command: 'status', description: 'Chains and markets at a glance' },
  { command: 'positions', description: 'The positions closest to liquidation; /positions 10 for ten' },
  { command: 'help', description: 'What I understand' },
] as const

const FEW = 5
const MOST = 20

export const help = (): string =>
  ['<b>Plimsoll</b>', ...COMMANDS.map(({ command, description }) => `/${command} ${escapeHtml(description)}`)].join(
    '\n',
  )

export function statusText(queries: Asked): string {
  const { version, mode, paused, chains, markets } = queries.status()
  const failed = queries.ready().filter((check) => !check.ok)
  const problem =
    failed.length > 0 ? `⚠️ ${escapeHtml(words(failed.map(({ name }) => name).join(', '), 300))}` : '✅ ready'
  return [
    `<b>Plimsoll ${escapeHtml(words(version, 24))}</b> ${escapeHtml(mode)}${paused ? ', paused' : ''}`,
    problem,
    ...chains.slice(0, MOST).map(chainText),
    ...markets.slice(0, MOST).map(marketText),
  ].join('\n')
}

function chainText({ name, head, lagBlocks }: Status['chains'][number]): string {
  const behind = lagBlocks > 0 ? `, ${lagBlocks} behind` : ''
  return `⛓ <b>${escapeHtml(words(name, 24))}</b> ${head === null ? 'not read yet' : `block ${head.number}${behind}`}`
}

const marketText = ({ market, accounts, liquidatable, quarantined }: Status['markets'][number]): string =>
  `${quarantined ? '🚧' : '🏦'} <b>${escapeHtml(words(market, 24))}</b>\n` +
  `${accounts} accounts, ${liquidatable} liquidatable${quarantined ? ', quarantined' : ''}`

/** `argument`: what follows the command. */
export function positionsText(queries: Asked, argument: string): string {
  if (!/^\s*\d{0,3}\s*$/.test(argument)) return 'How many? Such as <code>/positions 10</code>'
  const limit = Math.min(MOST, Math.max(1, Number(argument.trim() || FEW)))
  const rows = queries.markets().flatMap((market) => {
    const found = queries.accounts({ market, belowWad: undefined, sort: 'health', limit, cursor: undefined })
    return found?.accounts ?? []
  })
  if (rows.length === 0) return 'No position with debt is known yet.'
  const worst = rows.toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(a) < rank(b) ? -1 : 1)).slice(0, limit)
  return [`<b>Closest to liquidation</b>`, table(worst.flatMap(positionRows))].join('\n')
}

const rank = ({ healthFactor }: AccountRow): bigint => (healthFactor === null ? 10n ** 80n : BigInt(healthFactor))
/** Two lines: one would be too wide for a phone. */
const positionRows = (row: AccountRow): [string, string][] => [
  [health(row.healthFactor), `${shortAddress(row.address)}  ${usd(row.debtBase)}`],
  ['', `${row.distancePct === null ? '-' : percent(row.distancePct)}  ${words(row.market, 20)}`],
]
