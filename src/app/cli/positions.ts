import { parseDecimal, SCALE } from '../../config/decimals.ts'
import type { AccountRow, AccountSort, Accounts } from '../../core/answers.ts'
import { ACCOUNT_SORTS } from '../../core/answers.ts'
import { UsageError } from '../../core/errors.ts'
import { accountsOf, marked } from '../queries.ts'
import { duration, health, percent, usd } from './format.ts'
import { print, printJson, table } from './output.ts'
import { type GlobalOptions, readSettings, withMirrors } from './session.ts'

export interface PositionsOptions {
  readonly market?: string | undefined
  readonly below?: string | undefined
  readonly sort: string
  readonly limit: string
}

/** `plimsoll positions`: everyone with debt, ranked, at one block a market. */
export async function positions(global: GlobalOptions, options: PositionsOptions, signal: AbortSignal): Promise<void> {
  const query = { market: undefined, cursor: undefined, ...readQuery(options) }
  const settings = readSettings(global.config)
  const answers = await withMirrors(settings, options.market, signal, async (mirrors) =>
    mirrors.flatMap(({ book, chainId, distrusted }) => {
      const answer = accountsOf(book, chainId, query)
      return answer
        ? [{ answer: marked(answer, distrusted), symbols: symbolsOf(book.protocol.market(book.ledger).reserves) }]
        : []
    }),
  )
  if (global.json) return printJson({ markets: answers.map(({ answer }) => answer) })
  for (const { answer, symbols } of answers) show(answer, symbols)
}

const symbolsOf = (reserves: readonly { asset: string; symbol: string }[]): ReadonlyMap<string, string> =>
  new Map(reserves.map(({ asset, symbol }) => [asset.toLowerCase(), symbol]))

function readQuery({ below, sort, limit }: PositionsOptions): {
  belowWad: bigint | undefined
  sort: AccountSort
  limit: number
} {
  const chosen = ACCOUNT_SORTS.find((known) => known === sort)
  if (chosen === undefined) throw bad('--sort', sort, `it is one of ${ACCOUNT_SORTS.join(', ')}`)
  const count = Number(limit)
  if (!Number.isInteger(count) || count < 1) throw bad('--limit', limit, 'it is a whole number from 1')
  const belowWad = below === undefined ? undefined : parseDecimal(below, SCALE.health)
  if (below !== undefined && belowWad === undefined) throw bad('--below', below, 'it is a health factor such as 1.05')
  return { belowWad, sort: chosen, limit: count }
}

export const bad = (option: string, value: string, why: string): UsageError =>
  new UsageError({
    code: 'BAD_OPTION',
    what: `${option} ${value}`,
    why,
    fix: 'Correct it; --help shows what is possible.',
  })

/** Below the head of what a distrusted mirror says. */
export const DISTRUSTED =
  'QUARANTINED: the mirror differed from the chain, these numbers may be wrong (plimsoll verify shows how)'

/** Below the head of what a pool said of itself. */
export const TOLD =
  'The rules of this pool are not known here: these are its own answers (250 accounts a block), and nothing is sent'

const HEAD = ['account', 'health', 'debt', 'collateral', 'falls at', 'distance', 'by interest in', '']

function show({ market, block, accounts, quarantined }: Accounts, symbols: ReadonlyMap<string, string>): void {
  print(
    `${market} at block ${block.number}: ${accounts.length === 0 ? 'nobody with debt (in the range asked for)' : ''}`,
  )
  if (quarantined) print(DISTRUSTED)
  if (accounts.some(({ source }) => source === 'chain')) print(TOLD)
  if (accounts.length > 0)
    print(
      table(
        HEAD,
        accounts.map((row) => toRow(row, symbols)),
        [1, 2, 3, 5, 6],
      ),
    )
  print('')
}

const toRow = (row: AccountRow, symbols: ReadonlyMap<string, string>): string[] => [
  row.address,
  health(row.healthFactor),
  usd(row.debtBase),
  usd(row.collateralBase),
  row.liquidationPrice
    ? `${symbols.get(row.liquidationPrice.asset.toLowerCase()) ?? '?'} ${usd(row.liquidationPrice.price)}`
    : '–',
  percent(row.distancePct),
  duration(row.timeToLiquidationS),
  row.liquidatable ? 'LIQUIDATABLE' : row.eMode > 0 ? `eMode ${row.eMode}` : '',
]
