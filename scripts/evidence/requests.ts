import type { Status } from '../../src/core/answers.ts'
import { next, type StageChain } from '../stage/chain.ts'
import { get, reached } from '../stage/judge.ts'
import { openStage } from '../stage/stage.ts'
import type { Context } from './main.ts'

const SIZES = [50, 300, 1000]
const BLOCKS = 40

/** Requests a block against the number of accounts: the same story, larger and larger populations. */
export async function run({ seed, say }: Context): Promise<Record<string, unknown>> {
  const rows: Record<string, unknown>[] = []
  for (const accounts of SIZES) {
    const stage = await openStage({
      chains: [{ chain: 'ethereum', accounts, seed, tickMs: 0, blocks: BLOCKS }],
      mode: 'watch',
      say,
    })
    try {
      const daemon = await stage.start()
      const chain = stage.chains[0] as StageChain
      for (let block = await next(chain); block !== undefined; block = await next(chain))
        await reached(daemon.url, chain, block)
      const { chains, markets } = await get<Status>(`${daemon.url}/api/status`)
      const rpc = chains[0]?.rpc
      rows.push({ borrowers: markets[0]?.accounts, blocks: BLOCKS, median: rpc?.perBlockP50, most: rpc?.perBlockMax })
      await daemon.process.kill()
    } finally {
      await stage.close()
    }
  }
  return { 'requests a block': rows }
}
