import type { Command } from '@commander-js/extra-typings'
import type { WithDesk } from '../risk-session.ts'
import type { GlobalOptions } from '../session.ts'
import type { RiskRun } from './ask.ts'

export interface RiskCommandContext {
  readonly globals: (command: { optsWithGlobals(): object }) => GlobalOptions
  readonly signal: AbortSignal
  /** Another desk than that of the configuration. */
  readonly withDesk?: WithDesk
}

const MARKET = ['--market <name>', 'one market only'] as const
const GROUP = ['--group <asset>', 'a symbol of any asset of the group, or its feed (default: the heaviest)'] as const
const CSV = ['--csv', 'the table as CSV', false] as const
const SHOCK = ['--shock <asset=percent>', 'such as ETH=-15%, several times'] as const

const repeated = (value: string, before: readonly string[]): readonly string[] => [...before, value]

/** `plimsoll risk …`: every question about the wave. Returns it, so that further commands can be hung below. */
export function riskCommand(program: Command, context: RiskCommandContext): Command {
  const risk = program
    .command('risk')
    .description('the wave: what falls liquidate, who holds the leverage, which phase')
  stateCommands(risk, context)
  moveCommands(risk, context)
  historyCommands(risk, context)
  return risk
}

type Ran = { optsWithGlobals(): object }

async function runOf({ globals, signal, withDesk }: RiskCommandContext, command: Ran): Promise<RiskRun> {
  const desk = withDesk ?? (await import('../risk-session.ts')).withDesk
  return { global: globals(command), signal, withDesk: desk }
}

const actions = () => import('./actions.ts')

function stateCommands(risk: Command, context: RiskCommandContext): void {
  risk
    .command('overview', { isDefault: true })
    .description('how each market stands, on one screen (also without a name); --csv: its reserves')
    .option(...MARKET)
    .option(...CSV)
    .allowExcessArguments()
    .action(async (options, command) => {
      const known = risk.commands.map((one) => one.name())
      await (await actions()).overview(await runOf(context, command), options, { words: command.args, known })
    })
  risk
    .command('ladder')
    .description('how much is liquidated at which fall of a group, and by whom')
    .option(...MARKET)
    .option(...GROUP)
    .option('--rise', 'of those who owe the group, and are liquidated by its rise', false)
    .option('--accounts <number>', 'so many accounts behind it, the largest first', '10')
    .option(...CSV)
    .action(async (options, command) => (await actions()).ladder(await runOf(context, command), options))
  risk
    .command('absorption')
    .description('whether the pools can take what falls make seizable')
    .option(...MARKET)
    .option(...GROUP)
    .option(...CSV)
    .action(async (options, command) => (await actions()).absorption(await runOf(context, command), options))
  risk
    .command('cohorts')
    .description('who holds the leverage, by size; who left before the last fall')
    .option(...MARKET)
    .option(...CSV)
    .action(async (options, command) => (await actions()).cohorts(await runOf(context, command), options))
  risk
    .command('chains')
    .description('all markets side by side, and whether capital moves between them')
    .option(...CSV)
    .action(async (options, command) => (await actions()).chains(await runOf(context, command), options))
}

function moveCommands(risk: Command, context: RiskCommandContext): void {
  risk
    .command('cascade')
    .description('a shock, what it liquidates, what selling that does to prices, and so on to the end')
    .option(...SHOCK, repeated, [])
    .option('--kappa <share>', "how far the oracle follows the pools' fall, 0 to 1", '0.5')
    .option('--top <number>', 'so many accounts, those most is taken from first', '10')
    .option(...MARKET)
    .option(...CSV)
    .action(async (options, command) => (await actions()).cascade(await runOf(context, command), options))
  risk
    .command('grid')
    .description('cascades for many falls and pass-throughs; from which fall on they run away')
    .option(...MARKET)
    .option(...GROUP)
    .option(...CSV)
    .action(async (options, command) => (await actions()).grid(await runOf(context, command), options))
  risk
    .command('joint')
    .description('two groups moving together')
    .option('--groups <a,b>', 'such as ETH,BTC (default: the two heaviest)')
    .option(...MARKET)
    .option(...CSV)
    .action(async (options, command) => (await actions()).joint(await runOf(context, command), options))
  risk
    .command('compare')
    .description('the same shock under other rules of liquidation')
    .option(...SHOCK, repeated, [])
    .option(...MARKET)
    .option(...CSV)
    .action(async (options, command) => (await actions()).compare(await runOf(context, command), options))
  risk
    .command('plan')
    .description('what one owner does now to stand a price, and how likely health falls below 1')
    .argument('<address>', 'the borrower')
    .option('--stop <asset=price>', 'the price to stand, such as WETH=1500, or a change: WETH=-25%')
    .option('--target <health>', 'the health to have there (default: 1.05)')
    .option(...MARKET)
    .action(async (address, options, command) =>
      (await actions()).plan(await runOf(context, command), address, options),
    )
}

function historyCommands(risk: Command, context: RiskCommandContext): void {
  risk
    .command('phase')
    .description('calm, build-up, cascade, exhaustion or recovery; why, and what would change it; --csv: the changes')
    .option(...MARKET)
    .option(...GROUP)
    .option(...CSV)
    .action(async (options, command) => (await actions()).phase(await runOf(context, command), options))
  risk
    .command('wave')
    .description('the last wave as a story, phase by phase: liquidated, absorbed, who was caught, what insurance pays')
    .option(...MARKET)
    .option(...GROUP)
    .option(...CSV)
    .action(async (options, command) => (await actions()).wave(await runOf(context, command), options))
}
