import { UsageError } from '../../../core/errors.ts'
import type { RiskHead } from '../../../core/risk/answers.ts'
import type { RiskQuestion, RiskQuestions } from '../../../core/risk/questions.ts'
import { csv } from '../../csv.ts'
import { print, printJson, talk } from '../output.ts'
import { bad, DISTRUSTED } from '../positions.ts'
import type { WithDesk } from '../risk-session.ts'
import type { GlobalOptions } from '../session.ts'
import { lookOf } from './look.ts'
import type { Answer, Screen, Sheet } from './screen.ts'

/** What every command of `plimsoll risk` is run with. */
export interface RiskRun {
  readonly global: GlobalOptions
  readonly signal: AbortSignal
  readonly withDesk: WithDesk
}

export interface RiskOptions {
  readonly market?: string | undefined
  readonly csv?: boolean | undefined
}

type OfMarket = Exclude<RiskQuestion, 'chains'>

export interface Inquiry<Q extends OfMarket> {
  readonly question: Q
  readonly about: (market: string) => RiskQuestions[Q][0]
  readonly screen: Screen<Q>
}

/** Asks one question of every market chosen and prints the answers one after the other. */
export async function ask<Q extends OfMarket>(
  run: RiskRun,
  options: RiskOptions,
  { question, about, screen }: Inquiry<Q>,
): Promise<void> {
  checkForm(run.global, options)
  const answers = await run.withDesk(run.global, options, run.signal, (desk, markets) =>
    collect(markets, (market) => desk.ask(question, about(market))),
  )
  const [only] = answers
  if (run.global.json) return printJson(answers.length === 1 && only ? only : { markets: answers })
  if (options.csv) {
    warn(answers)
    return printSheets(answers.map((answer) => placed(answer, screen.sheet?.(answer))))
  }
  const look = lookOf(run.global, Date.now())
  print(answers.map((answer) => screen.text(answer, look)).join('\n\n'))
}

/** The one question that is of no market. */
export async function askChains(run: RiskRun, options: RiskOptions, screen: Screen<'chains'>): Promise<void> {
  checkForm(run.global, options)
  const answer = await run.withDesk(run.global, options, run.signal, (desk) => desk.ask('chains', {}))
  if (run.global.json) return printJson(answer)
  if (options.csv) {
    warn(answer.markets)
    return printSheets([screen.sheet?.(answer)])
  }
  print(screen.text(answer, lookOf(run.global, Date.now())))
}

/** A sheet has no place for it. */
function warn(heads: readonly RiskHead[]): void {
  for (const { market, quarantined } of heads) if (quarantined === true) talk(`${market}: ${DISTRUSTED}`)
}

function checkForm({ json }: GlobalOptions, { csv: asSheet }: RiskOptions): void {
  if (json && asSheet) throw bad('--csv', 'with --json', 'an answer has one form')
}

/** A market may lack what is asked about: it is left out with a word, unless all do. */
async function collect<T>(markets: readonly string[], askOne: (market: string) => Promise<T>): Promise<readonly T[]> {
  const answers: T[] = []
  const refused: UsageError[] = []
  for (const market of markets) {
    try {
      answers.push(await askOne(market))
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      refused.push(error)
      if (markets.length > 1) talk(`${market} is left out: ${error.what}: ${error.why}`)
    }
  }
  const [first] = refused
  if (answers.length === 0 && first) throw first
  return answers
}

/** With market and block in front of each row: rows of several markets stand in one table. */
function placed(answer: Answer<OfMarket>, sheet: Sheet | undefined): Sheet | undefined {
  if (sheet === undefined) return undefined
  const { market, block } = answer
  return {
    head: ['market', 'block', 'timestamp', ...sheet.head],
    rows: sheet.rows.map((row) => [market, block.number, block.timestamp, ...row]),
  }
}

function printSheets(sheets: readonly (Sheet | undefined)[]): void {
  const made = sheets.filter((sheet) => sheet !== undefined)
  process.stdout.write(
    csv(
      made[0]?.head ?? [],
      made.flatMap(({ rows }) => rows),
    ),
  )
}
