import { existsSync } from 'node:fs'
import { type Address, getAddress, isAddress } from 'viem'
import type { Explanation } from '../../core/answers.ts'
import type { Book } from '../../core/book.ts'
import { UsageError } from '../../core/errors.ts'
import { explain } from '../present.ts'
import { type Decision, type Decisions, decideOn, type Moment } from '../replay/decisions.ts'
import { nodeMoment, recordedMoment } from '../replay/moments.ts'
import { show } from './explain.ts'
import { amount, health, usd } from './format.ts'
import { print, printJson, table, talk } from './output.ts'
import { bad } from './positions.ts'
import { createProgress } from './progress.ts'
import { type GlobalOptions, readSettings, unknownMarket } from './session.ts'

export interface ReplayCommand {
  readonly block: string
  readonly user?: string | undefined
  readonly market?: string | undefined
}

/** `plimsoll replay [FILE] --block N`: every decision of one block, from a recording or from a node. */
export async function replay(
  global: GlobalOptions,
  file: string | undefined,
  command: ReplayCommand,
  signal: AbortSignal,
): Promise<void> {
  if (!/^\d+$/.test(command.block)) throw bad('--block', command.block, 'it is a block number')
  const user = readUser(command.user)
  const moment = await momentOf(global, file, command, signal)
  const made = await decideOn(moment)
  const decisions = made.decisions.filter(
    ({ market, candidate }) =>
      (command.market === undefined || market === command.market) &&
      (user === undefined || candidate.borrower === user),
  )
  const accounts = user === undefined ? [] : explanations(moment, user)
  if (global.json) printJson(answer(made, decisions, accounts))
  else showAll(moment, { ...made, decisions }, accounts, user)
}

function readUser(text: string | undefined): Address | undefined {
  if (text === undefined) return undefined
  if (!isAddress(text)) throw bad('--user', text, 'it is no address (or its checksum is wrong)')
  return text.toLowerCase() as Address
}

async function momentOf(
  global: GlobalOptions,
  file: string | undefined,
  command: ReplayCommand,
  signal: AbortSignal,
): Promise<Moment> {
  const block = BigInt(command.block)
  if (file !== undefined) {
    const config = existsSync(global.config) ? readSettings(global.config).config : undefined
    return recordedMoment(file, block, config, signal)
  }
  const { config } = readSettings(global.config)
  const markets = config.markets.filter(({ name }) => command.market === undefined || name === command.market)
  const [first] = markets
  if (first === undefined) throw unknownMarket(command.market ?? '', config)
  const others = markets.find(({ chain }) => chain !== first.chain)
  if (others)
    throw new UsageError({
      code: 'SEVERAL_CHAINS',
      what: `markets on ${first.chain} and on ${others.chain}`,
      why: 'a block number means something on one chain only',
      fix: 'Choose one with --market.',
    })
  const progress = createProgress(process.stderr.isTTY === true)
  try {
    return await nodeMoment({ config, markets, block, progress, onProblem: talk, signal })
  } finally {
    progress.stop()
  }
}

const explanations = ({ books, settings }: Moment, user: Address): Explanation[] =>
  books.flatMap((book) => {
    const account = book.find(user)
    const found =
      account === undefined ? undefined : explain(book, settings.chain.id, account, settings.alerts.rescueTargetWad)
    return found ? [found] : []
  })

function answer(made: Decisions, decisions: readonly Decision[], accounts: readonly Explanation[]): object {
  const { number, hash, timestamp } = made.block
  return {
    block: { number: String(number), hash, timestamp: Number(timestamp) },
    decisions: decisions.map(({ market, candidate, entry }) => ({
      market,
      borrower: getAddress(candidate.borrower),
      healthFactor: String(candidate.healthFactor),
      collateralBase: String(candidate.totalCollateralBase),
      debtBase: String(candidate.totalDebtBase),
      calls: candidate.seizures.map((seizure) => ({
        collateralAsset: getAddress(seizure.collateralAsset),
        debtAsset: getAddress(seizure.debtAsset),
        debtToCover: String(seizure.debtToCover),
        firstCover: String(seizure.firstCover),
        debtCovered: String(seizure.debtCovered),
        collateralSeized: String(seizure.collateralSeized),
        protocolFee: String(seizure.protocolFee),
        grossBase: String(seizure.grossBase),
      })),
      decision: entry === undefined ? null : { kind: entry.kind, data: entry.data },
    })),
    alerts: made.alerts.map(({ market, data }) => ({ market, data })),
    ...(accounts.length > 0 ? { accounts } : {}),
  }
}

function showAll(
  { books, facts }: Moment,
  { decisions, alerts }: Decisions,
  accounts: readonly Explanation[],
  user: Address | undefined,
): void {
  const { number, timestamp } = facts.block
  print(
    `block ${number}, ${new Date(Number(timestamp) * 1000).toISOString()}: ${facts.logs.length} logs of ours, ${alerts.length} alerts`,
  )
  for (const book of books) showLiquidations(book, facts)
  if (decisions.length === 0)
    print(user === undefined ? 'nobody was liquidatable' : 'not liquidatable at the time of execution')
  else
    print(
      table(
        ['borrower', 'health', 'debt', 'best call', 'decision', 'why'],
        decisions.map((d) => row(books, d)),
        [1, 2],
      ),
    )
  for (const account of accounts) show(account)
  if (user !== undefined && accounts.length === 0) print(`${getAddress(user)} had never borrowed`)
}

function showLiquidations(book: Book, facts: Moment['facts']): void {
  for (const { borrower, liquidator, transactionHash } of book.protocol.liquidations(facts, book.ledger))
    print(`in this block ${getAddress(liquidator)} liquidated ${getAddress(borrower)} (${transactionHash})`)
}

function row(books: readonly Book[], { market, candidate, entry }: Decision): string[] {
  const book = books.find(({ name }) => name === market)
  const reserves = book?.protocol.market(book.ledger).reserves ?? []
  const reserveOf = (asset: Address) => reserves.find((reserve) => reserve.asset === asset)
  const [best] = candidate.seizures
  const debt = best && reserveOf(best.debtAsset)
  const call =
    best &&
    `${amount(best.debtCovered, debt?.decimals ?? 18, 2)} ${debt?.symbol ?? '?'} for ${reserveOf(best.collateralAsset)?.symbol ?? '?'}`
  return [
    getAddress(candidate.borrower),
    health(String(candidate.healthFactor)),
    usd(candidate.totalDebtBase),
    call ?? '–',
    entry?.kind ?? 'none',
    entry === undefined ? '' : why(entry.data),
  ]
}

const why = (data: NonNullable<Decision['entry']>['data']): string =>
  'reason' in data
    ? `${data['reason']}${data['detail'] ? ` (${data['detail']})` : ''}`
    : `net ${usd(String(data['netUsd8']))} after ${usd(String(data['costUsd8']))} of costs`
