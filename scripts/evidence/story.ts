import type { Status } from '../../src/core/answers.ts'
import { marketName, mine, next, type StageChain } from '../stage/chain.ts'
import { get, journalOf, judge, reached } from '../stage/judge.ts'
import { openStage } from '../stage/stage.ts'
import type { Context } from './main.ts'

const JUDGED_EVERY = 10

/**
 * The whole story on both local chains with the daemon live: at every tenth block and at the end each account as the
 * daemon shows it against `getUserAccountData`; then `plimsoll verify`.
 */
export async function run({ seed, say }: Context): Promise<Record<string, unknown>> {
  const accounts = 300
  const stage = await openStage({
    chains: [
      { chain: 'ethereum', accounts, seed, tickMs: 0 },
      { chain: 'optimism', accounts, seed, tickMs: 0 },
    ],
    mode: 'live',
    say,
  })
  try {
    const daemon = await stage.start()
    const tellings = await Promise.all(stage.chains.map((chain) => play(daemon.url, chain, say)))
    const rows: Record<string, unknown>[] = []
    for (const [i, chain] of stage.chains.entries())
      rows.push({ ...tellings[i], ...(await outcome(daemon.url, chain)), ...(await verify(stage.command, chain)) })
    await daemon.process.kill()
    return { accounts, chains: rows }
  } finally {
    await stage.close()
  }
}

/** Every block of the story, taken in by the daemon before the next one. */
async function play(url: string, chain: StageChain, say: Context['say']): Promise<Record<string, unknown>> {
  const told = { chain: chain.chain, blocks: 0, 'blocks judged': 0, 'accounts judged': 0, mismatched: 0 }
  const judgeNow = async (): Promise<void> => {
    const { block, checked, mismatched } = await judge(url, chain)
    told['blocks judged']++
    told['accounts judged'] += checked
    told.mismatched += new Set(mismatched.map(({ address }) => address)).size
    say(`${chain.chain} block ${block}: judged ${checked}, mismatched ${mismatched.length}`)
  }
  for (let block = await next(chain); block !== undefined; block = await next(chain)) {
    await reached(url, chain, block)
    told.blocks++
    if (told.blocks % JUDGED_EVERY === 0) await judgeNow()
  }
  for (let i = 0; i < 8; i++) await reached(url, chain, await mine(chain))
  await judgeNow()
  return told
}

async function outcome(url: string, chain: StageChain): Promise<Record<string, unknown>> {
  const entries = (await journalOf(url)).filter(({ market }) => market === marketName(chain))
  const of = (kind: string) => entries.filter((entry) => entry.kind === kind)
  const profitUsd8 = of('confirmed').reduce((sum, { data }) => sum + BigInt(`${data['profitUsd8']}`), 0n)
  const { chains } = await get<Status>(`${url}/api/status`)
  const rpc = chains.find(({ chainId }) => chainId === chain.chainId)?.rpc
  return {
    alerts: of('alert').length,
    liquidations: of('confirmed').length,
    lost: of('lost').length,
    'profit before gas, USD': (Number(profitUsd8) / 1e8).toFixed(2),
    'requests a block, median': rpc?.perBlockP50,
    'requests a block, most': rpc?.perBlockMax,
  }
}

async function verify(
  command: (...args: string[]) => Promise<{ code: number | null; output: readonly string[] }>,
  chain: StageChain,
): Promise<Record<string, unknown>> {
  const { code, output } = await command('verify', '--market', marketName(chain))
  return { 'verify at the end': output.find((line) => line.includes('checked')) ?? `exit ${code}` }
}
