import { createLogger, learningScrubber } from '../../adapters/log.ts'
import { RecentLines } from '../../adapters/recent-lines.ts'
import type { Config } from '../../config/config.ts'
import { runDaemon } from '../daemon.ts'
import { openSigner } from '../executors.ts'
import { Live } from '../live.ts'
import { talk } from './output.ts'
import { bad } from './positions.ts'
import { createProgress } from './progress.ts'
import { type GlobalOptions, readSettings } from './session.ts'

export interface RunOptions {
  readonly live: boolean
  readonly untilBlock?: string | undefined
}

/** `plimsoll run`: the daemon, until it is asked to stop. */
export async function run(
  global: GlobalOptions,
  options: RunOptions,
  version: string,
  signal: AbortSignal,
): Promise<void> {
  const untilBlock = readBlock(options.untilBlock)
  const { scrub, hide } = learningScrubber()
  const settings = readSettings(global.config)
  const live = new Live(settings, () => readSettings(global.config), hide)
  const isTTY = process.stderr.isTTY === true
  const levelOf = ({ log }: Config): string => (global.verbose ? 'debug' : log.level)
  const recent = new RecentLines()
  // Colours or not is the library's to say: it knows NO_COLOR and --no-color.
  const log = createLogger({ level: levelOf(live.config), pretty: isTTY, scrub, recent })
  live.onReload((config) => {
    log.level = levelOf(config)
  })
  const account = await openSigner(live.config, options.live, settings.env, (text) => log.warn(text))
  const progress = createProgress(isTTY)
  try {
    await runDaemon({
      live,
      scrub,
      recent,
      onHangup,
      account,
      version,
      log,
      signal,
      progress,
      untilBlock,
      onReady: (ready) => talk(JSON.stringify({ event: 'ready', ...ready })),
    })
  } finally {
    progress.stop()
  }
}

/** As daemons do: a hang-up asks to read the configuration anew. */
function onHangup(listener: () => void): () => void {
  process.on('SIGHUP', listener)
  return () => void process.off('SIGHUP', listener)
}

function readBlock(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined
  if (!/^\d+$/.test(text)) throw bad('--until-block', text, 'it is a block number')
  return BigInt(text)
}
