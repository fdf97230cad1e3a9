import type { Bot } from '../../adapters/bot.ts'
import type { Config } from '../../config/config.ts'
import { checkChannels } from './channels.ts'
import type { Finding } from './finding.ts'
import { checkMarket } from './market.ts'
import { checkNames } from './names.ts'
import { checkNodes } from './node.ts'
import { checkSigner } from './signer.ts'
import { checkStore } from './store.ts'

export interface ExamineOptions {
  readonly config: Config
  readonly env: Readonly<Record<string, string | undefined>>
  /** Undefined without Telegram. */
  readonly bot: Bot | undefined
  /** Unix seconds. */
  readonly nowS: number
}

/** Everything that can be checked without changing anything, each area as soon as it is known. */
export async function* examine({ config, env, bot, nowS }: ExamineOptions): AsyncGenerator<Finding> {
  const { chains, markets, executor } = config
  for (const chain of chains)
    yield* await checkNodes(
      chain,
      markets.filter((market) => market.chain === chain.name),
      nowS,
    )
  const signer = await checkSigner(config, env)
  const sends = executor.mode === 'live' || executor.mode === 'simulate'
  for (const market of markets)
    for (const chain of chains.filter(({ name }) => name === market.chain))
      yield* await checkMarket({
        chain,
        market,
        executor: executor.markets.get(market.name),
        keeper: signer.address,
        sends,
      })
  yield* signer.findings
  yield* checkStore(config.store.path)
  yield* await checkChannels(config.alerts, bot)
  yield* await checkNames(chains)
}
