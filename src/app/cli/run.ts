import { createLogger } from '../../adapters/log.ts'
import { runDaemon } from '../daemon.ts'
import { openSigner } from '../executors.ts'
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
  const { config, secrets, env } = readSettings(global.config)
  const isTTY = process.stderr.isTTY === true
  const level = global.verbose ? 'debug' : config.log.level
  // Colours or not is the library's to say: it knows NO_COLOR and --no-color.
  const log = createLogger({ level, pretty: isTTY, secrets })
  const account = await openSigner(config, options.live, env, (text) => log.warn(text))
  const progress = createProgress(isTTY)
  try {
    await runDaemon({
      config,
      secrets,
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

function readBlock(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined
  if (!/^\d+$/.test(text)) throw bad('--until-block', text, 'it is a block number')
  return BigInt(text)
}
