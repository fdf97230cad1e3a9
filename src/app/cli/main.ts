import { readFileSync } from 'node:fs'
import { Command } from '@commander-js/extra-typings'
import { configJsonSchema } from '../../config/options.ts'
import { complain, print } from './output.ts'
import { riskCommand } from './risk/command.ts'
import type { GlobalOptions } from './session.ts'

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

const FORCED = 130
const USAGE = 2

/** A signal to the whole group comes twice, once by way of the launcher: within this time it is one. */
const SAME_SIGNAL_MS = 50

/** One signal for everything. The first Ctrl-C asks to stop, the second leaves at once. */
const stopping = new AbortController()
let askedAtMs = Number.NEGATIVE_INFINITY
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    const nowMs = performance.now()
    if (nowMs - askedAtMs < SAME_SIGNAL_MS) return
    if (stopping.signal.aborted) process.exit(FORCED)
    askedAtMs = nowMs
    stopping.abort()
  })

const program = new Command('plimsoll')
  .description('Watches every borrower of a lending market, warns, and, when told to, liquidates.')
  .version(version)
  .option('-c, --config <file>', 'configuration file', 'plimsoll.yaml')
  .option('--json', 'answer in JSON', false)
  .option('-v, --verbose', 'say more', false)
  .option('--no-color', 'plain output (as NO_COLOR does)')
  .showHelpAfterError('(plimsoll --help shows what is possible)')
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? 0 : USAGE)
  })

const globals = (command: { optsWithGlobals(): object }): GlobalOptions => {
  const { config, json, verbose, color } = command.optsWithGlobals() as GlobalOptions
  return { config, json, verbose, color: color && (process.env['NO_COLOR'] ?? '') === '' }
}

const repeated = (value: string, before: readonly string[]): readonly string[] => [...before, value]

program
  .command('init')
  .description('ask for chains, nodes, markets and Telegram, and write plimsoll.yaml and .env')
  .option('-y, --yes', 'ask nothing: URLs from the environment (ETHEREUM_RPC_URL), no Telegram', false)
  .option('--chain <name>', 'with --yes: a chain, several times (default: ethereum)', repeated, [])
  .option('--force', 'overwrite plimsoll.yaml', false)
  .option('--telegram-api <url>', 'root of a Bot API of your own')
  .action(async (options, command) => (await import('./init.ts')).init(globals(command), options, stopping.signal))

program
  .command('run')
  .description('the daemon: watch, warn, and act as executor.mode says')
  .option('--live', 'really send transactions (needs executor.mode: live and a signer as well)', false)
  .option('--until-block <number>', 'stop once every chain has taken in this block')
  .action(async (options, command) =>
    (await import('./run.ts')).run(globals(command), options, version, stopping.signal),
  )

program
  .command('doctor')
  .description('check nodes, markets, contract, key, store and chats; exit code 3 when a check failed')
  .action(async (_options, command) => {
    process.exitCode = await (await import('./doctor.ts')).doctor(globals(command), stopping.signal)
  })

program
  .command('positions')
  .description('sync to the head and print who is at risk, ranked')
  .option('--market <name>', 'one market only')
  .option('--below <health>', 'only accounts with a health factor below this')
  .option('--sort <by>', 'health, distance, debt or time', 'health')
  .option('--limit <number>', 'how many rows a market', '20')
  .action(async (options, command) =>
    (await import('./positions.ts')).positions(globals(command), options, stopping.signal),
  )

program
  .command('explain')
  .description('one account: holdings, health, prices of liquidation, best liquidation, ways out')
  .argument('<address>', 'the borrower')
  .option('--market <name>', 'one market only')
  .action(async (address, options, command) =>
    (await import('./explain.ts')).explain(globals(command), address, options, stopping.signal),
  )

program
  .command('verify')
  .description("compare the mirror with the chain's own answers at one block; exit code 3 when anything differs")
  .option('--market <name>', 'one market only')
  .option('--sample <number>', 'so many accounts, spread evenly, instead of all')
  .action(async (options, command) => {
    process.exitCode = await (await import('./verify.ts')).verify(globals(command), options, stopping.signal)
  })

program
  .command('what-if')
  .description('what becomes liquidatable when prices move; assets priced from one feed move together')
  .option('--shock <asset=percent>', 'such as WETH=-10% or WBTC=+2.5%, several times', repeated, [])
  .option('--market <name>', 'one market only')
  .option('--top <number>', 'how many accounts are listed a market, the largest debts first', '10')
  .action(async (options, command) => (await import('./what-if.ts')).whatIf(globals(command), options, stopping.signal))

const risk = riskCommand(program, { globals, signal: stopping.signal })
risk
  .command('report')
  .description('the wave and every measure of every market as one HTML file; --json: the answers behind it')
  .requiredOption('--html <file>', 'where it is written')
  .option('--market <name>', 'one market only')
  .action(async (options, command) => {
    const { withDesk } = await import('./risk-session.ts')
    const { riskReport } = await import('./risk-report.ts')
    await riskReport(globals(command), options, { signal: stopping.signal, withDesk })
  })
risk
  .command('backfill')
  .description('the history of the wave from recordings, where it is missing; not beside a running daemon')
  .argument('<file...>', 'recordings, as `plimsoll record` or the daemon made them')
  .addHelpText('after', '\nDepth cannot be back-filled: a recording holds no first state of the pools.')
  .action(async (files, _options, command) =>
    (await import('./risk/backfill.ts')).riskBackfill(globals(command), files, stopping.signal),
  )

program
  .command('record')
  .description('past blocks of a chain into a file, for backtests; goes on where it was stopped')
  .argument('[file]', 'the recording (default: CHAIN-FROM-TO.plimsoll, without --to CHAIN-FROM.plimsoll)')
  .option('--chain <name>', 'the chain, where the configuration has several')
  .option('--from <block>', 'first block: a number, or a day (2026-10-01)')
  .option('--to <block>', 'last block (default: the newest final one)')
  .option('--prices <seconds>', 'how often prices that move without a log are read; 0: at every page', '60')
  .option('--proofs <number>', 'comparisons with the chain on the way', '10')
  .option('--read-all', 'ask the node for what could be derived from logs', false)
  .option('--estimate', 'only say what it would take', false)
  .option('--check', 'read FILE whole and say what is in it', false)
  .option('--export <format>', 'accounts, liquidations and prices of FILE as tables: parquet')
  .option('--out <folder>', 'folder of the exported tables', '.')
  .action(async (file, options, command) => {
    const { record } = await import('./record.ts')
    process.exitCode = await record(globals(command), file, options, { signal: stopping.signal, version })
  })

program
  .command('deploy')
  .description('deploy the Liquidator contract of a market and check it')
  .requiredOption('--market <name>', 'the market')
  .requiredOption('--treasury <address>', 'where all proceeds go, for ever')
  .option('--owner <address>', 'may appoint keepers and rescue to the treasury (default: the signer)')
  .option('--keeper <address>', 'may liquidate (default: the signer)')
  .action(async (options, command) => (await import('./deploy.ts')).deploy(globals(command), options, stopping.signal))

program
  .command('demo')
  .description(
    'two complete markets on local chains, a price crash, the daemon live, the wave told; no keys, no network',
  )
  .option('--keep', 'leave chains and API up afterwards', false)
  .option('--open', 'open the report of the wave at the end', false)
  .action(async (options) => (await import('./demo.ts')).demo(options))

program
  .command('backtest')
  .description('what the live loop would have done over a recording, held against what happened')
  .argument('<file>', 'the recording')
  .option('--set <parameter=value>', 'a parameter for this run, several times: minProfitUsd=5', repeated, [])
  .option('--sweep <parameter=values>', 'every combination, in threads: minProfitUsd=1,5,20', repeated, [])
  .option('--fork', 'execute every plan on a fork of the chain as it stood (needs an archive node)', false)
  .option('--out <folder>', 'write report.json, report.html and ledger.csv there')
  .option('--fail-on-miss', 'exit code 3 when a liquidation was not flagged', false)
  .action(async (file, options, command) => {
    const { backtest } = await import('./backtest.ts')
    process.exitCode = await backtest(globals(command), file, options, stopping.signal)
  })

program
  .command('replay')
  .description('every decision of one block explained, from a recording or from a node')
  .argument('[file]', 'the recording (default: the nodes of the configuration)')
  .requiredOption('--block <number>', 'the block; in a recording the last page up to it')
  .option('--user <address>', 'one account only, liquidatable or not')
  .option('--market <name>', 'one market only')
  .action(async (file, options, command) =>
    (await import('./replay.ts')).replay(globals(command), file, options, stopping.signal),
  )

program
  .command('rehearse')
  .description('on a fork, push every account under and liquidate it; goes on where it was stopped')
  .option('--market <name>', 'the market, where the configuration has several')
  .option('--block <block>', 'where to fork: a number or a day (default: the newest final block)')
  .option('--limit <number>', 'so many accounts, the largest debts first')
  .option('--min-usd <dollars>', 'exit code 3 when a larger debt cannot be liquidated', '1000')
  .option('--out <folder>', 'results as they come, report.json and report.html', './rehearsal')
  .action(async (options, command) => {
    const { rehearse } = await import('./rehearse.ts')
    process.exitCode = await rehearse(globals(command), options, { signal: stopping.signal, version })
  })

const alerts = program.command('alerts').description('what people are told')
alerts
  .command('test')
  .description('send a marked message to every chat and webhook; exit code 3 when one did not arrive')
  .option('--channel <name>', 'only this one: telegram:CHAT or webhook:NAME')
  .action(async (options, command) => {
    const context = { version, signal: stopping.signal }
    process.exitCode = await (await import('./alerts.ts')).alertsTest(globals(command), options, context)
  })
alerts
  .command('simulate')
  .description('what would have been sent over a recording, at which block, to whom')
  .requiredOption('--recording <file>', 'the recording')
  .action(async (options, command) =>
    (await import('./alerts.ts')).alertsSimulate(globals(command), options, stopping.signal),
  )

const report = program.command('report').description('reports of backtests')
report
  .command('compare')
  .description('two backtests (their --json) side by side: conditions, recall, lead, missed, plans, net by day')
  .argument('<a>', 'the first report')
  .argument('<b>', 'the second')
  .option('--force', 'even if they are of different recordings or schema versions', false)
  .action(async (a, b, options, command) =>
    (await import('./report.ts')).reportCompare(globals(command), a, b, options),
  )

const config = program.command('config').description('the configuration file')
config
  .command('check')
  .description('read it and say everything that is wrong with it')
  .action(async (_options, command) => (await import('./config-check.ts')).configCheck(globals(command)))
config
  .command('schema')
  .description('its JSON Schema')
  .action(() => print(JSON.stringify(configJsonSchema(), null, 2)))

try {
  await program.parseAsync()
} catch (error) {
  // Whoever asked to stop needs no explanation of what was cut short.
  if (stopping.signal.aborted) process.exitCode = 0
  else process.exitCode = complain(error, await scrub())
}

/** The configuration's secrets, as far as it can be read: no message shows them. */
async function scrub(): Promise<(text: string) => string> {
  const { readSettings } = await import('./session.ts')
  try {
    return readSettings(globals(program).config).scrub
  } catch {
    return (text) => text
  }
}
