import { expect } from 'chai'
import { mine, type StageChain, startStageChain } from '../../scripts/stage/chain.ts'
import { get, journalOf, judge, reached } from '../../scripts/stage/judge.ts'
import { type Daemon, openStage, type Stage } from '../../scripts/stage/stage.ts'
import type { Check, Status } from '../../src/core/answers.ts'

const ETHEREUM = { chain: 'ethereum', accounts: 30, seed: 11, tickMs: 0 } as const
const OPTIMISM = { chain: 'optimism', accounts: 30, seed: 11, tickMs: 0 } as const

describe('one of two nodes dies and comes back', function () {
  this.timeout(120_000)
  let stage: Stage
  let daemon: Daemon
  let optimism: StageChain

  before(async () => {
    stage = await openStage({ chains: [ETHEREUM, OPTIMISM], mode: 'watch', blockTimeS: 1, say: () => {} })
    optimism = stage.chains[1] as StageChain
    daemon = await stage.start()
  })
  after(async () => {
    await daemon?.process.kill()
    await stage?.close()
  })

  const headOf = async ({ chainId }: { chainId: number }): Promise<number> =>
    Number(
      (await get<Status>(`${daemon.url}/api/status`)).chains.find((chain) => chain.chainId === chainId)?.head?.number,
    )

  const breakers = async (): Promise<string[]> =>
    (await journalOf(daemon.url))
      .filter(({ kind }) => kind === 'breaker')
      .map(({ chainId, data }) => `${chainId} ${data['reason']}`)

  /** Waits for what must come; the time it takes is not judged. The other chain lives on meanwhile. */
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    while (!(await holds())) {
      await mine(optimism)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }

  it('goes on with the other chain, says that one is silent, and notices its return', async () => {
    const ethereum = stage.chains[0] as StageChain
    const port = Number(new URL(ethereum.http).port)
    for (let i = 0; i < 2; i++) await reached(daemon.url, ethereum, await mine(ethereum))
    const lost = await headOf(ethereum)
    await ethereum.process.kill('SIGKILL')

    const before = await headOf(optimism)
    for (let i = 0; i < 3; i++) await reached(daemon.url, optimism, await mine(optimism))
    expect(await headOf(optimism)).to.equal(before + 3)
    await until(async () => (await breakers()).includes('1 stale-head'))
    const { failed } = (await (await fetch(`${daemon.url}/readyz`)).json()) as { failed: Check['name'][] }
    expect(failed.some((name) => name.startsWith('ethereum'))).to.equal(true)
    expect(failed.some((name) => name.startsWith('optimism'))).to.equal(false)

    // The same chain again: deterministic from genesis, so what was mined before is what is mined now.
    const again = await startStageChain({ ...ETHEREUM, port })
    try {
      let block = 0
      while (block <= lost) block = await mine(again)
      await until(async () => (await headOf(ethereum)) >= block)
      await until(async () => (await breakers()).includes('1 head-is-back'))
      expect((await judge(daemon.url, again)).mismatched).to.deep.equal([])
      expect((await judge(daemon.url, optimism)).mismatched).to.deep.equal([])
    } finally {
      await again.process.kill()
    }
  })
})
