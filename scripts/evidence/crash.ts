import { mine, next, type StageChain } from '../stage/chain.ts'
import { journalOf, judge, reached } from '../stage/judge.ts'
import { openStage } from '../stage/stage.ts'
import type { Context } from './main.ts'

const KILLS = 5
const BLOCKS_A_LIFE = 12

/** The daemon is killed with SIGKILL five times in the middle of the story, at no particular point, and started again. */
export async function run({ seed, say }: Context): Promise<Record<string, unknown>> {
  const stage = await openStage({ chains: [{ chain: 'ethereum', accounts: 300, seed, tickMs: 0 }], mode: 'live', say })
  try {
    const chain = stage.chains[0] as StageChain
    let daemon = await stage.start()
    let kills = 0
    for (let step = 1, block = await next(chain); block !== undefined; step++, block = await next(chain)) {
      if (step % BLOCKS_A_LIFE === 0 && kills < KILLS) {
        await daemon.process.kill('SIGKILL')
        kills++
        say(`killed at block ${block}`)
        daemon = await stage.start()
      }
      await reached(daemon.url, chain, block)
    }
    for (let i = 0; i < 8; i++) await reached(daemon.url, chain, await mine(chain))
    const { checked, mismatched } = await judge(daemon.url, chain)
    const entries = await journalOf(daemon.url)
    const settled = entries.filter(
      ({ kind, data }) => kind === 'confirmed' || (kind === 'lost' && data['reason'] === 'reverted'),
    )
    const nonce = Number(await chain.rpc('eth_getTransactionCount', stage.keeper, 'latest'))
    await daemon.process.kill()
    return {
      kills,
      'accounts checked at the end': checked,
      mismatched: mismatched.length,
      'transactions of the keeper on chain (without its deployment)': nonce - 1,
      'outcomes in the journal': settled.length,
      'nonces used twice': settled.length - new Set(settled.map(({ data }) => data['nonce'])).size,
    }
  } finally {
    await stage.close()
  }
}
