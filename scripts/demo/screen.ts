import { amount, health, usd } from '../../src/app/cli/format.ts'
import type { AccountRow, Accounts, Status } from '../../src/core/answers.ts'
import type { JournalEntry } from '../../src/core/journal.ts'
import { followJournal } from './stream.ts'

export interface Screen {
  /** Everything said so far. */
  readonly lines: readonly string[]
  say(message: string): void
  /** Lines that stand by themselves, not in the course of time. */
  show(page: readonly string[]): void
  /** A message as it reached somebody's chat. */
  chat(who: string, html: string): void
  /** Liquidations as they happen, from the daemon's own stream. */
  follow(url: string): { stop(): void }
  /** Heads and the ranked lists, again and again. */
  rank(url: string): { stop(): void }
  summary(url: string): Promise<void>
}

const RANK_MS = 5_000
const TOP = 4

/** What the demo shows, line by line: it reads well on a terminal and in a file. */
export function createScreen(out: { write(text: string): unknown }): Screen {
  const started = performance.now()
  const lines: string[] = []
  const show = (page: readonly string[]): void => {
    lines.push(...page)
    for (const line of page) out.write(`${line}\n`)
  }
  const say = (message: string): void => {
    const seconds = ((performance.now() - started) / 1000).toFixed(0).padStart(4)
    show([`${seconds}s  ${message}`])
  }
  return {
    lines,
    say,
    show,
    chat: (who, html) => say(`chat      ${who}: ${cut(oneLine(html))}`),
    follow: (url) => follow(url, say),
    rank: (url) => every(RANK_MS, () => showRanks(url, say)),
    summary: (url) => summary(url, say),
  }
}

const LONGEST = 400
const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text)

const oneLine = (html: string): string =>
  html
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s*\n\s*/g, ' · ')

function every(ms: number, work: () => Promise<void>): { stop(): void } {
  const timer = setInterval(() => void work().catch(() => {}), ms)
  return { stop: () => clearInterval(timer) }
}

const get = async <T>(url: string): Promise<T> => (await (await fetch(url)).json()) as T

async function showRanks(url: string, say: (message: string) => void): Promise<void> {
  const status = await get<Status>(`${url}/api/status`)
  for (const { market, chainId, accounts, liquidatable } of status.markets) {
    const chain = status.chains.find((c) => c.chainId === chainId)
    say(`${market.padEnd(14)} block ${chain?.head?.number ?? '?'}: ${accounts} borrowers, ${liquidatable} liquidatable`)
    const ranked = await get<Accounts>(`${url}/api/accounts?market=${market}&limit=${TOP}`)
    for (const row of ranked.accounts) say(`${' '.repeat(14)} ${rankLine(row)}`)
  }
}

const rankLine = (row: AccountRow): string =>
  `${row.address.slice(0, 10)}…  health ${health(row.healthFactor)}  debt ${usd(row.debtBase).padStart(16)}  ${
    row.liquidatable ? 'LIQUIDATABLE' : row.distancePct === null ? '' : `${row.distancePct.toFixed(2)} % away`
  }`

function follow(url: string, say: (message: string) => void): { stop(): void } {
  return followJournal(url, (entry) => {
    const line = liquidationLine(entry)
    if (line !== undefined) say(line)
  })
}

function liquidationLine({ kind, market, block, data }: JournalEntry): string | undefined {
  const borrower = String(data['borrower']).slice(0, 10)
  switch (kind) {
    case 'confirmed':
      return `EARNED    ${market} block ${block}: ${borrower}…, ${usd(String(data['profitUsd8']))} before gas (${amount(BigInt(String(data['gasUsed'])), 0, 0)} gas)`
    case 'lost':
      return `lost      ${market} block ${block}: ${borrower}…`
    case 'rollback':
      return `rollback  to block ${String(data['to'])}`
    default:
      return undefined
  }
}

async function summary(url: string, say: (message: string) => void): Promise<void> {
  const status = await get<Status>(`${url}/api/status`)
  for (const { market } of status.markets) {
    const entries = await journal(url, market)
    const confirmed = entries.filter(({ kind }) => kind === 'confirmed')
    const profit = confirmed.reduce((sum, { data }) => sum + BigInt(String(data['profitUsd8'])), 0n)
    const alerts = entries.filter(({ kind }) => kind === 'alert').length
    say(`${market}: ${confirmed.length} liquidations, ${usd(profit)} to the treasury before gas; ${alerts} alerts`)
  }
  for (const { name, rpc } of status.chains)
    say(`${name}: ${rpc.perBlockP50} requests a block in the middle, ${rpc.perBlockMax} at most`)
}

async function journal(url: string, market: string): Promise<JournalEntry[]> {
  const found: JournalEntry[] = []
  for (let after = 0; ; ) {
    const { entries } = await get<{ entries: JournalEntry[] }>(`${url}/api/journal?after=${after}&limit=1000`)
    found.push(...entries.filter((entry) => entry.market === market))
    const last = entries.at(-1)
    if (last === undefined) return found
    after = last.seq
  }
}
